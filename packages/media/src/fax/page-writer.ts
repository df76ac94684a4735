import { changeAfter, type ImageRow, WHITE_ROW } from './image-row.ts'
import { BLACK_CODES, END_OF_LINE, HORIZONTAL, LONGEST_MAKE_UP, MODE_CODES, PASS, WHITE_CODES } from './run-length-codes.ts'

/** Rows beyond are no page any more: three times what unlimited paper of fax machines is. */
export const MAX_ROWS = 20_000
/** A photograph takes a tenth of it. */
const MAX_PAGE_BYTES = 4_000_000
const FIRST_BYTES = 16_384
const LONGEST_VERTICAL = 3
const MAKE_UP_STEP = 64

/** Writes rows in ITU-T T.6 coding, whatever coding they came in: every program that shows documents reads it, and it has no room for damage. */
export class PageWriter {
  readonly #columns: number
  #bytes = new Uint8Array(FIRST_BYTES)
  #bitCount = 0
  #above: ImageRow = WHITE_ROW
  #rows = 0

  constructor(columns: number) {
    this.#columns = columns
  }

  get rows(): number {
    return this.#rows
  }

  /** @returns false when the page is full */
  push(row: ImageRow): boolean {
    if (this.#rows >= MAX_ROWS || this.#bitCount > MAX_PAGE_BYTES * 8) return false
    this.#writeRow(row)
    this.#above = row
    this.#rows++
    return true
  }

  /** The same row again: it stands for one that was lost. */
  repeat(): boolean {
    return this.push(this.#above)
  }

  /** The page up to here, with its end (T.6 section 2.4.1.1). */
  finish(): Uint8Array {
    this.#write(END_OF_LINE + END_OF_LINE)
    return this.#bytes.slice(0, Math.ceil(this.#bitCount / 8))
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
    if ((this.#bitCount + code.length) / 8 >= this.#bytes.length) {
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
