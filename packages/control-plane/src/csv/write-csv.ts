export type CsvCell = string | number | boolean | null | undefined

/** One line of RFC 4180, ended by CRLF. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** A whole file: the header line, then the rows. */
export function writeCsv(headers: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  let text = csvLine(headers)
  for (const row of rows) text += csvLine(row)
  return text
}

function csvCell(value: CsvCell): string {
  if (value === null || value === undefined) return ''
  const text = withoutFormula(String(value))
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A cell that a spreadsheet would run as a formula is made text with an apostrophe; numbers with a sign stay what they are. */
function withoutFormula(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text) ? `'${text}` : text
}
