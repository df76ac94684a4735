import type { IntegrationNotice } from '../integration-notices/index.ts'
import { CANCELLED_ERROR, keptError } from './job.ts'
import type { JobRow } from './job-queries.ts'
import type { JobOutcome } from './job-worker.ts'

const SHOWN_ERRORS = 10

/** What is mailed of a job that did not do all it should; undefined when it did, or when its own user ended it. */
export function noticeOfFailures(row: JobRow, { status, errors = [], errorCount = errors.length, failedRows = 0 }: JobOutcome): IntegrationNotice | undefined {
  if ((status === 'DONE' && errorCount + failedRows === 0) || errors.some(({ error }) => error === CANCELLED_ERROR)) return undefined
  const lines = errors
    .slice(0, SHOWN_ERRORS)
    .map(keptError)
    .map(({ error, lineNumber, column }) => `  ${lineNumber === 0 ? '' : `line ${lineNumber}${column === '' ? '' : `, ${column}`}: `}${error}`)
  const counts = [`${errorCount} errors`, ...(failedRows === 0 ? [] : [`${failedRows} rows that failed`])].join(', ')
  return {
    partitionId: row.partition_id,
    accountId: row.account_id ?? undefined,
    subject: `Job ${row.id} ended with failures`,
    body: [`The job "${row.name}" (${row.id}) ended ${status} with ${counts}.`, ...lines, `All of it: GET /v2/job/${row.id}`].join('\n'),
  }
}
