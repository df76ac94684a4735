import { describe, expect, it } from 'vitest'
import { drawPaper, type Paper } from '../../../interop/fax/paper.ts'
import { receiveFax } from './fax-receiver.ts'
import { isSpanDspAbsent, sendFax } from './fax-sender.ts'
import { linkBySound } from './machine-link.ts'
import { pageOf, pelsOf } from './pels.ts'
import { evenFrom, noiseFrom } from './telephone-line.ts'

/** As sound it takes as long as it takes; the machines reckon faster than that. */
const TIMEOUT_MS = 120_000
const MODEMS = [
  ['V.27 ter', 'v27ter', 4_800],
  ['V.29', 'v29', 9_600],
] as const

function expectSame(pages: Parameters<typeof pelsOf>[0], papers: readonly Paper[]): void {
  expect(pages.map(({ rows, badRows, isComplete }) => ({ rows, badRows, isComplete }))).toEqual(
    papers.map(({ rows }) => ({ rows: rows.length, badRows: 0, isComplete: true })),
  )
  for (const [index, pels] of pelsOf(pages).entries()) expect(pels.equals(Buffer.concat(papers[index]?.rows ?? [])), `page ${index + 1}`).toBe(true)
}

describe.skipIf(isSpanDspAbsent())('a fax of SpanDSP in the sound of a call', { timeout: TIMEOUT_MS }, () => {
  const two = [drawPaper(100), drawPaper(60, 2)]
  const cases = MODEMS.flatMap(([name, modems, bitRate]) =>
    ([[`${name}, error correction mode`, [], true], [`${name}, Modified Huffman`, ['--no-ecm', '--compression', 'mh'], false]] as const).map(
      ([title, options, hasCorrection]) => [title, ['--modems', modems, ...options], { bitRate, hasCorrection, isSound: true }] as const,
    ),
  ) // prettier-ignore

  it.for(cases)('comes pel by pel, page by page: %s', async ([, options, end]) => {
    const received = await sendFax(two, { link: linkBySound(), arguments: options })
    expect(received).toMatchObject({ sender: { code: 0 }, end: { reason: 'Completed', remoteIdent: '+1 385 555 0142', ...end } })
    expectSame(received.pages, two)
  })

  it.for(MODEMS)('comes pel by pel in error correction mode though one packet of a hundred is lost: %s', async ([, modems]) => {
    const received = await sendFax(two, { link: linkBySound(), arguments: ['--modems', modems, '--loss', '0.01', '--seed', '11'] })
    expect(received).toMatchObject({ sender: { code: 0 }, end: { reason: 'Completed', hasCorrection: true } })
    expectSame(received.pages, two)
  })

  it('comes from a machine that has V.17 too, by V.29', async () => {
    expect(await sendFax(two, { link: linkBySound() })).toMatchObject({ sender: { code: 0 }, end: { reason: 'Completed', bitRate: 9_600 } })
  })

  it('comes faint, through noise and worn wires', async () => {
    const received = await sendFax(two, { link: linkBySound(wornLine(-20, 8)) })
    expect(received).toMatchObject({ sender: { code: 0 }, end: { reason: 'Completed', bitRate: 9_600 } })
    expectSame(received.pages, two)
  })

  it.for([[40], [160]] as const)('comes though we hear ourselves %d ms later, 12 dB below', async ([ms]) => {
    const received = await sendFax(two, { link: linkBySound(undefined, { gain: 0.25, frames: ms / 20 }), arguments: ['--no-ecm'] })
    expect(received).toMatchObject({ sender: { code: 0 }, end: { reason: 'Completed', bitRate: 9_600 } })
    expectSame(received.pages, two)
  })

  it('comes though we hear ourselves 400 ms later, 20 dB below: into the training of the other one', async () => {
    const received = await sendFax(two, { link: linkBySound(undefined, { gain: 0.1, frames: 20 }) })
    expect(received).toMatchObject({ sender: { code: 0 }, end: { reason: 'Completed', bitRate: 9_600 } })
    expectSame(received.pages, two)
  })

  it('comes at a slower rate where the line is too bad for a fast one (FTT)', async () => {
    const received = await sendFax(two, { link: linkBySound(wornLine(0, 700)) })
    expect(received).toMatchObject({ sender: { code: 0 }, end: { reason: 'Completed' } })
    expect(received.end.bitRate).toBeLessThan(9_600)
    expectSame(received.pages, two)
  })

  it('counts the rows it could not read where nothing can be asked for again', async () => {
    const paper = drawPaper(400)
    const received = await sendFax([paper], { link: linkBySound(), arguments: ['--no-ecm', '--compression', 'mh', '--loss', '0.002', '--seed', '4'] })
    expect(received).toMatchObject({ sender: { code: 0 }, end: { reason: 'Completed' } })
    expect(received.pages[0]?.badRows).toBeGreaterThan(0)
    expect(received.pages[0]?.badRows).toBeLessThan(40)
  })

  it.for([
    ['a sender that falls silent', false, 'SenderLost'],
    ['a caller that hangs up', true, 'CallEnded'],
  ] as const)('keeps what came of a page before %s', async ([, hangsUp, reason]) => {
    const received = await sendFax([drawPaper(1_000)], { link: linkBySound(), arguments: ['--no-ecm'], until: { ms: 16_000, hangsUp } })
    expect(received.end.reason).toBe(reason)
    expect(received.pages).toMatchObject([{ isComplete: false, badRows: 0 }])
    expect(received.pages[0]?.rows).toBeGreaterThan(50)
  })

  it('says for 35 s that it is a fax machine, and then goodbye, where somebody talks', async () => {
    const received = await sendFax(two, { link: linkBySound(), until: { ms: 0, hangsUp: false } })
    expect(received).toMatchObject({ pages: [], end: { reason: 'NoFaxMachine', remoteIdent: '', bitRate: undefined } })
    expect(received.durationMs).toBeGreaterThan(35_000)
    expect(received.durationMs).toBeLessThan(45_000)
  })
})

