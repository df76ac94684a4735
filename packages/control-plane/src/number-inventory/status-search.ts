import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import type { PartitionScope } from '../access/index.ts'
import { isoDateOf } from '../business-days/index.ts'
import type { Context } from '../context.ts'
import type { CsvCell } from '../csv/index.ts'
import { type ApiFailure, type FieldProblem, invalidFields } from '../failures/index.ts'
import {
  ACTIVATION_STATUSES,
  type ActivationRow,
  activationsAfter,
  type ActivationSearch,
  activationView,
  searchActivations,
  SERVICE_TYPES,
} from '../service-activations/index.ts'

export type StatusQuery = Omit<ActivationSearch, 'offset' | 'limit'>

const DATE_COLUMNS = { FOCDate: 'foc_date', UpdatedDate: 'updated_at', CreatedDate: 'created_at' } as const
export const DATE_TYPES = Object.keys(DATE_COLUMNS) as readonly (keyof typeof DATE_COLUMNS)[]
export const STATUS_HEADERS = ['Id', 'AccountId', 'ServiceType', 'ReferenceId', 'Status', 'TelephoneNumber', 'SubTelephoneNumbers', 'CreatedDate', 'LastUpdatedDate', 'FocDate', 'CompanyName', 'FirstName', 'LastName', 'City', 'State'] // prettier-ignore
const DAY_MS = 86_400_000
const ROWS_A_PAGE = 500

/** Which events of numbers are looked for; dates are whole days, both ends included. */
export function readStatusQuery(query: Readonly<Record<string, unknown>>): Result<StatusQuery, ApiFailure> {
  const problems: FieldProblem[] = []
  const refuse = (field: string, reason: string, rule: string): undefined => {
    problems.push({ field, code: `Invalid${field.charAt(0).toUpperCase()}${field.slice(1)}`, reason, rule })
    return undefined
  }
  const words = <Word extends string>(field: string, known: readonly Word[]): readonly Word[] =>
    listOf(query[field]).flatMap(
      (written) => known.find((word) => word === written) ?? refuse(field, `"${written.slice(0, 40)}" is unknown`, `of ${known.join(', ')}`) ?? [],
    )
  const day = (field: string, laterMs: number): Date | undefined => {
    const written = textOf(query[field])
    if (written === undefined) return undefined
    const isDay = isoDateOf(written) !== undefined
    return isDay ? new Date(Date.parse(`${written}T00:00:00Z`) + laterMs) : refuse(field, `"${written.slice(0, 40)}" is no day`, 'yyyy-MM-dd')
  }
  const telephoneNumber = textOf(query['telephoneNumber'])
  const number =
    telephoneNumber === undefined
      ? undefined
      : (normalizePhoneNumber(telephoneNumber) ?? refuse('telephoneNumber', 'is no telephone number', '10 or 11 digits'))
  const [dateType = 'CreatedDate'] = words('dateType', DATE_TYPES)
  const found: StatusQuery = {
    accountId: textOf(query['accountId']),
    telephoneNumber: number,
    serviceTypes: words('eventType', SERVICE_TYPES),
    statuses: words('statusType', ACTIVATION_STATUSES),
    dateColumn: DATE_COLUMNS[dateType],
    from: day('startDate', 0),
    to: day('endDate', DAY_MS - 1),
  }
  if (found.from !== undefined && found.to !== undefined && found.from > found.to) refuse('endDate', 'is before startDate', 'the last day')
  return problems.length === 0 ? ok(found) : err(invalidFields(problems))
}

export async function findStatuses(context: Context, scope: PartitionScope, query: StatusQuery, page: { readonly offset: number; readonly limit: number }) {
  const found = await searchActivations(context.database.sql, scope, { ...query, ...page })
  return { totalRecords: found.totalRecords, results: found.rows.map((row) => activationView(row, found.logs.get(row.id) ?? [])) }
}

/** The same as lines of a file. */
export async function* statusRows(context: Context, scope: PartitionScope, query: StatusQuery): AsyncGenerator<readonly CsvCell[]> {
  let last: ActivationRow | undefined
  for (;;) {
    const { rows, logs } = await activationsAfter(context.database.sql, scope, { ...query, limit: ROWS_A_PAGE }, last)
    for (const row of rows) {
      const event = activationView(row, logs.get(row.id) ?? [])
      yield [
        ...[
          event.id,
          event.accountId,
          event.serviceType,
          event.referenceId,
          event.activationStatusType,
          event.mainTelephoneNumber,
          event.subTelephoneNumbers.join(' '),
        ],
        ...[event.createdDate, event.lastUpdatedDate, event.focDate, event.companyName, event.firstName, event.lastName, event.city, event.state],
      ]
    }
    if (rows.length < ROWS_A_PAGE) return
    last = rows.at(-1)
  }
}

/** A parameter may be repeated, or hold several words with commas. */
function listOf(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.flatMap((each) => (typeof each === 'string' ? each.split(',') : [])).flatMap((word) => (word.trim() === '' ? [] : [word.trim()]))
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
