import { afterEach, describe, expect, it } from 'vitest'
import { decodeG711, hearsTone, ToneGenerator, toneShares, type AudioClip, type MediaSession } from '../src/index.ts'
import { listen, MediaBench, value } from './media-bench.ts'
import type { RtpPhone } from './rtp-phone.ts'

const SAMPLES_PER_MS = 8

let bench: MediaBench
afterEach(() => bench.close())

async function answered(formats = '0 101'): Promise<{ session: MediaSession; phone: RtpPhone }> {
  bench = await MediaBench.start()
  const [session, phone] = [await bench.session(), await bench.phone()]
  phone.follow(value(session.answerLocally('a', phone.sdp({ formats }))))
  await bench.settle()
  return { session, phone }
}

/** A tone as it would come from a file. */
function stored(frequencyHz: number, durationMs: number): AudioClip {
  const samples = new SharedArrayBuffer(durationMs * SAMPLES_PER_MS * 2)
  new ToneGenerator({ frequenciesHz: [frequencyHz] }).fill(new Int16Array(samples))
  return { kind: 'samples', samples }
}

/** Everything the phone heard, in order. */
function heard(phone: RtpPhone): Int16Array {
  return decodeG711('PCMU', Buffer.concat(phone.received.map(({ packet }) => packet.payload)))
}

/** The stretches of sound in what was heard, in samples; a pause is at least 10 ms. */
function sounds(samples: Int16Array): readonly { readonly from: number; readonly to: number }[] {
  const found: { from: number; to: number }[] = []
  for (const [index, sample] of samples.entries()) {
    if (Math.abs(sample) < 50) continue
    const last = found.at(-1)
    if (last !== undefined && index - last.to < 80) last.to = index + 1
    else found.push({ from: index, to: index + 1 })
  }
  return found
}

function levelDbm0(samples: Int16Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
  return 10 * Math.log10(power / (22_800 ** 2 / 2))
}

/** Resolves when so many more packets have come. */
async function packets(phone: RtpPhone, more: number): Promise<void> {
  const from = phone.received.length
  await phone.until(() => phone.received.length >= from + more)
}

