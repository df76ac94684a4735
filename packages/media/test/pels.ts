import { BitCursor } from '../src/fax/bit-cursor.ts'
import { type ImageRow, readRowBelow, WHITE_ROW } from '../src/fax/image-row.ts'
import type { FaxPage } from '../src/fax/page-reader.ts'
import { PageWriter } from '../src/fax/page-writer.ts'
import type { Paper } from '../../../interop/fax/paper.ts'

/** Rows of bits of each page, black is 1. */
export function pelsOf(pages: readonly FaxPage[]): readonly Buffer[] {
  return pages.map(({ columns, data, rows }) => {
    const [bits, pels] = [new BitCursor(data), Buffer.alloc((rows * columns) / 8)]
    let above: ImageRow = WHITE_ROW
    for (let y = 0; y < rows; y++) {
      above = readRowBelow(bits, columns, above) ?? above
      for (let change = 0; change < above.length; change += 2) {
        for (let x = above[change] ?? 0; x < (above[change + 1] ?? columns); x++)
          pels[(y * columns + x) >> 3] = (pels[(y * columns + x) >> 3] ?? 0) | (0x80 >> (x & 7))
      }
    }
    return pels
  })
}

/** A page as it is kept. */
export function pageOf({ columns, rows }: Paper, rowsPerMetre = 7_700): FaxPage {
  const writer = new PageWriter(columns)
  for (const row of rows) writer.push(changesOf(row, columns))
  return { columns, rows: rows.length, columnsPerMetre: 8_037, rowsPerMetre, badRows: 0, isComplete: true, data: writer.finish() }
}

function changesOf(row: Uint8Array, columns: number): ImageRow {
  const changes: number[] = []
  for (let x = 0; x < columns; x++) if ((((row[x >> 3] ?? 0) & (0x80 >> (x & 7))) !== 0) === (changes.length % 2 === 0)) changes.push(x)
  return changes
}
