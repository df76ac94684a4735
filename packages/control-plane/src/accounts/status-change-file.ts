import { err, ok, type Result } from '@dialtone/foundation'
import { type PartitionScope, type Principal, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type CsvProblem, type CsvRow, readCsv, writeCsv } from '../csv/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import type { AccountStatus } from './account.ts'
import { updateAccount } from './update-account.ts'

const HEADERS = ['AccountNumber', 'Status'] as const
const STATUSES: readonly AccountStatus[] = ['ACTIVE', 'DISABLED', 'SUSPENDED', 'PENDING', 'DELETE_PENDING']
export const MAX_STATUS_ROWS = 50_000

/** What an operator fills in. */
export function statusChangeTemplate(): string {
  return writeCsv(HEADERS, [['ACCOUNT-1', 'SUSPENDED']])
}

export interface StatusChange {
  readonly accountNumber: string
  readonly status: AccountStatus
  readonly lineNumber: number
  readonly input: string
}

/** The lines that can be read, and what is wrong with the others. */
export async function readStatusChanges(file: string): Promise<{ readonly changes: readonly StatusChange[]; readonly problems: readonly CsvProblem[] }> {
  const read = await readCsv(file, HEADERS, MAX_STATUS_ROWS, 'kept')
  if (!read.ok) return { changes: [], problems: [read.error] }
  const results = read.value.map(changeOf)
  return { changes: results.flatMap((result) => (result.ok ? [result.value] : [])), problems: results.flatMap((result) => (result.ok ? [] : [result.error])) }
}

/** One line: the account of that number gets that status. A line that changes nothing is fine, so a file can be sent again. */
export async function changeStatus(context: Context, principal: Principal, scope: PartitionScope, wanted: StatusChange): Promise<CsvProblem | undefined> {
  const account = await context.database.sql
    .selectFrom('account')
    .select(['id', 'status'])
    .where('partition_id', '=', scope.partitionId)
    .where('account_number', '=', wanted.accountNumber)
    .where('status', '<>', 'DELETED')
    .executeTakeFirst()
  const { lineNumber, input, status } = wanted
  if (account === undefined) return { lineNumber, column: 'AccountNumber', error: 'EntityNotFound', input }
  if (account.status === status) return undefined
  const changed: Result<unknown, ApiFailure> = await updateAccount(context, principal, systemScope(scope.partitionId, account.id), (before) =>
    ok({ ...before, status }),
  )
  return changed.ok ? undefined : { lineNumber, column: 'Status', error: changed.error.code, input }
}

function changeOf({ cells, lineNumber, input, hasTooManyCells }: CsvRow): Result<StatusChange, CsvProblem> {
  if (hasTooManyCells) return err({ lineNumber, column: '', error: 'TooManyCells', input })
  const accountNumber = cells['AccountNumber'] ?? ''
  const written = (cells['Status'] ?? '').toUpperCase()
  // CANCELLED is the other documentation set's word.
  const status = STATUSES.find((candidate) => candidate === (written === 'CANCELLED' ? 'DELETE_PENDING' : written))
  if (accountNumber === '') return err({ lineNumber, column: 'AccountNumber', error: 'AccountNumberRequired', input })
  return status === undefined ? err({ lineNumber, column: 'Status', error: 'InvalidStatus', input }) : ok({ accountNumber, status, lineNumber, input })
}
