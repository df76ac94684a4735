import { describe, expect, it } from 'vitest'
import { drawPaper } from '../../../interop/fax/paper.ts'
import { decodeG711, encodeG711 } from '../src/codecs/g711.ts'
import { FaxCaller } from '../src/fax/fax-caller.ts'
import { type FaxEnd, FaxTerminal } from '../src/fax/fax-terminal.ts'
import type { FaxPage } from '../src/fax/page-reader.ts'
import { SoundLine } from '../src/fax/sound-line.ts'
import { pageOf } from './pels.ts'

const [STEP_MS, STEP_SAMPLES, LONGEST_MS] = [20, 160, 300_000]
/** Ten times what was measured: this is about something that goes wrong by a magnitude. Of 20 ms a media worker has for all its streams. */
const MOST_MICROSECONDS = 1_500

/** Our calling machine and our called one, by sound, in virtual time. */
function fax(pages: readonly FaxPage[]) {
  const received: FaxPage[] = []
  const ends: { caller?: FaxEnd; called?: FaxEnd } = {}
  const [callerLine, calledLine] = [new SoundLine(), new SoundLine()]
  const [samples, codes] = [new Int16Array(STEP_SAMPLES), new Uint8Array(STEP_SAMPLES)]
  let nowMs = 0
  const called: FaxTerminal = new FaxTerminal({
    ...{ ident: '1', isAnnounced: true, hasCorrection: true, maxPages: 9, maxBytes: 1e7, maxDurationMs: LONGEST_MS, line: calledLine },
    onPage: (page) => {
      received.push(page)
      called.pageKept(true, nowMs)
    },
    onEnd: (end) => void (ends.called = end),
  })
  const caller = new FaxCaller({
    ...{ ident: '2', pages, hasCorrection: true, maxDurationMs: LONGEST_MS, line: callerLine },
    onPageSent: () => undefined,
    onEnd: (end) => void (ends.caller = end),
  })
  const carry = (from: SoundLine, to: SoundLine): void => {
    from.fill(samples)
    encodeG711('PCMU', samples, codes)
    to.hear(decodeG711('PCMU', codes), nowMs)
  }
  const costs: number[] = []
  caller.start(nowMs)
  called.start(nowMs)
  for (; nowMs < LONGEST_MS && (ends.caller === undefined || ends.called === undefined); nowMs += STEP_MS) {
    const before = process.cpuUsage()
    carry(callerLine, calledLine)
    carry(calledLine, callerLine)
    caller.tick(nowMs)
    called.tick(nowMs)
    const { user, system } = process.cpuUsage(before)
    costs.push(user + system)
  }
  return { received, ends, costs, durationMs: nowMs }
}

describe('a fax by sound from our machine to our machine', () => {
  it('comes as it was, and costs a small part of the time it takes', { timeout: 60_000 }, () => {
    const pages = [pageOf(drawPaper(300)), pageOf(drawPaper(200, 2))]
    const { received, ends, costs, durationMs } = fax(pages)
    expect(ends).toMatchObject({ caller: { reason: 'Completed', bitRate: 9_600 }, called: { reason: 'Completed', hasCorrection: true } })
    expect(received.map(({ data }) => Buffer.from(data).toString('hex'))).toEqual(pages.map(({ data }) => Buffer.from(data).toString('hex')))
    const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length
    process.stdout.write(`both ends of a fax: ${mean.toFixed(0)} us every 20 ms, ${Math.max(...costs)} us at most, ${(durationMs / 1_000).toFixed(0)} s\n`)
    expect(mean).toBeLessThan(MOST_MICROSECONDS)
  })
})
