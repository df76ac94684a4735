import { afterEach, describe, expect, it } from 'vitest'
import { decodeG711, hearsTone, isSilence, type G711Encoding, type MediaSession, type MediaSource } from '../src/index.ts'
import { listen, MediaBench, value } from './media-bench.ts'
import type { RtpPhone } from './rtp-phone.ts'

let bench: MediaBench
afterEach(() => bench.close())

async function answered(sdp: (phone: RtpPhone) => string = (phone) => phone.sdp()): Promise<{ session: MediaSession; phone: RtpPhone }> {
  bench = await MediaBench.start()
  const [session, phone] = [await bench.session(), await bench.phone()]
  phone.follow(value(session.answerLocally('a', sdp(phone))))
  await bench.settle()
  return { session, phone }
}

/** The next frames that arrive, joined. */
async function hear(phone: RtpPhone, frames: number, encoding: G711Encoding = 'PCMU'): Promise<Int16Array> {
  const from = phone.received.length
  await phone.until(() => phone.received.length >= from + frames)
  return decodeG711(encoding, Buffer.concat(phone.received.slice(from, from + frames).map(({ packet }) => packet.payload)))
}

async function hearsEventually(phone: RtpPhone, frequenciesHz: readonly number[]): Promise<void> {
  for (;;) if (hearsTone(await hear(phone, 5), frequenciesHz)) return
}

describe('our own end', () => {
  it('sends silence from the answer on, every 20 ms, in one stream without gaps', async () => {
    const { session, phone } = await answered()
    const startMs = performance.now()
    expect(isSilence(await hear(phone, 25))).toBe(true)
    const durationMs = performance.now() - startMs
    expect(durationMs).toBeGreaterThan(350)
    expect(durationMs).toBeLessThan(2_000)
    const packets = phone.received.map(({ packet }) => packet)
    const [first] = packets
    expect(first?.payloadType).toBe(0)
    for (const [index, packet] of packets.entries()) {
      expect(packet.payload.length).toBe(160)
      expect(packet.ssrc).toBe(first?.ssrc)
      expect((packet.sequenceNumber - (first?.sequenceNumber ?? 0)) & 0xffff).toBe(index)
      expect((packet.timestamp - (first?.timestamp ?? 0)) >>> 0).toBe(index * 160)
    }
    expect((await session.close()).a.packetsSent).toBeGreaterThanOrEqual(25)
  })

  it('plays a tone that Goertzel hears, then another, then silence', async () => {
    const { session, phone } = await answered()
    session.play('a', { kind: 'tone', frequenciesHz: [440] })
    await hearsEventually(phone, [440])
    session.play('a', { kind: 'tone', frequenciesHz: [350, 440] })
    await hearsEventually(phone, [350, 440])
    session.play('a', { kind: 'silence' })
    await phone.until(() => isSilence(decodeG711('PCMU', phone.received.at(-1)?.packet.payload ?? Buffer.alloc(0))))
  })

  it('speaks A-law when that was agreed', async () => {
    const { session, phone } = await answered((own) => own.sdp({ formats: '8' }))
    expect(isSilence(await hear(phone, 3, 'PCMA'))).toBe(true)
    session.play('a', { kind: 'tone', frequenciesHz: [1_000] })
    for (;;) if (hearsTone(await hear(phone, 5, 'PCMA'), [1_000])) break
    expect(phone.received.at(-1)?.packet.payloadType).toBe(8)
  })

  it('echoes what it hears in its own stream', async () => {
    const { session, phone } = await answered()
    await phone.until(() => phone.received.length > 0)
    const own = phone.received[0]?.packet.ssrc
    session.play('a', { kind: 'echo' })
    await bench.settle()
    phone.say('hello', { payloadType: 0 })
    phone.say('not agreed', { payloadType: 18 })
    phone.say('hello again')
    await phone.hears('hello again')
    const [hello, again] = phone.received.slice(-2).map(({ packet }) => packet)
    expect([hello?.payload.toString(), hello?.ssrc, again?.ssrc]).toEqual(['hello', own, own])
    expect([(again?.sequenceNumber ?? 0) - (hello?.sequenceNumber ?? 0), (again?.timestamp ?? 0) - (hello?.timestamp ?? 0)]).toEqual([1, 320])
    expect(own).not.toBe(phone.ssrc)
  })

  it('offers, accepts and is heard', async () => {
    bench = await MediaBench.start()
    const [session, phone] = [await bench.session(), await bench.phone()]
    phone.follow(session.offerLocally('b'))
    expect(session.acceptLocally('b', phone.sdp())).toEqual({ ok: true, value: undefined })
    session.play('b', { kind: 'tone', frequenciesHz: [480, 620] })
    await hearsEventually(phone, [480, 620])
  })

  it.each<[string, readonly string[], string]>([
    ['a=sendonly', ['a=sendonly'], 'a=recvonly'],
    ['a=inactive', ['a=inactive'], 'a=inactive'],
  ])('sends nothing to a phone that holds with %s, and goes on when it resumes', async (_name, lines, expected) => {
    const { session, phone } = await answered()
    expect(value(session.answerLocally('a', phone.sdp({ lines })))).toContain(expected)
    await bench.settle()
    await bench.fence()
    const heard = phone.received.length
    session.play('a', { kind: 'tone', frequenciesHz: [440] })
    const other = await bench.session()
    const witness = await bench.phone()
    witness.follow(value(other.answerLocally('a', witness.sdp())))
    await witness.until(() => witness.received.length >= 5)
    expect(phone.received.length).toBe(heard)
    value(session.answerLocally('a', phone.sdp()))
    await hearsEventually(phone, [440])
  })

  it('plays only where it speaks itself', async () => {
    bench = await MediaBench.start()
    const { session, a } = await bench.call()
    session.play('a', { kind: 'tone', frequenciesHz: [440] } satisfies MediaSource)
    await bench.fence()
    expect(a.received).toEqual([])
  })

  it('tells each key once (RFC 4733)', async () => {
    const { session, phone } = await answered()
    const { events, next } = listen(session)
    for (const digit of '15*') phone.press(digit)
    await next((event) => event.type === 'dtmf' && event.digit === '*')
    await bench.fence()
    expect(events).toEqual('15*'.split('').map((digit) => ({ type: 'dtmf', side: 'a', digit, relayed: false })))
  })
})
