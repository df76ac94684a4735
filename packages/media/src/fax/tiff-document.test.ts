import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawPaper, tiffOf } from '../../../../interop/fax/paper.ts'
import { BitCursor } from './bit-cursor.ts'
import { readRowBelow, WHITE_ROW } from './image-row.ts'
import { readTiff } from './tiff-document.ts'

describe('a TIFF file that is to be faxed', () => {
  it('is read pel by pel, page by page', () => {
    const paper = drawPaper(30)
    const read = readTiff(tiffOf([paper, drawPaper(12, 2)]))
    expect(read.ok ? read.value.map(({ rows, columns, rowsPerMetre }) => [rows, columns, rowsPerMetre]) : read.error).toEqual([[30, 1_728, 7_717], [12, 1_728, 7_717]]) // prettier-ignore
    const bits = new BitCursor(read.ok ? (read.value[0]?.data ?? new Uint8Array()) : new Uint8Array())
    let above = WHITE_ROW
    for (const row of paper.rows) {
      above = readRowBelow(bits, 1_728, above) ?? []
      const changes = Array.from({ length: 1_728 }, (_, x) => x).filter((x) => isBlack(row, x) !== (x > 0 && isBlack(row, x - 1)))
      expect(above).toEqual(changes)
    }
  })

  it('is refused with why when it is none, or cut off; and no octets make the reader throw', () => {
    const file = tiffOf([drawPaper(8)])
    expect(readTiff(Buffer.from('%PDF-1.4'))).toMatchObject({ ok: false, error: { code: 'NotTiff' } })
    expect(readTiff(file.subarray(0, 900))).toMatchObject({ ok: false, error: { code: 'DamagedTiff' } })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 8 }), (changes) => {
        const changed = Buffer.from(file)
        for (const [at, octet] of changes) changed[at] = octet
        readTiff(changed)
      }),
      { numRuns: 200 },
    )
  })
})

const isBlack = (row: Uint8Array, x: number): boolean => ((row[x >> 3] ?? 0) & (0x80 >> (x & 7))) !== 0
