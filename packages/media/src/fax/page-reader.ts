import { BitCursor } from './bit-cursor.ts'
import { type ImageRow, readRowAlone, readRowBelow, WHITE_ROW } from './image-row.ts'
import type { PageCoding } from './page-coding.ts'
import { PageWriter } from './page-writer.ts'

export interface PageFormat {
  readonly columns: number
  /** In a metre, across and down: T.4 tells millimetres, 300 dots to the inch tell inches. */
  readonly columnsPerMetre: number
  readonly rowsPerMetre: number
  readonly coding: PageCoding
}

/** A page as it was received, in T.6 coding. */
export interface FaxPage {
  readonly columns: number
  readonly rows: number
  readonly columnsPerMetre: number
  readonly rowsPerMetre: number
  /** Rows that could not be read: each is as the one above. */
  readonly badRows: number
  /** The sender said that it is whole. */
  readonly isComplete: boolean
  readonly data: Uint8Array
}

/** Of a row before its end of line: no coded row is that long, fill aside. */
const MAX_ROW_BITS = 65_536
/** T.4 4.1.2: eleven zeros and a one; no row has as many zeros. */
const END_OF_LINE_ZEROS = 11
/** The page is over with six ends of line and no row between them (T.4 4.1.4); half of them are no chance. */
const ROWLESS_AT_END = 3
/** Ten times a page of small print; what is read in one go must not take long. */
const MAX_T6_BYTES = 1_000_000

/** Reads a page as it comes, row by row. */
export class PageReader {
  readonly #format: PageFormat
  readonly #writer: PageWriter
  readonly #line = new Uint8Array(MAX_ROW_BITS / 8)
  #lineBits = 0
  #zeros = 0
  /** Before the first end of line there is nothing to read (T.4 4.1.2). */
  #isStarted = false
  #isDamaged = false
  /** The next bit says how the row is coded (T.4 4.2.2). */
  #awaitsTag = false
  #rowless = 0
  #isAlone = true
  #above: ImageRow = WHITE_ROW
  #badRows = 0
  #pieces: Uint8Array[] = []
  #pieceBytes = 0
  #isFull = false

  constructor(format: PageFormat) {
    this.#format = format
    this.#writer = new PageWriter(format.columns)
  }

  get rows(): number {
    return this.#writer.rows
  }

  get badRows(): number {
    return this.#badRows
  }

  push(bytes: Uint8Array): void {
    if (this.#isFull) return
    if (this.#format.coding === 'MMR') {
      this.#pieceBytes += bytes.length
      if (this.#pieceBytes > MAX_T6_BYTES) this.#isFull = true
      else this.#pieces.push(bytes)
      return
    }
    for (const byte of bytes) for (let mask = 0x80; mask !== 0; mask >>= 1) this.#pushBit((byte & mask) !== 0)
  }

  /** Something is missing here. */
  damage(): void {
    this.#isDamaged = true
    this.#zeros = 0
  }

  /** The page, or undefined when not one row of it came. */
  finish(isComplete: boolean): FaxPage | undefined {
    if (this.#format.coding === 'MMR') this.#readWhole()
    const { columns, columnsPerMetre, rowsPerMetre } = this.#format
    const { rows } = this.#writer
    if (rows === 0) return undefined
    return { columns, rows, columnsPerMetre, rowsPerMetre, badRows: this.#badRows, isComplete, data: this.#writer.finish() }
  }

  #pushBit(isOne: boolean): void {
    if (this.#awaitsTag) {
      this.#awaitsTag = false
      this.#isAlone = isOne
      return
    }
    if (isOne && this.#zeros >= END_OF_LINE_ZEROS) return this.#endLine()
    this.#zeros = isOne ? 0 : this.#zeros + 1
    if (this.#lineBits >= MAX_ROW_BITS) {
      // Fill may be as long as it likes: it is all zeros.
      if (isOne) this.#isDamaged = true
      return
    }
    if (isOne) this.#line[this.#lineBits >> 3] = (this.#line[this.#lineBits >> 3] ?? 0) | (0x80 >> (this.#lineBits & 7))
    this.#lineBits++
  }

  #endLine(): void {
    const bits = this.#lineBits - END_OF_LINE_ZEROS
    const hasRow = bits > 0 || this.#isDamaged
    if (this.#isStarted && !this.#isFull && hasRow) this.#readLine(bits)
    this.#rowless = hasRow ? 0 : this.#rowless + 1
    if (this.#rowless >= ROWLESS_AT_END) this.#isFull = true
    this.#isStarted = true
    this.#isDamaged = false
    this.#line.fill(0, 0, (this.#lineBits >> 3) + 1)
    this.#lineBits = 0
    this.#zeros = 0
    this.#awaitsTag = this.#format.coding === 'MR'
    this.#isAlone = true
  }

  #readLine(bits: number): void {
    const cursor = new BitCursor(this.#line, bits)
    const { columns } = this.#format
    const row = this.#isDamaged ? undefined : this.#isAlone ? readRowAlone(cursor, columns) : readRowBelow(cursor, columns, this.#above)
    this.#take(row !== undefined && isFill(cursor) ? row : undefined)
  }

  /** What cannot be read stays as the row above: rows that are coded by it may suffer until one comes that stands alone (T.4 4.2.1). */
  #take(row: ImageRow | undefined): void {
    if (row === undefined) this.#badRows++
    else this.#above = row
    if (!(row === undefined ? this.#writer.repeat() : this.#writer.push(row))) this.#isFull = true
  }

  /** T.6 has neither ends of line nor a way back after damage: what follows it is lost. */
  #readWhole(): void {
    const bytes = new Uint8Array(this.#pieceBytes)
    let offset = 0
    for (const piece of this.#pieces.splice(0)) {
      if (offset + piece.length > bytes.length) break
      bytes.set(piece, offset)
      offset += piece.length
    }
    const cursor = new BitCursor(bytes, offset * 8)
    this.#isFull = false
    while (!this.#isFull && cursor.left > 0) {
      const row = readRowBelow(cursor, this.#format.columns, this.#above)
      if (row === undefined) break
      this.#take(row)
    }
    this.#isFull = true
  }
}

/** After the last pel there are zeros until the end of line (T.4 4.1.3). */
function isFill(rest: BitCursor): boolean {
  for (;;) {
    const bit = rest.next()
    if (bit !== 0) return bit === -1
  }
}
