import type { PageCoding } from './page-coding.ts'
import { changeAfter, type ImageRow, WHITE_ROW } from './image-row.ts'
import { BLACK_CODES, END_OF_LINE, HORIZONTAL, LONGEST_MAKE_UP, MODE_CODES, PASS, WHITE_CODES } from './run-length-codes.ts'

/** Rows beyond are no page any more: three times what unlimited paper of fax machines is. */
export const MAX_ROWS = 20_000
/** A photograph takes a tenth of it. */
const MAX_PAGE_BYTES = 4_000_000
const FIRST_BYTES = 16_384
const LONGEST_VERTICAL = 3
const MAKE_UP_STEP = 64

/** How a page is coded that is to be sent. */
export interface WriterFormat {
  readonly coding: PageCoding
  /** A row is filled up to as many bits: the paper has to move (T.4 4.1.3). */
  readonly leastRowBits: number
  /** With MR: after each row that stands alone so many are coded by the one above, less one (T.4 4.2.2: 2 or 4). */
  readonly rowsByAbove: number
}

const T6: WriterFormat = { coding: 'MMR', leastRowBits: 0, rowsByAbove: Infinity }
/** T.4 4.1.4: that many ends of line end the page. */
const ENDS_OF_PAGE = 6

/**
 * Writes rows in ITU-T T.6 coding, whatever coding they came in: every program that shows documents reads it, and it has no room for damage. Or in a
 * coding of T.4, for a fax machine that has no other.
 */
export class PageWriter {
  readonly #columns: number
  readonly #format: WriterFormat
  #bytes = new Uint8Array(FIRST_BYTES)
  #bitCount = 0
  #above: ImageRow = WHITE_ROW
  #rows = 0

  constructor(columns: number, format = T6) {
    this.#columns = columns
    this.#format = format
  }

  get rows(): number {
    return this.#rows
  }

  /** @returns false when the page is full */
  push(row: ImageRow): boolean {
    if (this.#rows >= MAX_ROWS || this.#bitCount > MAX_PAGE_BYTES * 8) return false
    const { coding, rowsByAbove } = this.#format
    if (coding === 'MMR') this.#writeRow(row)
    else this.#writeLine(row, coding === 'MH' || this.#rows % rowsByAbove === 0)
    this.#above = row
    this.#rows++
    return true
  }

  /** The same row again: it stands for one that was lost. */
  repeat(): boolean {
    return this.push(this.#above)
  }

  /** The page up to here, with its end (T.6 section 2.4.1.1, T.4 4.1.4 and 4.2.3). */
  finish(): Uint8Array {
    const { coding } = this.#format
    if (coding === 'MMR') this.#write(END_OF_LINE + END_OF_LINE)
    else this.#write((coding === 'MR' ? `${END_OF_LINE}1` : END_OF_LINE).repeat(ENDS_OF_PAGE))
    return this.#bytes.slice(0, Math.ceil(this.#bitCount / 8))
  }

  /** A row of T.4: with an end of line before it, which says with MR how it is coded (T.4 4.2.2), and zeros behind it. */
  #writeLine(row: ImageRow, isAlone: boolean): void {
    const { coding, leastRowBits } = this.#format
    const from = this.#bitCount
    this.#write(END_OF_LINE)
    if (coding === 'MR') this.#write(isAlone ? '1' : '0')
    if (isAlone) this.#writeRowAlone(row)
    else this.#writeRow(row)
    const missing = leastRowBits - (this.#bitCount - from)
    if (missing > 0) this.#write('0'.repeat(missing))
  }

  /** T.4 section 4.1: white and black in turn. */
  #writeRowAlone(row: ImageRow): void {
    let at = 0
    let isBlack = false
    for (const next of [...row, this.#columns]) {
      this.#writeRun(next - at, isBlack)
      at = next
      isBlack = !isBlack
    }
  }

  /** T.6 section 2.2.5. */
  #writeRow(row: ImageRow): void {
    const [above, columns] = [this.#above, this.#columns]
    let at = -1
    let isBlack = false
    let [own, other] = [0, 0]
    while (at < columns) {
      own = changeAfter(row, at, isBlack, own)
      other = changeAfter(above, at, isBlack, other)
      const [a1, b1, b2] = [row[own] ?? columns, above[other] ?? columns, above[other + 1] ?? columns]
      if (b2 < a1) {
        this.#write(MODE_CODES.get(PASS) ?? '')
        at = b2
      } else if (Math.abs(a1 - b1) <= LONGEST_VERTICAL) {
        this.#write(MODE_CODES.get(a1 - b1) ?? '')
        at = a1
        isBlack = !isBlack
      } else {
        const a2 = row[own + 1] ?? columns
        this.#write(MODE_CODES.get(HORIZONTAL) ?? '')
        this.#writeRun(a1 - Math.max(at, 0), isBlack)
        this.#writeRun(a2 - a1, !isBlack)
        at = a2
      }
    }
  }

  #writeRun(length: number, isBlack: boolean): void {
    const codes = isBlack ? BLACK_CODES : WHITE_CODES
    let rest = length
    for (; rest > LONGEST_MAKE_UP; rest -= LONGEST_MAKE_UP) this.#write(codes.get(LONGEST_MAKE_UP) ?? '')
    const short = rest % MAKE_UP_STEP
    if (rest > short) this.#write(codes.get(rest - short) ?? '')
    this.#write(codes.get(short) ?? '')
  }

  #write(code: string): void {
    while ((this.#bitCount + code.length) / 8 >= this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    for (let index = 0; index < code.length; index++) {
      if (code.charCodeAt(index) === ONE) this.#bytes[this.#bitCount >> 3] = (this.#bytes[this.#bitCount >> 3] ?? 0) | (0x80 >> (this.#bitCount & 7))
      this.#bitCount++
    }
  }
}

const ONE = 0x31