describe.skipIf(isSpanDspAbsent())('a fax to SpanDSP in the sound of a call', { timeout: TIMEOUT_MS }, () => {
  const papers = [drawPaper(100), drawPaper(60, 2)]
  const pages = papers.map((paper) => pageOf(paper))
  const pels = papers.map(({ rows }) => Buffer.concat(rows))
  const cases = MODEMS.flatMap(([name, modems, bitRate]) =>
    ([[`${name}, error correction mode`, [], true], [`${name}, Modified READ`, ['--no-ecm', '--compression', 'mr'], false]] as const).map(
      ([title, options, hasCorrection]) => [title, ['--modems', modems, ...options], { bitRate, hasCorrection, isSound: true }] as const,
    ),
  ) // prettier-ignore

  it.for(cases)('comes pel by pel, page by page: %s', async ([, options, end]) => {
    const sent = await receiveFax(pages, { link: linkBySound(), arguments: options })
    expect(sent).toMatchObject({ receiver: { code: 0 }, confirmed: 2, end: { reason: 'Completed', remoteIdent: '+1 385 555 0143', ...end } })
    expect(sent.pages.map((page, index) => pels[index]?.equals(page))).toEqual([true, true])
  })

  it.for(MODEMS)('comes pel by pel though one packet of a hundred is lost of its pictures: %s', async ([, modems]) => {
    const [even, link] = [evenFrom(2), linkBySound()]
    // Commands and trainings are short, and SpanDSP waits no second time for either: here it is about what is long.
    let picture = { fromMs: Infinity, toMs: -Infinity }
    const say = link.line.say.bind(link.line)
    link.line.say = (signals, nowMs) => {
      const endMs = say(signals, nowMs)
      if (signals.some(({ kind }) => kind === 'block')) picture = { fromMs: nowMs + 1_200, toMs: endMs - 1_600 }
      return endMs
    }
    const passes = (_packet: Uint8Array, nowMs: number): boolean => nowMs < picture.fromMs || nowMs > picture.toMs || even() >= 0.01
    const sent = await receiveFax(pages, { link, arguments: ['--modems', modems], passes })
    expect(sent).toMatchObject({ receiver: { code: 0 }, confirmed: 2, end: { reason: 'Completed' } })
    expect(sent.pages.map((page, index) => pels[index]?.equals(page))).toEqual([true, true])
  })

  it.for([[40], [160], [400]] as const)('goes though we hear ourselves %d ms later, 12 dB below', async ([ms]) => {
    const link = linkBySound(undefined, { gain: 0.25, frames: ms / 20 })
    expect(await receiveFax(pages, { link })).toMatchObject({ receiver: { code: 0 }, confirmed: 2, end: { reason: 'Completed', bitRate: 9_600 } })
  })

  it('goes by V.29 to a machine that has V.17 too', async () => {
    expect(await receiveFax(pages, { link: linkBySound() })).toMatchObject({ receiver: { code: 0 }, confirmed: 2, end: { bitRate: 9_600 } })
  })
})

/** Wires that wear off both edges of the band, and noise. */
function wornLine(gainDb: number, noise: number): (samples: Int16Array) => Int16Array {
  const [random, gain] = [noiseFrom(9), 10 ** (gainDb / 20)]
  let before = [0, 0]
  return (samples) =>
    samples.map((sample) => {
      const worn = sample * 0.9 - (before[0] ?? 0) * 0.3 + (before[1] ?? 0) * 0.15
      before = [sample, before[0] ?? 0]
      return Math.round(worn * gain + random() * noise)
    })
}
