/** A page to be sent: one bit a pel, black is 1. */
export interface Paper {
  readonly columns: number
  readonly rows: readonly Uint8Array[]
}

const COLUMNS = 1_728
/** Inch-based what T.4 calls 8.04 and 7.7 pels a millimetre. */
const [ACROSS_PER_INCH, DOWN_PER_INCH] = [204, 196]

/** Something to tell rows and columns by: frame, ruler, slanted lines, and what looks like letters; nothing is like the row above for long. */
export function drawPaper(rowCount: number, seed = 1): Paper {
  let state = seed
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
  const rows: Uint8Array[] = []
  let letters: readonly number[] = []
  for (let y = 0; y < rowCount; y++) {
    if (y % 8 === 0) letters = Array.from({ length: 60 }, () => 200 + Math.floor(random() * 1_300))
    const row = new Uint8Array(COLUMNS / 8)
    const ink = (x: number): void => {
      if (x >= 0 && x < COLUMNS) row[x >> 3] = (row[x >> 3] ?? 0) | (0x80 >> (x & 7))
    }
    if (y % 50 === 0) for (let x = 0; x < COLUMNS; x++) ink(x)
    for (const x of [0, 1, COLUMNS - 1, y, y + 1, (y * 3) % COLUMNS, ...letters.flatMap((left) => [left, left + 1, left + (y % 8)])]) ink(x)
    rows.push(row)
  }
  return { columns: COLUMNS, rows }
}

/** A TIFF file of the pages, one after the other, not compressed. */
export function tiffOf(pages: readonly Paper[]): Buffer {
  const parts: Buffer[] = [Buffer.from('49492a0000000000', 'hex')]
  let size = 8
  const add = (bytes: Buffer): number => {
    const at = size
    parts.push(bytes)
    size += bytes.length
    return at
  }
  let link = 4
  for (const { columns, rows } of pages) {
    const image = add(Buffer.concat([...rows, Buffer.alloc((rows.length * columns) / 8 % 2)])) // prettier-ignore
    const across = add(rational(ACROSS_PER_INCH))
    const down = add(rational(DOWN_PER_INCH))
    const [short, long, fraction] = [3, 4, 5] as const
    const bytes = (columns / 8) * rows.length
    const entries: readonly (readonly [number, number, number])[] = [
      [256, long, columns], [257, long, rows.length], [258, short, 1], [259, short, 1], [262, short, 0], [273, long, image], [277, short, 1],
      [278, long, rows.length], [279, long, bytes], [282, fraction, across], [283, fraction, down], [296, short, 2],
    ] // prettier-ignore
    const directory = Buffer.alloc(2 + entries.length * 12 + 4)
    directory.writeUInt16LE(entries.length)
    for (const [index, [tag, type, value]] of entries.entries()) {
      const at = 2 + index * 12
      directory.writeUInt16LE(tag, at)
      directory.writeUInt16LE(type, at + 2)
      directory.writeUInt32LE(1, at + 4)
      directory.writeUInt32LE(value, at + 8)
    }
    const at = add(directory)
    const whole = Buffer.concat(parts)
    whole.writeUInt32LE(at, link)
    parts.splice(0, parts.length, whole)
    link = at + 2 + entries.length * 12
  }
  return Buffer.concat(parts)
}

function rational(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(value)
  bytes.writeUInt32LE(1, 4)
  return bytes
}
