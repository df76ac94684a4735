import { err, ok, type Result } from '@dialtone/foundation'
import { plainCell } from './write-csv.ts'

export interface CsvRow {
  /** Of the line the row begins on; the header is line 1. */
  readonly lineNumber: number
  /** By header, case kept; missing cells are empty. */
  readonly cells: Readonly<Record<string, string>>
  readonly input: string
}

/** What an import says about a line it did not take (public-spec section 4). */
export interface CsvProblem {
  readonly lineNumber: number
  readonly column: string
  readonly error: string
  readonly input: string
}

/**
 * Reads RFC 4180 text with a header line. Headers are found in any case and order; further columns are left alone.
 * @returns the problem with the file as a whole, when a required header is missing or the quotes do not close.
 */
export function readCsv(text: string, required: readonly string[], maxRows: number): Result<readonly CsvRow[], CsvProblem> {
  const records = recordsOf(text.startsWith('\uFEFF') ? text.slice(1) : text)
  if (records === undefined) return err({ lineNumber: 1, column: '', error: 'UnclosedQuote', input: '' })
  const [header, ...lines] = records
  const given = header?.cells.map((cell) => cell.trim()) ?? []
  const names = given.map((name) => required.find((wanted) => wanted.toLowerCase() === name.toLowerCase()) ?? name)
  const missing = required.find((wanted) => !names.includes(wanted))
  if (missing !== undefined) return err({ lineNumber: 1, column: missing, error: 'ColumnRequired', input: given.join(',') })
  if (lines.length > maxRows) return err({ lineNumber: maxRows + 2, column: '', error: 'TooManyRows', input: `at most ${maxRows}` })
  return ok(
    lines.map(({ lineNumber, cells }) => ({
      lineNumber,
      cells: Object.fromEntries(names.map((name, position) => [name, plainCell((cells[position] ?? '').trim())])),
      input: cells.join(','),
    })),
  )
}

interface RawRecord {
  readonly lineNumber: number
  readonly cells: readonly string[]
}

function recordsOf(text: string): readonly RawRecord[] | undefined {
  const records: RawRecord[] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  let line = 1
  let begun = 1
  const endRecord = (): void => {
    cells.push(cell)
    if (cells.some((value) => value !== '')) records.push({ lineNumber: begun, cells })
    cells = []
    cell = ''
    begun = line
  }
  for (let position = 0; position < text.length; position++) {
    const character = text.charAt(position)
    if (character === '\n') line++
    if (quoted) {
      if (character !== '"') cell += character
      else if (text.charAt(position + 1) === '"') cell += text.charAt(++position)
      else quoted = false
    } else if (character === '"' && cell === '') quoted = true
    else if (character === ',') {
      cells.push(cell)
      cell = ''
    } else if (character === '\n') endRecord()
    else if (character !== '\r') cell += character
  }
  if (quoted) return undefined
  if (cell !== '' || cells.length > 0) endRecord()
  return records
}
