/** A value of a cell. `null` and `undefined` are empty. */
export type CsvCell = string | number | boolean | Date | null | undefined

/** How many rows of a long file go out in one piece. */
const ROWS_A_PIECE = 500

/** A number of any sign, also one in E.164: spreadsheets take it as a number, not as a formula. */
const PLAIN_NUMBER = /^[-+]?\d+(\.\d+)?$/
/** What spreadsheets take for the beginning of a formula or a command, full-width forms included. */
const FORMULA_START = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/

/**
 * One line of RFC 4180, ended by CRLF. Text that a spreadsheet would run as a formula gets an apostrophe before it
 * (what people typed as a name must not run in the office of whoever opens the export); {@link plainCell} takes it away again.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** A whole file: the header line, then the rows. */
export function writeCsv(headers: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  let text = csvLine(headers)
  for (const row of rows) text += csvLine(row)
  return text
}

/** A long file in pieces: the header line, then the rows as they come. */
export async function* streamCsv(headers: readonly string[], rows: AsyncIterable<readonly CsvCell[]> | Iterable<readonly CsvCell[]>): AsyncGenerator<string> {
  let piece = csvLine(headers)
  let count = 0
  for await (const row of rows) {
    piece += csvLine(row)
    if (++count % ROWS_A_PIECE !== 0) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

/** Undoes what {@link csvLine} did against formulas, so that an export can be imported again. */
export function plainCell(text: string): string {
  return text.startsWith("'") && FORMULA_START.test(text.slice(1)) ? text.slice(1) : text
}

function csvCell(value: CsvCell): string {
  if (value === null || value === undefined) return ''
  const text = withoutFormula(value instanceof Date ? value.toISOString() : String(value))
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function withoutFormula(text: string): string {
  return FORMULA_START.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text
}
