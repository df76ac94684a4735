import type { AccountScope } from '../access/index.ts'
import { type CsvCell, streamCsv } from '../csv/index.ts'
import type { Sql } from '../database/index.ts'
import type { JobWorker } from '../jobs/index.ts'
import { checkSchema } from '../http/index.ts'
import { partitionDefaults } from '../partitions/index.ts'
import { CALL_RECORD_COLUMNS, callRecordColumn } from '../reference-data/index.ts'
import { CallRecordQuery, searchOf } from './call-record-query.ts'
import { callRecordView } from './call-record-view.ts'
import { surroundingsOf } from './call-surroundings.ts'
import { type CallRecordRow, callRecordsAfter, type CallRecordSearch } from './search-call-records.ts'

const ROWS_A_PAGE = 1000
/** What is answered at once; more is a job. */
export const MAX_SYNCHRONOUS_ROWS = 10_000
const MAX_ROWS = 1_000_000

/** The members of a call record as columns; a partition can choose among them by its setting `CDRReportColumns`. */
export async function columnsOf(sql: Sql, scope: Pick<AccountScope, 'partitionId'>): Promise<readonly string[]> {
  const { cdrReportColumns } = await partitionDefaults(sql, scope)
  const chosen = cdrReportColumns.flatMap((name) => callRecordColumn(name) ?? [])
  return chosen.length > 0 ? chosen : CALL_RECORD_COLUMNS
}

/** The whole result of a search as CSV, page by page. */
export async function* callRecordCsv(sql: Sql, scope: AccountScope, search: CallRecordSearch, maxRows: number): AsyncGenerator<string> {
  const columns = await columnsOf(sql, scope)
  yield* streamCsv(columns, rowsOf(sql, scope, search, columns, maxRows))
}

async function* rowsOf(
  sql: Sql,
  scope: AccountScope,
  search: CallRecordSearch,
  columns: readonly string[],
  maxRows: number,
): AsyncGenerator<readonly CsvCell[]> {
  let after: CallRecordRow | undefined
  for (let left = maxRows; left > 0; left -= ROWS_A_PAGE) {
    const rows: readonly CallRecordRow[] = await callRecordsAfter(sql, scope, search, { after, limit: Math.min(ROWS_A_PAGE, left) })
    const surroundings = await surroundingsOf(sql, scope, rows)
    for (const row of rows) {
      const view: Readonly<Record<string, unknown>> = callRecordView(row, surroundings)
      yield columns.map((column) => cellOf(view[column]))
    }
    if (rows.length < ROWS_A_PAGE) return
    after = rows.at(-1)
  }
}

function cellOf(value: unknown): CsvCell {
  if (Array.isArray(value)) return value.join(' ')
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined
}

/** The file of a search, however many calls it finds. */
export const callRecordCsvWorker: JobWorker = {
  name: 'call-record-csv',
  run: async (context, job) => {
    const failed = (error: string) => ({ status: 'FAILED' as const, errors: [{ error, lineNumber: 0, column: '', input: '' }] })
    if (!('accountId' in job.scope)) return failed('AccountRequired')
    const query = checkSchema(CallRecordQuery, { ...job.parameters })
    if (!query.ok) return failed(query.error.code)
    const search = await searchOf(context.database.sql, job.scope, query.value)
    if (!search.ok) return failed(search.error.code)
    const content = callRecordCsv(context.database.sql, job.scope, search.value, MAX_ROWS)
    return { status: 'DONE', output: { content, contentType: 'text/csv; charset=utf-8', fileName: 'call-records.csv' } }
  },
}
