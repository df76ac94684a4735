import { describe, expect, it } from 'vitest'
import { decodeG711Sample } from '../codecs/g711.ts'
import { JitterBuffer } from './jitter-buffer.ts'

const FRAME = 160

/** A packet whose samples all have one code. */
function put(buffer: JitterBuffer, packet: number, code: number, options: { readonly ssrc?: number; readonly offset?: number } = {}): void {
  buffer.receive(options.ssrc ?? 1, ((options.offset ?? 0) + packet * FRAME) >>> 0, 'PCMU', Buffer.alloc(12 + FRAME, code), 12)
}

/** The code of the next frame; -1: nothing, -2: not of one piece. */
function next(buffer: JitterBuffer): number {
  const frame = new Int16Array(FRAME)
  if (!buffer.read(frame)) return -1
  const [first] = frame
  if (frame.some((sample) => sample !== first)) return -2
  return [...Array(256).keys()].find((code) => decodeG711Sample('PCMU', code) === first) ?? -2
}

const SILENT = 127

describe('JitterBuffer', () => {
  it('waits one frame, then gives what came in order of its timestamps, across their wrap', () => {
    const buffer = new JitterBuffer()
    const offset = 2 ** 32 - FRAME
    put(buffer, 0, 10, { offset })
    expect(next(buffer)).toBe(SILENT)
    put(buffer, 2, 12, { offset })
    put(buffer, 1, 11, { offset })
    expect([next(buffer), next(buffer), next(buffer), next(buffer)]).toEqual([10, 11, 12, -1])
  })

  it('plays silence for what was lost, and leaves out what others have overtaken', () => {
    const buffer = new JitterBuffer()
    put(buffer, 0, 10)
    expect(next(buffer)).toBe(SILENT)
    put(buffer, 2, 12)
    expect([next(buffer), next(buffer)]).toEqual([10, SILENT])
    put(buffer, 1, 11)
    expect([next(buffer), next(buffer)]).toEqual([12, -1])
    put(buffer, 1, 11)
    expect(next(buffer)).toBe(-1)
  })

  it('goes on with a sender that was silent, or late as a whole', () => {
    const buffer = new JitterBuffer()
    put(buffer, 0, 10)
    for (let tick = 0; tick < 50; tick++) next(buffer)
    put(buffer, 1, 11)
    expect([next(buffer), next(buffer)]).toEqual([11, -1])
  })

  it('holds 60 ms at most: what has become too old in a burst, or of a sender with a faster clock, is left out', () => {
    const buffer = new JitterBuffer()
    for (let packet = 0; packet < 40; packet++) put(buffer, packet, packet)
    expect([next(buffer), next(buffer), next(buffer), next(buffer)]).toEqual([37, 38, 39, -1])
  })

  it('starts anew with another source, with a clock set back, and with one set forward', () => {
    const buffer = new JitterBuffer()
    put(buffer, 5_000, 10)
    put(buffer, 9_000, 11, { ssrc: 2 })
    expect([next(buffer), next(buffer), next(buffer)]).toEqual([SILENT, 11, -1])
    put(buffer, 10, 12, { ssrc: 2 })
    expect([next(buffer), next(buffer), next(buffer)]).toEqual([SILENT, 12, -1])
    put(buffer, 1_000_000, 13, { ssrc: 2 })
    expect([next(buffer), next(buffer), next(buffer), next(buffer)]).toEqual([SILENT, SILENT, 13, -1])
  })

  it('takes no packet of more than 200 ms, and none without samples', () => {
    const buffer = new JitterBuffer()
    buffer.receive(1, 0, 'PCMU', Buffer.alloc(2_000, 1), 12)
    buffer.receive(1, 0, 'PCMU', Buffer.alloc(12), 12)
    expect(next(buffer)).toBe(-1)
  })
})
