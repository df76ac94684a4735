import { describe, expect, it } from 'vitest'
import { OutgoingStream } from './outgoing-stream.ts'

const SSRC = 7

/** Numbers out for numbers in; -1: dropped. */
function through(stream: OutgoingStream, sequences: readonly number[], strict = false): number[] {
  return sequences.map((sequence) => stream.pass(SSRC, sequence, sequence * 160, 0, strict))
}

describe('OutgoingStream', () => {
  it('leaves numbers alone as long as nothing is put in: losses, late packets and restarts show as they are', () => {
    const sequences = [10, 11, 13, 12, 13, 40_000, 65_535, 0, 3, 30]
    expect(through(new OutgoingStream(), sequences)).toEqual(sequences)
  })

  it('counts packets of ours in, and what they displace out, over the wrap too (RFC 4733 2.5.1)', () => {
    const stream = new OutgoingStream()
    through(stream, [65_534])
    expect([stream.insert(), stream.insert()]).toEqual([65_535, 0])
    stream.omit(SSRC, 65_535, 0, 0)
    expect(stream.insert()).toBe(1)
    stream.omit(SSRC, 0, 0, 0)
    expect(through(stream, [1, 2, 4])).toEqual([2, 3, 5])
  })

  it('drops what is late from before a change: its number is taken', () => {
    const stream = new OutgoingStream()
    through(stream, [1, 2, 4])
    stream.insert()
    expect(through(stream, [3, 4, 5, 3, 6])).toEqual([-1, -1, 6, -1, 7])
  })

  it('takes what is late again when the change is long past, half a turn of the numbers on too', () => {
    const stream = new OutgoingStream()
    through(stream, [1])
    stream.insert()
    through(
      stream,
      Array.from({ length: 40_000 }, (_, index) => index + 2),
    )
    expect(through(stream, [40_003, 40_002])).toEqual([40_004, 40_003])
  })

  it('goes on where it was when a stream that something was put into begins anew: two in a row say so', () => {
    const stream = new OutgoingStream()
    through(stream, [30_000])
    stream.insert()
    expect(through(stream, [100, 101, 102])).toEqual([-1, 30_002, 30_003])
  })

  it('of SRTP never goes back: a stream that begins anew under its SSRC goes on where it was (RFC 3711 9.1)', () => {
    const stream = new OutgoingStream()
    expect(through(stream, [30_000, 30_001, 100, 101, 102, 99, 30_002], true)).toEqual([30_000, 30_001, -1, 30_002, 30_003, -1, 59_903])
  })

  it('goes on with another source, under the SSRC it began with (RFC 3550 5.1)', () => {
    const stream = new OutgoingStream()
    through(stream, [5])
    stream.insert()
    expect([stream.pass(SSRC + 1, 900, 70, 20, false), stream.ssrc, 70 + stream.timestampShift]).toEqual([7, SSRC, 5 * 160 + 160])
    expect([stream.pass(SSRC + 1, 902, 390, 60, false), 390 + stream.timestampShift]).toEqual([9, 5 * 160 + 480])
  })
})

describe('OutgoingStream, continued', () => {
  it('of a party that comes from another session says nothing before it is known where it was there: phones take a second SSRC for somebody else', () => {
    const stream = new OutgoingStream()
    stream.awaitPosition()
    expect([stream.pass(SSRC, 900, 70, 0, false), stream.pass(SSRC + 1, 5, 70, 20, true), stream.ssrc]).toEqual([-1, -1, -1])
    stream.continueFrom({ ssrc: 99, sequence: 40, timestamp: 8_000 }, 20)
    expect([stream.pass(SSRC, 902, 390, 40, false), stream.ssrc, 390 + stream.timestampShift]).toEqual([41, 99, 8_160])
    const fresh = new OutgoingStream()
    fresh.awaitPosition()
    fresh.continueFrom(undefined, 0)
    expect([fresh.pass(SSRC, 900, 70, 0, false), fresh.ssrc]).toEqual([900, SSRC])
  })

  it('goes on under one SSRC, without a gap and with its timeline, through our own end and back (RFC 3550 5.1)', () => {
    const stream = new OutgoingStream()
    through(stream, [65_534, 65_535])
    const own = stream.continueOwn(20, 8_000)
    expect(own).toEqual({ ssrc: SSRC, sequence: 65_535, timestamp: 65_535 * 160 + 160 })
    expect(stream.pass(SSRC, 0, 65_536 * 160, 20, true)).toBe(0)
    stream.continueNext()
    // The same source as before, or another one, with numbers of its own.
    expect([stream.pass(SSRC, 65_535, 5_000, 40, true), stream.ssrc, (5_000 + stream.timestampShift) >>> 0]).toEqual([1, SSRC, 65_537 * 160])
    expect([stream.pass(99, 500, 70, 60, true), stream.ssrc, (70 + stream.timestampShift) >>> 0]).toEqual([2, SSRC, 65_538 * 160])
    expect([stream.pass(99, 499, 0, 60, true), stream.pass(99, 501, 230, 80, true)]).toEqual([-1, 3])
  })

  it('goes on with the stream of another session', () => {
    const [before, after] = [new OutgoingStream(), new OutgoingStream()]
    through(before, [10, 11])
    const position = before.position(20, 8_000)
    expect(position).toEqual({ ssrc: SSRC, sequence: 11, timestamp: 11 * 160 + 160 })
    if (position !== undefined) after.continueFrom(position, 100)
    expect([after.pass(99, 500, 70, 120, true), after.ssrc, 70 + after.timestampShift]).toEqual([12, SSRC, 11 * 160 + 320])
  })

  it('has nothing to go on with before it began', () => {
    const stream = new OutgoingStream()
    stream.continueNext()
    expect([stream.continueOwn(0, 8_000), stream.isContinued]).toEqual([undefined, false])
  })
})
