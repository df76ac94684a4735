import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { buildRtcpReport, type OfferOptions, type SrtpMaster } from '../src/index.ts'
import { listen, MediaBench, value } from './media-bench.ts'
import type { RtpPhone, SdpOptions } from './rtp-phone.ts'

const SUITE = 'AES_CM_128_HMAC_SHA1_80'
let bench: MediaBench
afterEach(() => bench.close())

function key(suite = SUITE): SrtpMaster {
  return { suite, keyAndSalt: randomBytes(suite.includes('256') ? 46 : 30).toString('base64') }
}

function line(master: SrtpMaster, tag = 1): string {
  return `a=crypto:${tag} ${master.suite} inline:${master.keyAndSalt}`
}

function secure(master: SrtpMaster, tag = 1): SdpOptions {
  return { protocol: 'RTP/SAVP', lines: [line(master, tag)] }
}

const keysIn = (sdp: string): string[] => [...sdp.matchAll(/inline:(\S+)/g)].map(([, found]) => found ?? '')

/** A call of which one or both legs are encrypted; what each phone was sent is given back. */
async function call(options: { a: SdpOptions; b: SdpOptions; keyA?: SrtpMaster; keyB?: SrtpMaster; offer?: OfferOptions }) {
  const [session, a, b] = [await bench.session(), await bench.phone(), await bench.phone()]
  const toB = value(session.relayOffer('a', a.sdp(options.a), options.offer))
  const toA = value(session.relayAnswer('b', b.sdp(options.b)))
  b.follow(toB)
  a.follow(toA)
  if (options.keyA !== undefined) a.secure(options.keyA, toA)
  if (options.keyB !== undefined) b.secure(options.keyB, toB)
  await bench.settle()
  return { session, a, b, toA, toB }
}

async function talk(a: RtpPhone, b: RtpPhone): Promise<void> {
  a.say('from a')
  await b.hears('from a')
  b.say('from b')
  await a.hears('from b')
}

