import { type BitCursor, CodeTree } from './bit-cursor.ts'
import { BLACK_CODES, HORIZONTAL, MODE_CODES, PASS, WHITE_CODES } from './run-length-codes.ts'

/** A row of pels: where its colour changes, from white on, rising, all of them inside the row. A row that begins with black changes at 0. */
export type ImageRow = readonly number[]

export const WHITE_ROW: ImageRow = []

const WHITE = new CodeTree(WHITE_CODES)
const BLACK = new CodeTree(BLACK_CODES)
const MODES = new CodeTree(MODE_CODES)
const TERMINATING_RUNS = 64

/** Reads a row of one-dimensional coding (T.4 section 4.1). @returns undefined when it is damaged */
export function readRowAlone(bits: BitCursor, columns: number): ImageRow | undefined {
  const row: number[] = []
  let at = 0
  for (let isBlack = false; at < columns; isBlack = !isBlack) {
    const run = readRun(bits, isBlack, columns)
    if (run === undefined) return undefined
    at += run
    if (at > columns) return undefined
    change(row, at, columns)
  }
  return row
}

/** Reads a row of two-dimensional coding (T.4 section 4.2). @param above the row before it @returns undefined when it is damaged */
export function readRowBelow(bits: BitCursor, columns: number, above: ImageRow): ImageRow | undefined {
  const row: number[] = []
  let at = -1
  let isBlack = false
  let hint = 0
  while (at < columns) {
    hint = changeAfter(above, at, isBlack, hint)
    const mode = MODES.read(bits)
    if (mode === undefined) return undefined
    if (mode === PASS) at = above[hint + 1] ?? columns
    else if (mode === HORIZONTAL) {
      const [first, second] = [readRun(bits, isBlack, columns), readRun(bits, !isBlack, columns)]
      if (first === undefined || second === undefined) return undefined
      const end = Math.max(at, 0) + first + second
      if (end > columns) return undefined
      change(row, end - second, columns)
      change(row, end, columns)
      at = end
    } else {
      const next = (above[hint] ?? columns) + mode
      if (next < Math.max(at, 0) || next > columns) return undefined
      change(row, next, columns)
      at = next
      isBlack = !isBlack
    }
  }
  return row
}

/** The index of the first change of the row to the right of `at` that is one to the other colour than the current one (b1 of T.4 4.2.1.1). */
export function changeAfter(row: ImageRow, at: number, isBlack: boolean, from: number): number {
  let index = Math.min(from, row.length)
  while (index > 0 && (row[index - 1] ?? 0) > at) index--
  while (index < row.length && (row[index] ?? 0) <= at) index++
  return index % 2 === (isBlack ? 1 : 0) ? index : index + 1
}

/** Two changes at one place are none. */
function change(row: number[], at: number, columns: number): void {
  if (row.length > 0 && row[row.length - 1] === at) row.pop()
  else if (at < columns) row.push(at)
}

function readRun(bits: BitCursor, isBlack: boolean, columns: number): number | undefined {
  const codes = isBlack ? BLACK : WHITE
  let sum = 0
  for (;;) {
    const run = codes.read(bits)
    if (run === undefined) return undefined
    sum += run
    if (run < TERMINATING_RUNS) return sum
    if (sum > columns) return undefined
  }
}