describe('clips', () => {
  it('are heard once each, in order, to the sample as long as they are, at their level, and played is told once', async () => {
    const { session, phone } = await answered()
    const { events, next } = listen(session)
    const clips = [stored(1_000, 330), { kind: 'silence', durationMs: 105 }, { kind: 'tone', frequenciesHz: [440], durationMs: 205 }] as const
    session.play('a', { kind: 'clips', playId: 'greeting', clips })
    await next((event) => event.type === 'played')
    await packets(phone, 30)
    const samples = heard(phone)
    const [first, second, ...more] = sounds(samples)
    if (first === undefined || second === undefined) throw new Error('two sounds were expected')
    expect(more).toEqual([])
    // A sine begins and ends near zero: a few samples of it are too soft to see.
    expect(Math.abs(first.to - first.from - 330 * SAMPLES_PER_MS)).toBeLessThan(8)
    expect(Math.abs(second.from - first.to - 105 * SAMPLES_PER_MS)).toBeLessThan(8)
    expect(Math.abs(second.to - second.from - 205 * SAMPLES_PER_MS)).toBeLessThan(8)
    expect(hearsTone(samples.subarray(first.from, first.to), [1_000])).toBe(true)
    expect(hearsTone(samples.subarray(second.from, second.to), [440])).toBe(true)
    expect(levelDbm0(samples.subarray(first.from, first.to))).toBeCloseTo(-13, 0)
    expect(levelDbm0(samples.subarray(second.from, second.to))).toBeCloseTo(-13, 0)
    expect(events).toEqual([{ type: 'played', side: 'a', playId: 'greeting' }])
  })

  it('loop without a gap and are never played', async () => {
    const { session, phone } = await answered()
    const { events } = listen(session)
    session.play('a', { kind: 'clips', playId: 'hold', clips: [stored(500, 100), stored(500, 60)], loop: true })
    await phone.until(() => sounds(heard(phone)).length > 0)
    await packets(phone, 40)
    expect(sounds(heard(phone))).toHaveLength(1)
    session.play('a', { kind: 'silence' })
    await bench.fence()
    expect(events).toEqual([])
  })

  it('are replaced at once, and nothing is told of what was replaced', async () => {
    const { session, phone } = await answered()
    const { events, next } = listen(session)
    session.play('a', { kind: 'clips', playId: 'long', clips: [stored(1_000, 10_000)] })
    await phone.until(() => sounds(heard(phone)).length > 0)
    const at = phone.received.length
    session.play('a', { kind: 'clips', playId: 'short', clips: [stored(2_000, 100)] })
    await next((event) => event.type === 'played')
    await packets(phone, 10)
    const after = heard(phone).subarray(at * 160)
    // The worker may have had a frame or two under way when it was told.
    expect(toneShares(after.subarray(4 * 160, 5 * 160), [1_000])[0]).toBeLessThan(0.05)
    expect(events).toEqual([{ type: 'played', side: 'a', playId: 'short' }])
  })

  it('go on where they are when the phone changes its codec, and the quality figures stay true', async () => {
    const { session, phone } = await answered()
    const { events, next } = listen(session)
    session.play('a', { kind: 'clips', playId: 'message', clips: [stored(1_000, 400)] })
    await phone.until(() => sounds(heard(phone)).length > 0)
    value(session.answerLocally('a', phone.sdp({ formats: '8 101' })))
    await next((event) => event.type === 'played')
    await packets(phone, 5)
    const all = phone.received.map(({ packet }) => decodeG711(packet.payloadType === 0 ? 'PCMU' : 'PCMA', packet.payload))
    const loud = all.filter((frame) => levelDbm0(frame) > -20)
    expect([loud.length, events.length]).toEqual([20, 1])
    expect(new Set(phone.received.map(({ packet }) => packet.payloadType))).toEqual(new Set([0, 8]))
    const { a } = await session.close()
    expect([a.packetsSent ?? 0, (a.octetsSent ?? 0) / 172]).toEqual([a.packetsSent, a.packetsSent])
    expect(a.packetsSent).toBeGreaterThanOrEqual(phone.received.length)
  })

  it('of no length are over at once, and a loop of nothing is silence', async () => {
    const { session, phone } = await answered()
    const { events, next } = listen(session)
    const nothing = [
      { kind: 'silence', durationMs: 0 },
      { kind: 'samples', samples: new SharedArrayBuffer(1) },
    ] as const
    session.play('a', { kind: 'clips', playId: 'loop', clips: nothing, loop: true })
    await packets(phone, 5)
    session.play('a', { kind: 'clips', playId: 'nothing', clips: nothing })
    await next((event) => event.type === 'played')
    await packets(phone, 5)
    expect(sounds(heard(phone))).toEqual([])
    expect(events).toEqual([{ type: 'played', side: 'a', playId: 'nothing' }])
  })

  it('end with the talk to our own end: relayed and answered again, the side hears silence', async () => {
    bench = await MediaBench.start()
    const [session, a, b] = [await bench.session(), await bench.phone(), await bench.phone()]
    a.follow(value(session.answerLocally('a', a.sdp())))
    const { events } = listen(session)
    session.play('a', { kind: 'clips', playId: 'queue', clips: [stored(1_000, 300)] })
    await a.until(() => sounds(heard(a)).length > 0)
    await bench.negotiate(session, 'a', { phone: a, sdp: a.sdp() }, { phone: b, sdp: b.sdp() })
    value(session.answerLocally('a', a.sdp()))
    await bench.settle()
    const from = a.received.length
    await packets(a, 20)
    expect(sounds(heard(a).subarray(from * 160))).toEqual([])
    expect(events).toEqual([])
  })
})
