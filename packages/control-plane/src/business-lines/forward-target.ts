import { recognizeEmergency } from '@dialtone/numbering'
import type { AccountScope } from '../access/index.ts'
import type { Transaction } from '../database/index.ts'
import { type ApiFailure, entityNotFound, type FieldProblem, invalidFields } from '../failures/index.ts'

/** A number that calls are sent on to: of the phone network, or an extension of the account. */
export interface ForwardTarget {
  readonly field: string
  readonly number: string
}

const MIN_NUMBER_DIGITS = 7
const MAX_NUMBER_DIGITS = 15

/** Every target leads somewhere: shorter ones are extensions that somebody has, and nobody's calls are sent on to 911. */
export async function forwardTargetFailure(sql: Transaction, scope: AccountScope, targets: readonly ForwardTarget[]): Promise<ApiFailure | undefined> {
  const problems = targets.flatMap(problemOf)
  if (problems.length > 0) return invalidFields(problems)
  const extensions = targets.map(({ number }) => number).filter((number) => number.length < MIN_NUMBER_DIGITS)
  if (extensions.length === 0) return undefined
  const rows = await sql
    .selectFrom('account_object_key')
    .select('value')
    .where('account_id', '=', scope.accountId)
    .where('key', '=', 'extension')
    .where('value', 'in', extensions)
    .execute()
  const known = new Set(rows.map((row) => row.value))
  const unknown = extensions.find((extension) => !known.has(extension))
  return unknown === undefined ? undefined : entityNotFound('Extension', unknown)
}

function problemOf({ field, number }: ForwardTarget): readonly FieldProblem[] {
  const problem = (reason: string): readonly FieldProblem[] => [
    { field, code: 'InvalidForwardToPhoneNumber', reason, rule: `up to ${MAX_NUMBER_DIGITS} digits of a telephone number, or an extension of the account` },
  ]
  if (!/^\d+$/.test(number) || number.length > MAX_NUMBER_DIGITS) return problem(`"${number}" can be reached by nobody`)
  return recognizeEmergency(number) === undefined ? [] : problem('is an emergency number')
}