describe('SRTP ends at us, leg by leg (RFC 4568, RFC 3711)', () => {
  it.each([SUITE, 'AES_CM_128_HMAC_SHA1_32', 'AES_256_CM_HMAC_SHA1_80', 'AES_256_CM_HMAC_SHA1_32'])(
    'between a phone with %s and one without: RTP, RTCP and digits',
    async (suite) => {
      bench = await MediaBench.start()
      const keyA = key(suite)
      const { session, a, b, toA, toB } = await call({ a: secure(keyA), b: {}, keyA, offer: { encryption: 'none' } })
      expect(toB).not.toMatch(/crypto|SAVP/)
      expect(toA).toContain(' RTP/SAVP ')
      await talk(a, b)
      expect(a.wire.some((bytes) => bytes.includes('from b'))).toBe(false)
      const report = buildRtcpReport({ ssrc: a.ssrc, sender: undefined, blocks: [], cname: 'a' })
      a.sendRtcp(report)
      await b.until(() => b.receivedRtcp.length > 0)
      expect(b.receivedRtcp[0]).toEqual(report)
      b.sendRtcp(report)
      await a.until(() => a.receivedRtcp.length > 0)
      expect(a.receivedRtcp[0]).toEqual(report)
      const { next } = listen(session)
      a.press('5')
      expect(await next((event) => event.type === 'dtmf')).toMatchObject({ side: 'a', digit: '5', relayed: true })
    },
  )

  it('between two phones with SRTP: neither sees the key of the other', async () => {
    bench = await MediaBench.start()
    const [keyA, keyB] = [key(), key()]
    const { a, b, toA, toB } = await call({ a: secure(keyA, 4), b: secure(keyB), keyA, keyB })
    await talk(a, b)
    const shown = [...keysIn(toA), ...keysIn(toB)]
    expect(shown.length).toBeGreaterThan(1)
    expect(new Set(shown).size).toBe(shown.length)
    expect(shown).not.toContain(keyA.keyAndSalt)
    expect(shown).not.toContain(keyB.keyAndSalt)
    // RFC 4568 7.1.2: the answer has the tag of the offer.
    expect(toA).toContain('a=crypto:4 ')
  })

  it('keys in RTP/AVP are answered or not, as the callee likes (RFC 8643 3.1)', async () => {
    bench = await MediaBench.start()
    const [keyA, keyB] = [key(), key()]
    const plain = await call({ a: { lines: [line(keyA)] }, b: {}, keyA })
    expect(plain.toB).toMatch(/ RTP\/AVP [\s\S]*a=crypto:1 /)
    expect(plain.toA).toMatch(/ RTP\/AVP [\s\S]*a=crypto:1 /)
    await talk(plain.a, plain.b)
    const both = await call({ a: { lines: [line(keyA)] }, b: { lines: [line(keyB)] }, keyA, keyB })
    await talk(both.a, both.b)
    const wanted = await call({ a: {}, b: { lines: [line(keyB)] }, keyB, offer: { encryption: 'optional' } })
    expect(wanted.toA).not.toContain('crypto')
    await talk(wanted.a, wanted.b)
  })

  it('a plain caller reaches a phone that has to be asked for SRTP', async () => {
    bench = await MediaBench.start()
    const keyB = key('AES_CM_128_HMAC_SHA1_32')
    const { a, b, toB } = await call({ a: {}, b: secure(keyB, 2), keyB, offer: { encryption: 'required' } })
    expect(toB).toContain(' RTP/SAVP ')
    expect(toB).toMatch(/a=crypto:1 AES_CM_128_HMAC_SHA1_80 [\s\S]*a=crypto:2 AES_CM_128_HMAC_SHA1_32 /)
    b.secure(keyB, toB.replace(/a=crypto:1 .*\r\n/, ''))
    await talk(a, b)
  })

  it("what is not authentic is dropped and takes nobody's place, even before the phone speaks", async () => {
    bench = await MediaBench.start()
    const keyA = key()
    const { session, a, b } = await call({ a: { ...secure(keyA), address: '192.0.2.77' }, b: {}, keyA, offer: { encryption: 'none' } })
    const stranger = await bench.phone()
    stranger.follow(a.sdp().replace(`m=audio ${a.port}`, `m=audio ${a.target}`))
    stranger.say('plain injection')
    a.say('authentic')
    await b.hears('authentic')
    expect(b.texts()).toEqual(['authentic'])
    expect((await session.close()).a.packetsStray).toBeGreaterThan(0)
  })

  it('keys stay over hold and refresh, and the counter goes on; a new key of the phone counts from then on (RFC 4568 7.1.4)', async () => {
    bench = await MediaBench.start()
    const [first, second] = [key(), key()]
    const { session, a, b, toA } = await call({ a: secure(first), b: {}, keyA: first, offer: { encryption: 'none' } })
    // Over the wrap of the sequence number: whoever began to count anew could not be understood.
    for (const sequenceNumber of [65_534, 65_535, 0, 1]) a.say(`${sequenceNumber}`, { sequenceNumber })
    await b.hears('1')
    value(session.relayOffer('a', a.sdp({ ...secure(first), lines: [line(first), 'a=inactive'] }), { encryption: 'none' }))
    value(session.relayAnswer('b', b.sdp({ lines: ['a=inactive'] })))
    value(session.relayOffer('a', a.sdp(secure(first)), { encryption: 'none' }))
    const again = value(session.relayAnswer('b', b.sdp()))
    expect(keysIn(again)).toEqual(keysIn(toA))
    await bench.settle()
    a.say('after hold', { sequenceNumber: 2 })
    await b.hears('after hold')
    value(session.relayOffer('a', a.sdp(secure(second)), { encryption: 'none' }))
    const rekeyed = value(session.relayAnswer('b', b.sdp()))
    await bench.settle()
    a.say('old key')
    a.secure(second, rekeyed)
    a.say('new key')
    await b.hears('new key')
    expect(b.texts()).not.toContain('old key')
  })

  it('another party gets other keys than the one before: after a transfer to it, or when it says who it is in o=', async () => {
    bench = await MediaBench.start()
    const [session, a, b] = [await bench.session(), await bench.phone(), await bench.phone()]
    const first = value(session.relayOffer('a', a.sdp(secure(key()))))
    expect(keysIn(value(session.relayOffer('a', a.sdp(secure(key())))))).toEqual(keysIn(first))
    session.welcome('b')
    const toNext = value(session.relayOffer('a', a.sdp(secure(key()))))
    expect(keysIn(toNext).some((found) => keysIn(first).includes(found))).toBe(false)
    const answerA = value(session.relayAnswer('b', b.sdp(secure(key()))))
    const other = await bench.phone()
    value(session.relayOffer('a', other.sdp(secure(key()))))
    const answerOther = value(session.relayAnswer('b', b.sdp(secure(key()))))
    expect(keysIn(answerOther)).not.toEqual(keysIn(answerA))
  })

  it('our own end speaks SRTP too', async () => {
    bench = await MediaBench.start()
    const [session, phone, master] = [await bench.session(), await bench.phone(), key()]
    const answer = value(session.answerLocally('a', phone.sdp(secure(master))))
    phone.follow(answer)
    phone.secure(master, answer)
    session.play('a', { kind: 'echo' })
    await bench.settle()
    phone.say('echo me')
    await phone.hears('echo me')
    expect(phone.wire.some((bytes) => bytes.includes('echo me'))).toBe(false)
  })
})

