import { describe, expect, it } from 'vitest'
import { HeldPress } from './held-press.ts'
import { encodeKeyPress, encodeTelephoneEvent } from './telephone-event.ts'
import { TelephoneEventDetector } from './telephone-event-detector.ts'

const FRAME_MS = 20

/** A phone whose packets come one every 20 ms, those that are lost aside. */
function pressed(...presses: readonly { readonly digit: string; readonly ms: number; readonly loses?: (index: number, of: number) => boolean }[]) {
  const [detector, held] = [new TelephoneEventDetector(), new HeldPress()]
  let [nowMs, timestamp] = [0, 0xffff_ff00]
  const told = presses.flatMap(({ digit, ms, loses = () => false }) => {
    const packets = encodeKeyPress(digit, ms)
    const over = packets.flatMap(({ payload }, index) => {
      nowMs += FRAME_MS
      return loses(index, packets.length) ? [] : held.receive(detector.receive(timestamp >>> 0, payload), timestamp >>> 0, payload, nowMs)
    })
    nowMs += 3 * FRAME_MS
    timestamp += packets.length * 160 + 480
    return over
  })
  return { told, held, nowMs }
}

describe('a key that is held back', () => {
  it('is told once, when it is let go, with how long it was pressed', () => {
    const keys = [
      { digit: '5', ms: 80 },
      { digit: '5', ms: 2_000 },
      { digit: '#', ms: 400 },
    ]
    expect(pressed(...keys).told).toEqual([
      { digit: '5', durationMs: 80 },
      { digit: '5', durationMs: 2_000 },
      { digit: '#', durationMs: 400 },
    ])
  })

  it('whose last packets are lost is told with the next key, or when nothing more comes of it', () => {
    const cut = { digit: '7', ms: 200, loses: (index: number, of: number) => index >= of - 3 }
    expect(pressed(cut, { digit: '8', ms: 60 }).told).toEqual([
      { digit: '7', durationMs: 200 },
      { digit: '8', durationMs: 60 },
    ])
    const { told, held, nowMs } = pressed(cut)
    expect([told, held.settle(nowMs), held.settle(nowMs + 100), held.settle(nowMs + 200)]).toEqual([[], [], [{ digit: '7', durationMs: 200 }], []])
  })

  it('is as long as all its segments together (RFC 4733 2.5.1.3)', () => {
    const [detector, held] = [new TelephoneEventDetector(), new HeldPress()]
    const packet = (timestamp: number, duration: number, end = false) => {
      const payload = encodeTelephoneEvent({ event: 3, end, volume: 10, duration })
      return held.receive(detector.receive(timestamp, payload), timestamp, payload, 0)
    }
    expect([...packet(0, 160), ...packet(0, 0xffff), ...packet(0xffff, 160), ...packet(0xffff, 8_001, true)]).toEqual([{ digit: '3', durationMs: 9_192 }])
  })
})
