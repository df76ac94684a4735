import { type PartitionScope, visiblePartitions } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type CsvCell, streamCsv } from '../csv/index.ts'
import type { JobWorker } from '../jobs/index.ts'
import { isReportName, type ReportName, REPORTS } from './report-list.ts'
import { type Report, reportRow } from './report.ts'
import { rowsOfQuery } from './rows-of-query.ts'

/** The days of a report, both in milliseconds: from, and up to but not including. */
export interface ReportPeriod {
  readonly fromMs: number
  readonly toMs: number
}

/** A report as CSV: the partition and everything below it. */
export async function reportCsv(context: Context, scope: PartitionScope, name: ReportName, period: ReportPeriod): Promise<AsyncGenerator<string>> {
  const { sql } = context.database
  const report = REPORTS[name]
  const partitionIds = await visiblePartitions(sql, scope.partitionId)
  const scoped = { partitionIds, from: new Date(period.fromMs), to: new Date(period.toMs), now: new Date(context.clock.nowMs()) }
  return streamCsv(report.headers, cellsOf(report, rowsOfQuery(sql, report.query(scoped))))
}

async function* cellsOf(report: Report, rows: AsyncIterable<Readonly<Record<string, unknown>>>): AsyncGenerator<readonly CsvCell[]> {
  for await (const row of rows) yield reportRow(report, row)
}

export const reportWorker: JobWorker = {
  name: 'report',
  run: async (context, job) => {
    const { report, fromMs, toMs } = job.parameters
    if (!isReportName(report) || typeof fromMs !== 'number' || typeof toMs !== 'number')
      return { status: 'FAILED', errors: [{ error: 'UnknownReport', lineNumber: 0, column: '', input: '' }] }
    const content = await reportCsv(context, job.scope, report, { fromMs, toMs })
    return { status: 'DONE', output: { content, contentType: 'text/csv; charset=utf-8', fileName: `${report}.csv` } }
  },
}
