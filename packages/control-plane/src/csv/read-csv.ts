import { err, ok, type Result } from '@dialtone/foundation'
import { csvRecords, CsvUnreadable } from './csv-records.ts'
import { plainCell } from './write-csv.ts'

export interface CsvRow {
  /** Of the line the row begins on; the header is line 1. */
  readonly lineNumber: number
  /** By header, case kept; missing cells are empty. */
  readonly cells: Readonly<Record<string, string>>
  readonly input: string
  /** More is in it than there are headers: see {@link ShiftedRows}. */
  readonly hasTooManyCells: boolean
}

/** What an import says about a line it did not take (public-spec section 4). */
export interface CsvProblem {
  readonly lineNumber: number
  readonly column: string
  readonly error: string
  readonly input: string
}

/** What is left of bytes that were no UTF-8, and what no text has in it. */
const NO_TEXT = /[\0\uFFFD]/
const SHOWN_CHARACTERS = 200

/**
 * Rows with more cells than there are headers: a comma stands in a cell without quotes, and whatever follows is in the wrong column.
 * `refused`, the first of them is what is wrong with the file; `kept`, the reader says so line by line.
 */
type ShiftedRows = 'refused' | 'kept'

/**
 * Reads RFC 4180 text with a header line. Headers are found in any case and order; further columns are left alone.
 * @returns the problem with the file as a whole: it is no UTF-8, a required header is missing, one stands twice, the quotes do not close
 * (after the line that is named), or it has more rows than `maxRows`.
 */
export async function readCsv(
  text: string,
  required: readonly string[],
  maxRows: number,
  shifted: ShiftedRows = 'refused',
): Promise<Result<readonly CsvRow[], CsvProblem>> {
  const damaged = damageIn(text)
  if (damaged !== undefined) return err(damaged)
  let names: readonly string[] | undefined
  const rows: CsvRow[] = []
  try {
    for await (const { lineNumber, cells } of csvRecords(text)) {
      if (names === undefined) {
        const header = headerOf(cells, required)
        if (!header.ok) return header
        names = header.value
        continue
      }
      if (rows.length === maxRows) return err({ lineNumber, column: '', error: 'TooManyRows', input: `at most ${maxRows}` })
      // Spreadsheets leave empty ones behind.
      const hasTooManyCells = cells.slice(names.length).some((cell) => cell.trim() !== '')
      if (hasTooManyCells && shifted === 'refused')
        return err({ lineNumber, column: '', error: 'TooManyCells', input: cells.join(',').slice(0, SHOWN_CHARACTERS) })
      rows.push({
        ...{ lineNumber, hasTooManyCells },
        cells: Object.fromEntries(names.map((name, position) => [name, plainCell((cells[position] ?? '').trim())])),
        input: cells.join(','),
      })
    }
  } catch (error) {
    if (!(error instanceof CsvUnreadable)) throw error
    return err({ lineNumber: rows.at(-1)?.lineNumber ?? 1, column: '', error: error.message, input: '' })
  }
  const header = names === undefined ? headerOf([], required) : ok(names)
  return header.ok ? ok(rows) : header
}

function headerOf(cells: readonly string[], required: readonly string[]): Result<readonly string[], CsvProblem> {
  const given = cells.map((cell) => cell.trim())
  const names = given.map((name) => required.find((wanted) => wanted.toLowerCase() === name.toLowerCase()) ?? name)
  const wrong = (column: string, error: string) => err({ lineNumber: 1, column, error, input: given.join(',').slice(0, SHOWN_CHARACTERS) })
  const [only = ''] = names
  // Of a spreadsheet in a country whose decimal sign is the comma.
  if (names.length === 1 && /[;\t]/.test(only)) return wrong('', 'CommasRequired')
  const missing = required.find((wanted) => !names.includes(wanted))
  if (missing !== undefined) return wrong(missing, 'ColumnRequired')
  const twice = names.find((name, position) => name !== '' && names.indexOf(name) !== position)
  return twice === undefined ? ok(names) : wrong(twice, 'ColumnTwice')
}

/** Names that were written with another character set would be stored with holes in them. */
function damageIn(text: string): CsvProblem | undefined {
  const place = text.search(NO_TEXT)
  if (place < 0) return undefined
  const before = text.slice(0, place)
  const start = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1
  const lineNumber = before.split(/\r\n|\n|\r/).length
  return { lineNumber, column: '', error: 'Utf8Required', input: text.slice(start, place).slice(0, SHOWN_CHARACTERS) }
}
