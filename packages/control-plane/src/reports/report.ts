import type { CsvCell } from '../csv/index.ts'
import type { RawBuilder } from 'kysely'

/** What a report covers: a partition with everything below it, and a month or some days. */
export interface ReportScope {
  readonly partitionIds: readonly string[]
  /** From, and up to but not including. */
  readonly from: Date
  readonly to: Date
  readonly now: Date
}

/** A CSV report: the headers are part of the contract (public-spec section 5), its rows one query. */
export interface Report {
  readonly headers: readonly string[]
  /** Every row by header. */
  readonly query: (scope: ReportScope) => RawBuilder<Readonly<Record<string, unknown>>>
}

export const MAX_REPORT_ROWS = 500_000

export function reportRow(report: Report, row: Readonly<Record<string, unknown>>): readonly CsvCell[] {
  return report.headers.map((header) => cellOf(row[header]))
}

function cellOf(value: unknown): CsvCell {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value instanceof Date) return value
  return JSON.stringify(value)
}
