import { err, ok, type Result } from '@dialtone/foundation'
import { BitCursor } from './bit-cursor.ts'
import { type ImageRow, readRowAlone, readRowBelow, WHITE_ROW } from './image-row.ts'
import { type FaxPage, PageReader } from './page-reader.ts'
import { MAX_ROWS, PageWriter } from './page-writer.ts'
import { reverseBits } from './t30-frame.ts'

/** Why a document cannot be sent. */
export interface DocumentFailure {
  readonly code: 'NotTiff' | 'DamagedTiff' | 'UnsupportedTiff' | 'TooManyPages' | 'TooMuchToSend'
  readonly message: string
}

/** Widths of T.4 section 2.1: 215, 255 and 303 mm. */
const WIDTHS: readonly number[] = [1_728, 2_048, 2_432]
const MAX_PAGES = 200
/**
 * What the pages are together, as they are kept. A small file may name one strip for all its pages: 4 MB of it were three minutes of work.
 * At 14,400 bit/s so much takes three hours.
 */
const MAX_CODED_BYTES = 20_000_000
/** Of 200 pages of the longest common paper in the finest resolution. */
const MAX_DOCUMENT_ROWS = 1_120_000
/** TIFF 6.0 section 8, and RFC 2301 for those of faxes. */
const TAG = { columns: 256, rows: 257, bits: 258, compression: 259, photometric: 262, fillOrder: 266, strips: 273, rowsPerStrip: 278, stripBytes: 279, yResolution: 283, t4Options: 292, unit: 296 } as const // prettier-ignore
const [NONE, MODIFIED_HUFFMAN, T4, T6] = [1, 2, 3, 4]
const BLACK_IS_ZERO = 1
const LOWEST_BIT_FIRST = 2
const CENTIMETRES = 3
const [PER_INCH, PER_CENTIMETRE] = [1 / 0.0254, 100]
const USUAL_DOTS = 196
/** Across: R8 of T.4, whatever the document says; the width in dots tells the paper. */
const COLUMNS_PER_METRE = 8_037
const TYPE_BYTES: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 5: 8 }
const MAX_VALUES = 20_000

type Directory = ReadonlyMap<number, readonly number[]>

/** Reads the pages of a TIFF file of two colours: not compressed, or coded as faxes are (TIFF 6.0 sections 10 and 11, RFC 2301 profiles S and F). */
export function readTiff(file: Uint8Array): Result<readonly FaxPage[], DocumentFailure> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const order = file.length < 8 ? '' : String.fromCharCode(file[0] ?? 0, file[1] ?? 0)
  if ((order !== 'II' && order !== 'MM') || view.getUint16(2, order === 'II') !== 42) return err({ code: 'NotTiff', message: 'is no TIFF file' })
  try {
    return readPages(file, view, order === 'II')
  } catch (error) {
    // Whatever points out of the file.
    if (error instanceof RangeError) return err({ code: 'DamagedTiff', message: 'is cut off or damaged' })
    throw error
  }
}

function readPages(file: Uint8Array, view: DataView, isLittle: boolean): Result<readonly FaxPage[], DocumentFailure> {
  const pages: FaxPage[] = []
  let [rows, bytes] = [0, 0]
  for (let at = view.getUint32(4, isLittle); at !== 0;) {
    if (pages.length >= MAX_PAGES) return err({ code: 'TooManyPages', message: `has more than ${MAX_PAGES} pages` })
    const count = view.getUint16(at, isLittle)
    const directory = readDirectory(view, { at: at + 2, count, isLittle })
    const page = readPage(file, directory)
    if (!page.ok) return page
    pages.push(page.value)
    rows += page.value.rows
    bytes += page.value.data.length
    if (rows > MAX_DOCUMENT_ROWS || bytes > MAX_CODED_BYTES) return err({ code: 'TooMuchToSend', message: 'holds more than can be sent in a call' })
    at = view.getUint32(at + 2 + count * 12, isLittle)
  }
  return pages.length === 0 ? err({ code: 'DamagedTiff', message: 'has no page' }) : ok(pages)
}

function readDirectory(view: DataView, { at, count, isLittle }: { readonly at: number; readonly count: number; readonly isLittle: boolean }): Directory {
  const directory = new Map<number, readonly number[]>()
  for (let entry = at; entry < at + count * 12; entry += 12) {
    const [tag, type, values] = [view.getUint16(entry, isLittle), view.getUint16(entry + 2, isLittle), view.getUint32(entry + 4, isLittle)]
    const bytes = TYPE_BYTES[type]
    if (bytes === undefined) continue
    if (values > MAX_VALUES) throw new RangeError('too many values')
    const from = bytes * values <= 4 ? entry + 8 : view.getUint32(entry + 8, isLittle)
    directory.set(
      tag,
      Array.from({ length: values }, (_, index) => readValue(view, { type, at: from + index * bytes, isLittle })),
    )
  }
  return directory
}

function readValue(view: DataView, { type, at, isLittle }: { readonly type: number; readonly at: number; readonly isLittle: boolean }): number {
  if (type === 1) return view.getUint8(at)
  if (type === 3) return view.getUint16(at, isLittle)
  return type === 4 ? view.getUint32(at, isLittle) : view.getUint32(at, isLittle) / Math.max(1, view.getUint32(at + 4, isLittle))
}

