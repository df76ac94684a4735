import { BitCursor } from './bit-cursor.ts'
import { type ImageRow, readRowBelow, WHITE_ROW } from './image-row.ts'
import type { PageCoding } from './page-coding.ts'
import type { FaxPage } from './page-reader.ts'
import { PageWriter } from './page-writer.ts'
import { FINE_ROWS, SUPERFINE_ROWS, type T30Capabilities } from './t30-frame.ts'

const STANDARD_ROWS = 3_850
/** Half way between two of T.4: 200 dots to the inch, of which most documents are, are as good as 196. */
const [FINE_FROM, SUPERFINE_FROM] = [5_775, 11_550]
/** Rows by the one above after each that stands alone (T.4 4.2.2: 2 at 3.85 rows a millimetre, 4 at 7.7). */
const [ROWS_BY_ABOVE, FINE_ROWS_BY_ABOVE] = [2, 4]

/** How a page is sent to a terminal. */
export interface PageFormatSent {
  readonly columns: number
  readonly rowsPerMetre: number
  readonly coding: PageCoding
  readonly hasCorrection: boolean
  readonly leastRowMs: number
}

/** The best the terminal takes. @returns undefined for a page that is wider than its paper */
export function formatFor(page: FaxPage, capabilities: T30Capabilities, hasCorrection: boolean): PageFormatSent | undefined {
  if (!capabilities.widths.includes(page.columns)) return undefined
  const rowsPerMetre = rowsPerMetreFor(page, capabilities)
  const isCorrected = hasCorrection && capabilities.hasCorrection
  const coding = isCorrected && capabilities.hasMmr ? 'MMR' : capabilities.hasReadCoding ? 'MR' : 'MH'
  const { standard, fine } = capabilities.leastRowMs
  const leastRowMs = isCorrected ? 0 : rowsPerMetre === STANDARD_ROWS ? standard : fine
  return { columns: page.columns, rowsPerMetre, coding, hasCorrection: isCorrected, leastRowMs }
}

function rowsPerMetreFor({ rowsPerMetre }: FaxPage, { isFine, isSuperfine }: T30Capabilities): number {
  if (rowsPerMetre >= SUPERFINE_FROM && isSuperfine) return SUPERFINE_ROWS
  return rowsPerMetre >= FINE_FROM && isFine ? FINE_ROWS : STANDARD_ROWS
}

/** Codes a page in that format, some rows at a time: who carries others' calls beside it cannot stop for a whole page. */
export class PageCoder {
  readonly #rows: Iterator<ImageRow>
  readonly #writer: PageWriter
  /** So many rows become one. */
  readonly #together: number
  #rowsLeft: number
  #pending: ImageRow[] = []
  #coded: Uint8Array | undefined

  /** @param bitRate how long a row is depends on it */
  constructor(page: FaxPage, { coding, leastRowMs, rowsPerMetre }: PageFormatSent, bitRate: number) {
    const halvings = Math.round(Math.log2(finenessOf(page.rowsPerMetre) / rowsPerMetre))
    const rowsByAbove = rowsPerMetre === STANDARD_ROWS ? ROWS_BY_ABOVE : FINE_ROWS_BY_ABOVE
    this.#writer = new PageWriter(page.columns, { coding, rowsByAbove, leastRowBits: Math.ceil((leastRowMs * bitRate) / 1_000) })
    this.#together = 2 ** Math.max(0, halvings)
    this.#rows = rowsOf(page)
    const isAsItIs = coding === 'MMR' && halvings <= 0
    this.#rowsLeft = isAsItIs ? 0 : page.rows
    if (isAsItIs) this.#coded = page.data
  }

  /** Rows that are not coded yet. */
  get rowsLeft(): number {
    return this.#rowsLeft
  }

  /** Codes so many rows of the page at most. */
  work(rows: number): void {
    for (let count = Math.min(rows, this.#rowsLeft); count > 0; count--) {
      this.#rowsLeft--
      this.#pending.push(this.#rows.next().value as ImageRow)
      if (this.#pending.length < this.#together && this.#rowsLeft > 0) continue
      this.#writer.push(inkOf(this.#pending))
      this.#pending = []
    }
  }

  /** All of it, with what was left. */
  finish(): Uint8Array {
    this.work(this.#rowsLeft)
    return (this.#coded ??= this.#writer.finish())
  }
}

function finenessOf(rowsPerMetre: number): number {
  if (rowsPerMetre >= SUPERFINE_FROM) return SUPERFINE_ROWS
  return rowsPerMetre >= FINE_FROM ? FINE_ROWS : STANDARD_ROWS
}

function* rowsOf({ data, columns, rows }: FaxPage): Generator<ImageRow> {
  const bits = new BitCursor(data)
  let above: ImageRow = WHITE_ROW
  for (let row = 0; row < rows; row++) {
    above = readRowBelow(bits, columns, above) ?? above
    yield above
  }
}

/** Several rows as one: black where any of them is, so that no thin line is lost. */
function inkOf(rows: readonly ImageRow[]): ImageRow {
  const [first = WHITE_ROW, ...others] = rows
  return others.reduce(union, first)
}

function union(one: ImageRow, other: ImageRow): ImageRow {
  const row: number[] = []
  let [ofOne, ofOther] = [0, 0]
  for (;;) {
    const at = Math.min(one[ofOne] ?? Infinity, other[ofOther] ?? Infinity)
    if (at === Infinity) return row
    if (one[ofOne] === at) ofOne++
    if (other[ofOther] === at) ofOther++
    const isBlack = ofOne % 2 === 1 || ofOther % 2 === 1
    if (isBlack === (row.length % 2 === 0)) row.push(at)
  }
}
