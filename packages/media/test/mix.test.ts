import { afterEach, describe, expect, it } from 'vitest'
import { decodeG711, hearsTone, isSilence, toneShares, type G711Encoding, type MediaSession } from '../src/index.ts'
import { listen, MediaBench, value } from './media-bench.ts'
import type { RtpPhone } from './rtp-phone.ts'

/** Far from each other's harmonics: saturation makes some. */
const TONES = [440, 1_000, 1_700] as const
const MIX = 'room'

let bench: MediaBench
afterEach(() => bench.close())

/** The next frames that arrive, joined. */
async function hear(phone: RtpPhone, frames: number, encoding: G711Encoding = 'PCMU'): Promise<Int16Array> {
  const from = phone.received.length
  await phone.until(() => phone.received.length >= from + frames)
  return decodeG711(encoding, Buffer.concat(phone.received.slice(from, from + frames).map(({ packet }) => packet.payload)))
}

/** Resolves when the phone hears exactly these tones, and nothing of another one of the test. */
async function hearsOnly(phone: RtpPhone, tones: readonly number[], encoding: G711Encoding = 'PCMU'): Promise<void> {
  for (;;) {
    const samples = await hear(phone, 10, encoding)
    if (tones.length === 0 ? isSilence(samples) : hearsTone(samples, tones) && isFreeOf(samples, tones)) return
  }
}

function isFreeOf(samples: Int16Array, tones: readonly number[]): boolean {
  const others = TONES.filter((tone) => !tones.includes(tone))
  return toneShares(samples, others).every((share) => share < 0.01)
}

/** A phone that is alone with our own end, in a session of its own, and in the mix. */
async function party(frequencyHz: number, sdp: (phone: RtpPhone) => string = (phone) => phone.sdp()): Promise<{ session: MediaSession; phone: RtpPhone }> {
  const opened = await bench.engine.openSession({ sessionId: `with ${frequencyHz}`, mixId: MIX })
  const [session, phone] = [value(opened), await bench.phone()]
  phone.follow(value(session.answerLocally('a', sdp(phone))))
  value(session.joinMix('a', MIX))
  phone.sing(frequencyHz)
  return { session, phone }
}

async function threeParties() {
  bench = await MediaBench.start()
  const [first, second, third] = [await party(TONES[0]), await party(TONES[1]), await party(TONES[2])]
  return [first, second, third] as const
}

