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

  it('is refused when a small file names the same strip for more pages than can be sent', () => {
    // Every other row is white: nothing takes more octets.
    const strip = Buffer.alloc(2_200 * 216)
    for (let row = 0; row < 2_200; row += 2) strip.fill(0x55, row * 216, (row + 1) * 216)
    expect(readTiff(samePages(2, strip))).toMatchObject({ ok: true, value: [{ rows: 2_200 }, { rows: 2_200 }] })
    expect(readTiff(samePages(100, strip))).toMatchObject({ ok: false, error: { code: 'TooMuchToSend' } })
  })
})

/** Every page is the one strip there is, not compressed. */
function samePages(count: number, strip: Buffer): Buffer {
  const rows = strip.length / 216
  const entries = [[256, 1_728], [257, rows], [258, 1], [259, 1], [273, 8], [278, rows], [279, strip.length]] as const // prettier-ignore
  const directoryBytes = 2 + entries.length * 12 + 4
  const first = 8 + strip.length
  const directories = Array.from({ length: count }, (_, page) => {
    const directory = Buffer.alloc(directoryBytes)
    directory.writeUInt16LE(entries.length, 0)
    for (const [index, [tag, value]] of entries.entries()) {
      directory.writeUInt16LE(tag, 2 + index * 12)
      directory.writeUInt16LE(4, 4 + index * 12)
      directory.writeUInt32LE(1, 6 + index * 12)
      directory.writeUInt32LE(value, 10 + index * 12)
    }
    directory.writeUInt32LE(page + 1 < count ? first + (page + 1) * directoryBytes : 0, directoryBytes - 4)
    return directory
  })
  const head = Buffer.from('II*\0\0\0\0\0', 'latin1')
  head.writeUInt32LE(first, 4)
  return Buffer.concat([head, strip, ...directories])
}

const isBlack = (row: Uint8Array, x: number): boolean => ((row[x >> 3] ?? 0) & (0x80 >> (x & 7))) !== 0