function readPage(file: Uint8Array, directory: Directory): Result<FaxPage, DocumentFailure> {
  const one = (tag: number, otherwise = 0): number => directory.get(tag)?.[0] ?? otherwise
  const [columns, rows, compression] = [one(TAG.columns), one(TAG.rows), one(TAG.compression, NONE)]
  if (!WIDTHS.includes(columns)) return err({ code: 'UnsupportedTiff', message: `is ${columns} dots wide: faxes are ${WIDTHS.join(', ')}` })
  if (rows < 1 || rows > MAX_ROWS) return err({ code: 'UnsupportedTiff', message: `has a page of ${rows} rows: a fax has 1 to ${MAX_ROWS}` })
  if (one(TAG.bits, 1) !== 1 || ![NONE, MODIFIED_HUFFMAN, T4, T6].includes(compression))
    return err({ code: 'UnsupportedTiff', message: 'is not black and white, or compressed otherwise than faxes are' })
  const [offsets = [], lengths = []] = [directory.get(TAG.strips), directory.get(TAG.stripBytes)]
  const writer = new PageWriter(columns)
  const isInverse = one(TAG.photometric) === BLACK_IS_ZERO
  const rowsPerStrip = Math.min(rows, one(TAG.rowsPerStrip, rows))
  for (const [index, offset] of offsets.entries()) {
    const end = offset + (lengths[index] ?? 0)
    if (end > file.length) return err({ code: 'DamagedTiff', message: 'is cut off or damaged' })
    const bytes = one(TAG.fillOrder, 1) === LOWEST_BIT_FIRST ? file.subarray(offset, end).map(reverseBits) : file.subarray(offset, end)
    const wanted = Math.min(rowsPerStrip, rows - writer.rows)
    for (const row of rowsOf(bytes, { columns, compression, isTwoDimensional: (one(TAG.t4Options) & 1) !== 0, wanted }))
      writer.push(isInverse ? inverse(row) : row)
  }
  if (writer.rows < rows) return err({ code: 'DamagedTiff', message: `has a page of ${rows} rows of which ${writer.rows} can be read` })
  const resolution = one(TAG.yResolution, USUAL_DOTS) * (one(TAG.unit, 2) === CENTIMETRES ? PER_CENTIMETRE : PER_INCH)
  return ok({ columns, rows, columnsPerMetre: COLUMNS_PER_METRE, rowsPerMetre: Math.round(resolution), badRows: 0, isComplete: true, data: writer.finish() })
}

interface Strip {
  readonly columns: number
  readonly compression: number
  readonly isTwoDimensional: boolean
  readonly wanted: number
}

function* rowsOf(bytes: Uint8Array, { columns, compression, isTwoDimensional, wanted }: Strip): Iterable<ImageRow> {
  if (compression === T4) {
    yield* rowsOfT4(bytes, { columns, isTwoDimensional, wanted })
    return
  }
  const rowBytes = Math.ceil(columns / 8)
  let bits = new BitCursor(bytes)
  let above: ImageRow = WHITE_ROW
  for (let count = 0; count < wanted; count++) {
    let row: ImageRow | undefined
    if (compression === NONE) row = (count + 1) * rowBytes > bytes.length ? undefined : changesOf(bytes.subarray(count * rowBytes), columns)
    else row = compression === T6 ? readRowBelow(bits, columns, above) : readRowAlone(bits, columns)
    if (row === undefined) return
    yield row
    above = row
    // Rows of Modified Huffman begin at a whole octet (TIFF 6.0 section 10).
    if (compression === MODIFIED_HUFFMAN) bits = new BitCursor(bytes.subarray(bytes.length - (bits.left >> 3)))
  }
}

/** With ends of line, as on the telephone line: what reads that reads this. */
function* rowsOfT4(bytes: Uint8Array, { columns, isTwoDimensional, wanted }: Omit<Strip, 'compression'>): Iterable<ImageRow> {
  const reader = new PageReader({ columns, columnsPerMetre: 0, rowsPerMetre: 0, coding: isTwoDimensional ? 'MR' : 'MH' })
  reader.push(bytes)
  // Files may leave the end of the page out: the last row has no end of line then.
  reader.push(isTwoDimensional ? END_WITH_TAG : END)
  const page = reader.finish(true)
  if (page === undefined || page.badRows > 0) return
  const bits = new BitCursor(page.data)
  let above: ImageRow = WHITE_ROW
  for (let count = 0; count < Math.min(wanted, page.rows); count++) {
    above = readRowBelow(bits, columns, above) ?? above
    yield above
  }
}

const END = Uint8Array.of(0x00, 0x10, 0x01)
const END_WITH_TAG = Uint8Array.of(0x00, 0x18)

const [ALL_WHITE, ALL_BLACK] = [0x00, 0xff]

/** All widths are whole octets. */
function changesOf(row: Uint8Array, columns: number): ImageRow {
  const changes: number[] = []
  for (let start = 0; start < columns; start += 8) {
    const pels = row[start >> 3] ?? 0
    // Most octets are of the colour that goes on.
    if (pels === (changes.length % 2 === 0 ? ALL_WHITE : ALL_BLACK)) continue
    for (let x = start; x < start + 8; x++) if (((pels & (0x80 >> (x & 7))) !== 0) === (changes.length % 2 === 0)) changes.push(x)
  }
  return changes
}

function inverse(row: ImageRow): ImageRow {
  return row[0] === 0 ? row.slice(1) : [0, ...row]
}

/** How many pages there are to be sent. */
export function tiffPages(file: Uint8Array): Result<number, DocumentFailure> {
  const pages = readTiff(file)
  return pages.ok ? ok(pages.value.length) : pages
}