describe('our own end asks for SRTP', () => {
  it.each([
    ['required', 'RTP/SAVP'],
    ['optional', 'RTP/AVP'],
  ] as const)('%s: in %s with keys, and speaks to who answers one of them; to that party always with the same', async (encryption, protocol) => {
    bench = await MediaBench.start()
    const [session, phone, master] = [await bench.session(), await bench.phone(), key()]
    const offer = session.offerLocally('a', undefined, encryption)
    expect(offer).toMatch(new RegExp(`m=audio \\d+ ${protocol} 0 8 101`))
    expect(session.acceptLocally('a', phone.sdp({ protocol, lines: [line(master)] })).ok).toBe(true)
    phone.follow(offer)
    phone.secure(master, offer)
    session.play('a', { kind: 'echo' })
    await bench.settle()
    phone.say('echo me')
    await phone.hears('echo me')
    expect(phone.wire.some((bytes) => bytes.includes('echo me'))).toBe(false)
    expect(keysIn(session.offerLocally('a', undefined, encryption))).toEqual(keysIn(offer))
  })

  it('and takes RTP from who leaves the keys unanswered, unless it was required (RFC 8643)', async () => {
    bench = await MediaBench.start()
    const [session, phone] = [await bench.session(), await bench.phone()]
    session.offerLocally('a', undefined, 'optional')
    expect(session.acceptLocally('a', phone.sdp()).ok).toBe(true)
    session.offerLocally('a', undefined, 'required')
    expect(session.acceptLocally('a', phone.sdp())).toMatchObject({ ok: false, error: { code: 'BadSessionDescription' } })
  })

  it('a party keeps its way when the other side has another one: each leg has the suite it speaks', async () => {
    bench = await MediaBench.start()
    const [session, a, b, keyA] = [await bench.session(), await bench.phone(), await bench.phone(), key('AES_256_CM_HMAC_SHA1_80')]
    const answer = value(session.answerLocally('a', a.sdp(secure(keyA))))
    expect(answer).toContain('AES_256_CM_HMAC_SHA1_80')
    expect(session.offerLocally('a', undefined, 'required')).toContain('AES_256_CM_HMAC_SHA1_80')
    expect(value(session.relayOffer('b', b.sdp(), { encryption: 'required' }))).toContain('AES_256_CM_HMAC_SHA1_80')
  })
})

describe('SRTP with a key that has a name (RFC 4568 6.1)', () => {
  it.each(['|2^20|1:4', '|2147483647|7:2', '|1:1'])('as in %s is taken, its MKI passed over in RTP and RTCP', async (naming) => {
    bench = await MediaBench.start()
    const keyA = { ...key(), mkiBytes: Number(naming.split(':')[1]) }
    const { session, a, b, toA } = await call({
      a: { protocol: 'RTP/SAVP', lines: [`${line(keyA)}${naming}`] },
      b: {},
      keyA,
      offer: { encryption: 'none' },
    })
    expect(toA).toMatch(/a=crypto:1 \S+ inline:[^|]+\r\n/)
    await talk(a, b)
    a.sendRtcp(buildRtcpReport({ ssrc: a.ssrc, sender: undefined, blocks: [], cname: 'a' }))
    await b.until(() => b.receivedRtcp.length > 0)
    expect((await session.close()).a).toMatchObject({ packetsReceived: 1, packetsStray: 0 })
  })
})

describe('SRTP that cannot be', () => {
  it.each([
    ['an unknown suite', 'a=crypto:1 AEAD_AES_128_GCM inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['an MKI of no length', `${line(key())}|2^20|1:0`],
    ['an MKI of more than 128 bytes', `${line(key())}|1:129`],
    ['a key of the wrong length', 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA'],
    ['two keys', `${line(key())};inline:${key().keyAndSalt}`],
    ['UNENCRYPTED_SRTP', `${line(key())} UNENCRYPTED_SRTP`],
    ['UNENCRYPTED_SRTCP', `${line(key())} UNENCRYPTED_SRTCP`],
    ['UNAUTHENTICATED_SRTP', `${line(key())} UNAUTHENTICATED_SRTP`],
    ['another key derivation rate', `${line(key())} KDR=10`],
    ['a lifetime beyond 2^48', `${line(key())}|2^49`],
  ])('with %s is refused as UnsupportedMedia (RFC 4568 6.1, 6.3)', async (_name, crypto) => {
    bench = await MediaBench.start()
    const [session, a] = [await bench.session(), await bench.phone()]
    expect(session.relayOffer('a', a.sdp({ protocol: 'RTP/SAVP', lines: [crypto] }))).toMatchObject({ ok: false, error: { code: 'UnsupportedMedia' } })
    expect(session.relayOffer('a', a.sdp({ protocol: 'RTP/SAVP', lines: [crypto, line(key(), 2)] }))).toMatchObject({ ok: true })
  })

  it('is a bad answer when SRTP was required and none of our keys is answered (RFC 4568 7.1.3)', async () => {
    bench = await MediaBench.start()
    const [session, a, b] = [await bench.session(), await bench.phone(), await bench.phone()]
    value(session.relayOffer('a', a.sdp(secure(key()))))
    for (const answer of [b.sdp(), b.sdp(secure(key(), 9)), b.sdp(secure(key('AES_CM_128_HMAC_SHA1_32'), 1))]) {
      expect(session.relayAnswer('b', answer)).toMatchObject({ ok: false, error: { code: 'BadSessionDescription' } })
    }
  })
})
