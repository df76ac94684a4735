import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { faxDocument } from '../src/fax/fax-document.ts'
import { isSpanDspAbsent, type Reception, sendFax } from './fax-sender.ts'
import { drawPaper, type Paper } from '../../../interop/fax/paper.ts'

const TIMEOUT_MS = 60_000
const OK = { code: 0 }
const hasPoppler = spawnSync('pdfimages', ['-v']).status === 0
const run = promisify(execFile)

/** The pages of our document as Poppler reads them (Debian package poppler-utils): rows of bits, black is 1. */
async function readDocument({ pages }: Reception): Promise<readonly Buffer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fax-'))
  try {
    const file = join(folder, 'fax.pdf')
    await writeFile(file, Buffer.concat(faxDocument(pages)))
    const { stderr } = await run('pdfimages', [file, join(folder, 'page')])
    expect(stderr).toBe('')
    const images = (await readdir(folder)).filter((name) => name.endsWith('.pbm')).toSorted()
    return await Promise.all(images.map(async (name) => pelsOf(await readFile(join(folder, name)))))
  } finally {
    await rm(folder, { recursive: true })
  }
}

function pelsOf(pbm: Buffer): Buffer {
  const [header] = /^P4\s+(?:#.*\n)?\d+\s+\d+\s/.exec(pbm.toString('latin1', 0, 100)) ?? ['']
  expect(header).not.toBe('')
  return pbm.subarray(header.length)
}

async function expectSame(reception: Reception, papers: readonly Paper[]): Promise<void> {
  expect(reception.pages.map(({ rows, badRows, isComplete }) => ({ rows, badRows, isComplete }))).toEqual(
    papers.map(({ rows }) => ({ rows: rows.length, badRows: 0, isComplete: true })),
  )
  if (!hasPoppler) return
  const read = await readDocument(reception)
  expect(read).toHaveLength(papers.length)
  for (const [index, { rows }] of papers.entries()) expect(read[index]?.equals(Buffer.concat(rows)), `page ${index + 1}`).toBe(true)
}

describe.skipIf(isSpanDspAbsent())('a fax of SpanDSP over T.38', () => {
  const two = [drawPaper(150), drawPaper(90, 2)]
  const modes = [
    ['Modified Huffman (T.4)', ['--no-ecm', '--compression', 'mh'], { hasCorrection: false, bitRate: 14_400 }],
    ['Modified READ (T.4)', ['--no-ecm', '--compression', 'mr'], { hasCorrection: false }],
    ['MMR (T.6) in error correction mode (T.30 annex A)', ['--compression', 'mmr'], { hasCorrection: true }],
    ['Modified Huffman in error correction mode', ['--compression', 'mh'], { hasCorrection: true }],
  ] as const

  it.for(modes)('comes pel by pel, page by page: %s', { timeout: TIMEOUT_MS }, async ([, options, end]) => {
    const received = await sendFax(two, { arguments: options })
    expect(received).toMatchObject({ sender: OK, end: { reason: 'Completed', remoteIdent: '+1 385 555 0142', ...end } })
    await expectSame(received, two)
  })

  it.for(modes)(
    'comes pel by pel though every twentieth datagram is lost: the next ones repeat it (T.38 9.1.2): %s',
    { timeout: TIMEOUT_MS },
    async ([, options]) => {
      const received = await sendFax(two, { arguments: [...options, '--loss', '0.05', '--seed', '7'] })
      expect(received).toMatchObject({ sender: OK, end: { reason: 'Completed' } })
      await expectSame(received, two)
    },
  )

  /** Loses so many datagrams with pels in a row: more than what the following ones repeat. */
  function losing(count: number): (datagram: Buffer) => boolean {
    let seen = 0
    return (datagram) => {
      const isImage = ((datagram[3] ?? 0) & 0x40) !== 0 && ((datagram[3] ?? 0) & 0x1e) !== 0
      // The training check comes first.
      return !isImage || ++seen <= 80 || seen > 80 + count
    }
  }

  it('asks for what is missing in error correction mode (PPR, T.30 annex A 4.3)', { timeout: TIMEOUT_MS }, async () => {
    const received = await sendFax(two, { passes: losing(12) })
    expect(received).toMatchObject({ sender: OK, end: { reason: 'Completed', hasCorrection: true } })
    await expectSame(received, two)
  })

  it.for(modes)('confirms a page when it is kept and not before, though the sender asks again: %s', { timeout: TIMEOUT_MS }, async ([, options]) => {
    const received = await sendFax(two, { arguments: options, keeps: { afterMs: 5_000, isKept: true } })
    expect(received).toMatchObject({ sender: OK, end: { reason: 'Completed' } })
    await expectSame(received, two)
  })

  it.for([
    ['was not', 100],
    ['is not in time', 60_000],
  ] as const)('lets the sender fail when a page %s kept', { timeout: TIMEOUT_MS }, async ([, afterMs]) => {
    const received = await sendFax(two, { keeps: { afterMs, isKept: false } })
    expect(received.end.reason).toBe('NotKept')
    expect(received.pages).toHaveLength(1)
    expect(received.sender).not.toMatchObject(OK)
  })

  it('counts the rows it could not read where nothing can be asked for again', { timeout: TIMEOUT_MS }, async () => {
    const paper = drawPaper(400)
    const received = await sendFax([paper], { arguments: ['--no-ecm', '--compression', 'mh'], passes: losing(8) })
    expect(received).toMatchObject({ sender: OK, end: { reason: 'Completed' } })
    const [page] = received.pages
    expect(page?.badRows).toBeGreaterThan(0)
    expect(page?.badRows).toBeLessThan(20)
    if (hasPoppler) expect((await readDocument(received))[0]?.subarray(-50 * 216).equals(Buffer.concat(paper.rows.slice(-50)))).toBe(true)
  })

  it.for([
    ['a sender that falls silent', false, 'SenderLost'],
    ['a caller that hangs up', true, 'CallEnded'],
  ] as const)('keeps what came of a page before %s', { timeout: TIMEOUT_MS }, async ([, hangsUp, reason]) => {
    const received = await sendFax([drawPaper(1_000)], { arguments: ['--no-ecm'], until: { ms: 12_000, hangsUp } })
    expect(received.end.reason).toBe(reason)
    expect(received.pages).toMatchObject([{ isComplete: false, badRows: 0 }])
    expect(received.pages[0]?.rows).toBeGreaterThan(50)
    expect(received.durationMs).toBeLessThan(25_000)
  })

  it('says for 35 s that it is a fax machine (T1 of T.30 5.4.3.2), and then goodbye', { timeout: TIMEOUT_MS }, async () => {
    const received = await sendFax(two, { until: { ms: 0, hangsUp: false } })
    expect(received).toMatchObject({ pages: [], end: { reason: 'NoFaxMachine', remoteIdent: '', bitRate: undefined } })
    expect(received.durationMs).toBeGreaterThan(35_000)
    expect(received.durationMs).toBeLessThan(45_000)
  })
})
