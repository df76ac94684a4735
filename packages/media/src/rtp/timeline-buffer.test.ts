import { describe, expect, it } from 'vitest'
import { encodeG711Sample } from '../codecs/g711.ts'
import { TimelineBuffer } from './timeline-buffer.ts'

const FRAME = 160

/** A buffer, and frames of one level, told by the number of the frame. */
function buffer() {
  const timeline = new TimelineBuffer()
  const send = (level: number, timestamp: number, now: number, ssrc = 1): void => {
    const bytes = new Uint8Array(12 + FRAME).fill(encodeG711Sample('PCMU', level), 12)
    timeline.receive(ssrc, timestamp >>> 0, 'PCMU', bytes, 12, now)
  }
  const read = (frames: number): number[] =>
    Array.from({ length: frames }, () => {
      const samples = new Int16Array(FRAME)
      timeline.read(samples)
      return Math.round((samples[80] ?? 0) / 1_000)
    })
  return { timeline, send, read }
}

describe('TimelineBuffer', () => {
  it('puts packets into their order by timestamp, also across its wrap, with silence where one is missing', () => {
    const { send, read } = buffer()
    const first = 0xffff_ffff - 200
    send(1_000, first, FRAME)
    send(3_000, first + 2 * FRAME, 3 * FRAME)
    send(2_000, first + FRAME, 3 * FRAME)
    send(5_000, first + 4 * FRAME, 5 * FRAME)
    expect(read(5)).toEqual([1, 2, 3, 0, 5])
  })

  it('begins where the first packet came, and takes none twice', () => {
    const { send, read } = buffer()
    send(1_000, 0, 3 * FRAME)
    send(1_000, 0, 9 * FRAME)
    expect(read(10)).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
  })

  it('leaves out what is too late, and what goes on behind a pause without time in it is in its place', () => {
    const { send, read } = buffer()
    send(1_000, 0, FRAME)
    send(3_000, 2 * FRAME, 3 * FRAME)
    expect(read(10)).toEqual([1, 0, 3, 0, 0, 0, 0, 0, 0, 0])
    send(2_000, FRAME, 12 * FRAME)
    // Muted phones stop their clock: the next timestamp is that behind the last packet.
    send(4_000, 3 * FRAME, 12 * FRAME)
    expect(read(2)).toEqual([0, 4])
  })

  it('follows another source, and a clock that was set back or jumps ahead', () => {
    const { send, read } = buffer()
    send(1_000, 500_000, FRAME)
    send(2_000, 7, 2 * FRAME, 2)
    send(3_000, 9_000_000, 3 * FRAME, 2)
    send(4_000, 9_000_000 - 80_000, 4 * FRAME, 2)
    expect(read(4)).toEqual([1, 2, 3, 4])
  })

  it('keeps a second and no more, whatever comes', () => {
    const { send, read } = buffer()
    send(1_000, 0, FRAME)
    send(9_000, 100 * FRAME, 101 * FRAME)
    expect(read(102).filter((level) => level !== 0)).toEqual([1])
  })
})
