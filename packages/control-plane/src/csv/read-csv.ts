import { err, ok, type Result } from '@dialtone/foundation'
import { CsvError, parse } from 'csv-parse/sync'
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
 * @returns the problem with the file as a whole, when a required header is missing, one stands twice or the quotes do not close.
 */
export function readCsv(text: string, required: readonly string[], maxRows: number): Result<readonly CsvRow[], CsvProblem> {
  const records = recordsOf(text)
  if (records === undefined) return err({ lineNumber: 1, column: '', error: 'UnclosedQuote', input: '' })
  const [header, ...lines] = records
  const given = header?.cells.map((cell) => cell.trim()) ?? []
  const names = given.map((name) => required.find((wanted) => wanted.toLowerCase() === name.toLowerCase()) ?? name)
  const missing = required.find((wanted) => !names.includes(wanted))
  if (missing !== undefined) return err({ lineNumber: 1, column: missing, error: 'ColumnRequired', input: given.join(',') })
  const twice = names.find((name, position) => name !== '' && names.indexOf(name) !== position)
  if (twice !== undefined) return err({ lineNumber: 1, column: twice, error: 'ColumnTwice', input: given.join(',') })
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

function recordsOf(file: string): readonly RawRecord[] | undefined {
  try {
    const parsed = parse(file, { bom: true, info: true, relaxColumnCount: true, relaxQuotes: true, skipEmptyLines: true, skipRecordsWithEmptyValues: true })
    let countedTwice = 0
    return (parsed as unknown as readonly { readonly info: { readonly lines: number }; readonly record: readonly string[] }[]).map(({ info, record }) => {
      // The library counts to the end of a record, and both characters of a line end inside quotes.
      const text = record.join('')
      countedTwice += text.split('\r\n').length - 1
      return { lineNumber: info.lines - countedTwice - (text.split('\n').length - 1), cells: record }
    })
  } catch (error) {
    if (error instanceof CsvError) return undefined
    throw error
  }
}
