import { describe, expect, it } from 'vitest'
import { drawPaper } from '../../../interop/fax/paper.ts'
import { receiveFax } from './fax-receiver.ts'
import { isSpanDspAbsent } from './fax-sender.ts'
import { pageOf } from './pels.ts'

const TIMEOUT_MS = 60_000

describe.skipIf(isSpanDspAbsent())('a fax to SpanDSP over T.38', () => {
  const papers = [drawPaper(150), drawPaper(90, 2)]
  const pages = papers.map((paper) => pageOf(paper))
  const pels = papers.map(({ rows }) => Buffer.concat(rows))
  const modes = [
    ['Modified Huffman (T.4)', ['--no-ecm', '--compression', 'mh'], { hasCorrection: false }],
    ['Modified READ (T.4)', ['--no-ecm', '--compression', 'mr'], { hasCorrection: false }],
    ['MMR (T.6) in error correction mode (T.30 annex A)', ['--compression', 'mmr'], { hasCorrection: true }],
    ['Modified Huffman in error correction mode', ['--compression', 'mh'], { hasCorrection: true }],
  ] as const

  it.for(modes)('comes pel by pel, page by page: %s', { timeout: TIMEOUT_MS }, async ([, options, end]) => {
    const sent = await receiveFax(pages, { arguments: options })
    expect(sent).toMatchObject({ receiver: { code: 0 }, confirmed: 2, end: { reason: 'Completed', remoteIdent: '+1 385 555 0143', bitRate: 14_400, ...end } })
    expect(sent.pages.map((page, index) => pels[index]?.equals(page))).toEqual([true, true])
  })

  it.for(modes)('comes pel by pel though every tenth datagram is lost: %s', { timeout: TIMEOUT_MS }, async ([, options]) => {
    let count = 0
    const sent = await receiveFax(pages, { arguments: [...options, '--loss', '0.05', '--seed', '5'], passes: () => ++count % 10 !== 0 })
    expect(sent).toMatchObject({ receiver: { code: 0 }, confirmed: 2, end: { reason: 'Completed' } })
    expect(sent.pages.map((page, index) => pels[index]?.equals(page))).toEqual([true, true])
  })

  it('sends again what SpanDSP asks for (PPR, T.30 annex A 4.3)', { timeout: TIMEOUT_MS }, async () => {
    let seen = 0
    const isPicture = (datagram: Uint8Array): boolean => ((datagram[3] ?? 0) & 0x40) !== 0 && ((datagram[3] ?? 0) & 0x1e) !== 0
    const sent = await receiveFax(pages, { passes: (datagram) => !isPicture(datagram) || ++seen <= 100 || seen % 70 >= 10 })
    expect(sent).toMatchObject({ receiver: { code: 0 }, confirmed: 2, end: { reason: 'Completed', hasCorrection: true } })
    expect(sent.pages.map((page, index) => pels[index]?.equals(page))).toEqual([true, true])
  })

  it('at another resolution comes as another document (EOM)', { timeout: TIMEOUT_MS }, async () => {
    const sent = await receiveFax([pageOf(drawPaper(60)), pageOf(drawPaper(40, 2), 3_850)])
    expect(sent).toMatchObject({ receiver: { code: 0 }, confirmed: 2, end: { reason: 'Completed' } })
  })

  it('begins at the rate that T.38 was agreed for', { timeout: TIMEOUT_MS }, async () => {
    const sent = await receiveFax(pages, { maxBitRate: 9_600 })
    expect(sent).toMatchObject({ receiver: { code: 0 }, end: { reason: 'Completed', bitRate: 9_600 } })
  })
})