describe('a mix', () => {
  it('gives each party the sum of the others and never itself, in one steady stream', async () => {
    const [first, second, third] = await threeParties()
    await Promise.all([
      hearsOnly(first.phone, [TONES[1], TONES[2]]),
      hearsOnly(second.phone, [TONES[0], TONES[2]]),
      hearsOnly(third.phone, [TONES[0], TONES[1]]),
    ])
    const packets = first.phone.received.map(({ packet }) => packet)
    for (const [index, packet] of packets.entries()) {
      expect(packet.ssrc).toBe(packets[0]?.ssrc)
      expect((packet.sequenceNumber - (packets[0]?.sequenceNumber ?? 0)) & 0xffff).toBe(index)
      expect((packet.timestamp - (packets[0]?.timestamp ?? 0)) >>> 0).toBe(index * 160)
    }
  })

  it('goes on when one leaves: by closing, and back to what it played', async () => {
    const [first, second, third] = await threeParties()
    await hearsOnly(first.phone, [TONES[1], TONES[2]])
    await third.session.close()
    await Promise.all([hearsOnly(first.phone, [TONES[1]]), hearsOnly(second.phone, [TONES[0]])])
    second.session.leaveMix('a')
    await Promise.all([hearsOnly(first.phone, []), hearsOnly(second.phone, [])])
    second.session.play('a', { kind: 'tone', frequenciesHz: [620] })
    await hearsOnly(second.phone, [620])
  })

  it('neither plays to nor takes from a party that holds, with sendonly and with inactive, until it resumes (RFC 3264 8.4)', async () => {
    const [first, second, third] = await threeParties()
    for (const line of ['a=sendonly', 'a=inactive']) {
      value(third.session.answerLocally('a', third.phone.sdp({ lines: [line] })))
      await Promise.all([hearsOnly(first.phone, [TONES[1]]), hearsOnly(second.phone, [TONES[0]])])
      const heard = third.phone.received.length
      await hear(first.phone, 5)
      expect(third.phone.received.length).toBe(heard)
      value(third.session.answerLocally('a', third.phone.sdp()))
      await Promise.all([hearsOnly(third.phone, [TONES[0], TONES[1]]), hearsOnly(first.phone, [TONES[1], TONES[2]])])
    }
  })

  it('of A-law and mu-law; keys are silence in it and come as events (RFC 4733)', async () => {
    bench = await MediaBench.start()
    const [first, second] = [await party(TONES[0]), await party(TONES[1], (phone) => phone.sdp({ formats: '8 101' }))]
    second.phone.sing(TONES[1], 'PCMA')
    await Promise.all([hearsOnly(first.phone, [TONES[1]]), hearsOnly(second.phone, [TONES[0]], 'PCMA')])
    const { next } = listen(second.session)
    second.phone.hush()
    second.phone.press('7', { durationMs: 1_000 })
    expect(await next(({ type }) => type === 'dtmf')).toEqual({ type: 'dtmf', side: 'a', digit: '7', relayed: false })
    await hearsOnly(first.phone, [])
  })

  it('takes in both sides of a relayed call as they are, and gives them back: one SSRC, numbers and timeline go on (RFC 3550 5.1)', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    a.sing(TONES[0])
    b.sing(TONES[1])
    await Promise.all([hearsOnly(a, [TONES[1]]), hearsOnly(b, [TONES[0]])])
    value(session.joinMix('a', MIX))
    value(session.joinMix('b', MIX))
    const third = await party(TONES[2])
    await Promise.all([hearsOnly(a, [TONES[1], TONES[2]]), hearsOnly(b, [TONES[0], TONES[2]]), hearsOnly(third.phone, [TONES[0], TONES[1]])])
    await third.session.close()
    session.leaveMix('a')
    session.leaveMix('b')
    await Promise.all([hearsOnly(a, [TONES[1]]), hearsOnly(b, [TONES[0]])])
    await bench.settle()
    b.hush()
    b.say('after the mix')
    await a.hears('after the mix')
    const packets = a.received.map(({ packet }) => packet)
    for (const [index, packet] of packets.entries()) {
      const before = packets[index - 1]
      if (before === undefined) continue
      expect(packet.ssrc).toBe(b.ssrc)
      expect((packet.sequenceNumber - before.sequenceNumber) & 0xffff).toBe(1)
      // Where the sound comes from changes twice; a step there is of the two clocks, never back.
      expect((packet.timestamp - before.timestamp) >>> 0).toBeLessThan(1_600)
    }
  })

  it('of SRTP on one leg and none on another: each as it was agreed (RFC 3711)', async () => {
    bench = await MediaBench.start()
    const master = { suite: 'AES_CM_128_HMAC_SHA1_80', keyAndSalt: Buffer.alloc(30, 7).toString('base64') }
    const plain = await party(TONES[0])
    const [session, phone] = [value(await bench.engine.openSession({ sessionId: 'secure', mixId: MIX })), await bench.phone()]
    const crypto = `a=crypto:1 ${master.suite} inline:${master.keyAndSalt}`
    const answer = value(session.answerLocally('a', phone.sdp({ protocol: 'RTP/SAVP', lines: [crypto] })))
    phone.follow(answer)
    phone.secure(master, answer)
    value(session.joinMix('a', MIX))
    phone.sing(TONES[1])
    await Promise.all([hearsOnly(plain.phone, [TONES[1]]), hearsOnly(phone, [TONES[0]])])
  })

  it('has places: one who listens is not heard, one who whispers is heard by one alone, and the place may change', async () => {
    const [customer, agent, supervisor] = await threeParties()
    const whisper = { kind: 'whisper', to: { sessionId: `with ${TONES[1]}`, side: 'a' } } as const
    value(supervisor.session.joinMix('a', MIX, { kind: 'listen' }))
    await Promise.all([hearsOnly(customer.phone, [TONES[1]]), hearsOnly(agent.phone, [TONES[0]]), hearsOnly(supervisor.phone, [TONES[0], TONES[1]])])
    value(supervisor.session.joinMix('a', MIX, whisper))
    await Promise.all([hearsOnly(customer.phone, [TONES[1]]), hearsOnly(agent.phone, [TONES[0], TONES[2]]), hearsOnly(supervisor.phone, [TONES[0], TONES[1]])])
    value(supervisor.session.joinMix('a', MIX, { kind: 'absent' }))
    await Promise.all([hearsOnly(agent.phone, [TONES[0]]), hearsOnly(supervisor.phone, [])])
    value(supervisor.session.joinMix('a', MIX))
    await Promise.all([hearsOnly(customer.phone, [TONES[1], TONES[2]]), hearsOnly(agent.phone, [TONES[0], TONES[2]])])
  })

  it('announces to all in it; who is in none announces nothing', async () => {
    bench = await MediaBench.start()
    const [first, second] = [await party(TONES[0]), await party(TONES[1])]
    expect(first.session.announceInMix('b', [])).toBe(false)
    expect(first.session.announceInMix('a', [{ kind: 'tone', frequenciesHz: [TONES[2]], durationMs: 3_000 }])).toBe(true)
    await Promise.all([hearsOnly(first.phone, [TONES[1], TONES[2]]), hearsOnly(second.phone, [TONES[0], TONES[2]])])
    await Promise.all([hearsOnly(first.phone, [TONES[1]]), hearsOnly(second.phone, [TONES[0]])])
  })

  it('refuses: more than its limit, another codec, somebody who holds, sides without media of ours, one of another worker', async () => {
    bench = await MediaBench.start({ maxMixParties: 2, workers: 2, portCount: 80 })
    const call = await bench.call()
    expect(call.session.joinMix('a', MIX).ok).toBe(true)
    expect(call.session.joinMix('b', MIX).ok).toBe(true)
    expect(call.session.joinMix('a', MIX), 'in it already').toMatchObject({ ok: true })
    const third = value(await bench.engine.openSession({ sessionId: 'third', mixId: MIX }))
    value(third.answerLocally('a', (await bench.phone()).sdp()))
    expect(third.joinMix('a', MIX)).toMatchObject({ ok: false, error: { code: 'MixFull' } })
    third.play('a', { kind: 'silence' })
    const held = await bench.session()
    const [a, b] = [await bench.phone(), await bench.phone()]
    await bench.negotiate(held, 'a', { phone: a, sdp: a.sdp({ lines: ['a=sendonly'] }) }, { phone: b, sdp: b.sdp({ lines: ['a=recvonly'] }) })
    expect(held.joinMix('a', 'other')).toMatchObject({ ok: false, error: { code: 'NoCommonCodec' } })
    const wide = await bench.session()
    await bench.negotiate(wide, 'a', { phone: a, sdp: a.sdp({ formats: '18 0 101' }) }, { phone: b, sdp: b.sdp({ formats: '18 0 101' }) })
    expect(wide.joinMix('b', 'other')).toMatchObject({ ok: false, error: { code: 'NoCommonCodec' } })
    expect((await bench.session()).joinMix('a', 'other')).toMatchObject({ ok: false, error: { code: 'UnsupportedMedia' } })
    const elsewhere = await Promise.all([bench.call(), bench.call(), bench.call()])
    const refused = elsewhere.map(({ session }) => session.joinMix('a', MIX)).flatMap((joined) => (joined.ok ? [] : [joined.error.code]))
    expect(refused).toContain('MixElsewhere')
    await call.session.close()
    expect(
      elsewhere.some(({ session }) => session.joinMix('a', MIX).ok),
      'the mix is gone with its last party',
    ).toBe(true)
  })
})
