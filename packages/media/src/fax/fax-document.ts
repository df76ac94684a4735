import type { FaxPage } from './page-reader.ts'

/** Points of a PDF in a metre: 72 in an inch. */
const POINTS_PER_METRE = 72 / 0.0254
const OFFSET_DIGITS = 10

/**
 * A document of the pages (PDF 1.4): each is an image as it was received, in T.6 coding (ISO 32000-1 section 7.4.6), at the size the paper had.
 * In pieces: pages may be large.
 */
export function faxDocument(pages: readonly FaxPage[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = []
  const offsets: number[] = []
  let size = 0
  const write = (piece: Uint8Array | string): void => {
    const bytes = typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece
    pieces.push(bytes)
    size += bytes.length
  }
  const object = (number: number, dictionary: string, stream?: Uint8Array): void => {
    offsets[number] = size
    write(`${number} 0 obj\n${dictionary}\n`)
    if (stream !== undefined) {
      write('stream\n')
      write(stream)
      write('\nendstream\n')
    }
    write('endobj\n')
  }
  write('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n')
  object(1, '<< /Type /Catalog /Pages 2 0 R >>')
  object(2, `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_page, index) => `${pageObject(index)} 0 R`).join(' ')}] >>`)
  for (const [index, page] of pages.entries()) {
    const first = pageObject(index)
    const [width, height] = [points(page.columns / page.columnsPerMetre), points(page.rows / page.rowsPerMetre)]
    const paint = Buffer.from(`q ${width} 0 0 ${height} 0 0 cm /I Do Q`, 'latin1')
    const resources = `/Resources << /XObject << /I ${first + 2} 0 R >> >>`
    object(first, `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] ${resources} /Contents ${first + 1} 0 R >>`)
    object(first + 1, `<< /Length ${paint.length} >>`, paint)
    object(first + 2, imageOf(page), page.data)
  }
  const table = size
  write(`xref\n0 ${offsets.length}\n0000000000 65535 f \n`)
  for (const offset of offsets.slice(1)) write(`${String(offset).padStart(OFFSET_DIGITS, '0')} 00000 n \n`)
  write(`trailer\n<< /Size ${offsets.length} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`)
  return pieces
}

/** A page is three objects, after the catalog and the tree of pages. */
function pageObject(index: number): number {
  return 3 + index * 3
}

function points(metres: number): string {
  return (metres * POINTS_PER_METRE).toFixed(2)
}

function imageOf({ columns, rows, data }: FaxPage): string {
  const coding = `/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns ${columns} /Rows ${rows} >>`
  return `<< /Type /XObject /Subtype /Image /Width ${columns} /Height ${rows} /ColorSpace /DeviceGray /BitsPerComponent 1 ${coding} /Length ${data.length} >>`
}
