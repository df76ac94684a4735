import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSessionDescription } from './parse-session-description.ts'
import { relayAnswer, relayOffer } from './relay-negotiation.ts'
import type { LocalEndpoint, SentDescription } from './sent-description.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

const toB: LocalEndpoint = { address: '203.0.113.9', rtpPort: 30_002, rtcpPort: 30_003, sessionId: '7002' }
const toA: LocalEndpoint = { address: '203.0.113.9', rtpPort: 30_000, rtcpPort: 30_001, sessionId: '7001' }
const THEIR_KEY = Buffer.alloc(30, 7).toString('base64')
const TERMS = { ownMaster: (suite: string) => ({ suite, keyAndSalt: `our-${suite}` }), digitsByInfo: false, encryption: 'asOffered' } as const

function sdp(...lines: string[]): string {
  return ['v=0', 'o=alice 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', ...lines, ''].join('\r\n')
}

function offered(text: string, sent?: SentDescription) {
  const result = relayOffer({ text, local: toB, sent, established: sent !== undefined, ...TERMS })
  if (!result.ok) throw new Error(result.error.message)
  return { ...result.value, lines: result.value.sent.text.split('\r\n') }
}

function exchanged(offer: string, answer: string) {
  const { offer: relayed, lines } = offered(offer)
  const result = relayAnswer({ text: answer, local: toA, sent: undefined, offer: relayed, ...TERMS })
  if (!result.ok) throw new Error(result.error.message)
  return { toB: lines, toA: result.value.sent.text.split('\r\n') }
}

const streams = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith('m='))

describe('profiles', () => {
  it('with feedback stay that, plain or secure, each way (RFC 4585, RFC 5124)', () => {
    const crypto = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${THEIR_KEY}`
    const plain = exchanged(sdp('m=audio 4000 RTP/AVPF 0', 'a=rtcp-fb:* nack'), sdp('m=audio 5000 RTP/AVPF 0'))
    expect([streams(plain.toB), streams(plain.toA)]).toEqual([['m=audio 30002 RTP/AVPF 0'], ['m=audio 30000 RTP/AVPF 0']])
    expect(plain.toB).toContain('a=rtcp-fb:* nack')
    const secure = exchanged(sdp('m=audio 4000 RTP/SAVPF 0', crypto), sdp('m=audio 5000 RTP/SAVPF 0', crypto))
    expect([streams(secure.toB), streams(secure.toA)]).toEqual([['m=audio 30002 RTP/SAVPF 0'], ['m=audio 30000 RTP/SAVPF 0']])
  })

  it('of an answer are those of its offer, whatever the answerer wrote (RFC 3264 section 6)', () => {
    expect(streams(exchanged(sdp('m=audio 4000 RTP/AVP 0'), sdp('m=audio 5000 RTP/AVPF 0')).toA)).toEqual(['m=audio 30000 RTP/AVP 0'])
  })
})

describe('what belongs to one leg', () => {
  it('keys at session level, in refused streams and in k= go nowhere (RFC 4568 7.1, RFC 8866 5.12)', () => {
    const crypto = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${THEIR_KEY}`
    const text = sdp(`k=base64:${THEIR_KEY}`, crypto, 'm=audio 4000 RTP/AVP 0', `k=clear:${THEIR_KEY}`, crypto, 'm=audio 4002 RTP/SAVP 0', crypto)
    expect(offered(text).sent.text).not.toContain(THEIR_KEY)
    expect(exchanged(sdp('m=audio 4000 RTP/AVP 0'), sdp('m=audio 5000 RTP/AVP 0', crypto)).toA.join()).not.toContain(THEIR_KEY)
  })

  it.each([
    'candidate:1 1 UDP 1 10.9.9.9 4000 typ host',
    'remote-candidates:1 10.9.9.9 4000',
    'end-of-candidates',
    'ice-ufrag:x',
    'ice-pwd:x',
    'ice-options:trickle',
    'ice-lite',
    'ice-mismatch',
    'ice-pacing:50',
    'fingerprint:sha-256 AA',
    'setup:actpass',
    'connection:new',
    'tls-id:x',
    'source-filter: incl IN IP4 10.9.9.9 10.9.9.9',
    'bundle-only',
  ])('a=%s speaks of the author and goes nowhere, of the session and of the stream (RFC 8839, 8842, 4570)', (line) => {
    const { text } = offered(sdp(`a=${line}`, 'a=kept:session', 'm=audio 4000 RTP/AVP 0', `a=${line}`, 'a=kept:stream')).sent
    expect(text).not.toContain(line.split(':')[0])
    expect(text).toMatch(/a=kept:session[^]*a=kept:stream/)
  })

  it('of two crypto lines with one tag the first counts: a tag names one line (RFC 4568 5.1.1)', () => {
    const line = (key: string): string => `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}`
    const { offer } = offered(sdp('m=audio 4000 RTP/SAVP 0', line(THEIR_KEY), line(THEIR_KEY.toLowerCase())))
    expect(offer.encryption.accepted).toMatchObject({ tag: 1, master: { keyAndSalt: THEIR_KEY } })
  })

  it('keys never cross, wherever they stand (property)', () => {
    const place = fc.constantFrom(
      `a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:${THEIR_KEY}|2^20`,
      `a=crypto : 1 X inline:${THEIR_KEY}`,
      `k=clear:${THEIR_KEY}`,
      'a=ptime:20',
    )
    fc.assert(
      fc.property(fc.array(place, { maxLength: 4 }), fc.array(place, { maxLength: 4 }), fc.constantFrom('AVP', 'SAVP', 'AVPF'), (session, media, profile) => {
        const text = sdp(...session, `m=audio 4000 RTP/${profile} 0`, ...media, 'm=video 5000 RTP/SAVP 96', ...media)
        const relayed = relayOffer({ text, local: toB, sent: undefined, established: false, ...TERMS })
        if (relayed.ok) expect(relayed.value.sent.text).not.toContain(THEIR_KEY)
      }),
      { numRuns: 500, seed: 3711 },
    )
  })
})

describe('streams', () => {
  it('of a party that is gone stay in their places, refused (RFC 3264 section 8)', () => {
    const first = offered(sdp('m=audio 4000 RTP/AVP 0', 'm=video 4002 RTP/AVP 96', 'm=image 4004 udptl t38'))
    const next = offered(sdp('m=audio 4100 RTP/AVP 8'), first.sent)
    expect(streams(next.lines)).toEqual(['m=audio 30002 RTP/AVP 8', 'm=audio 0 RTP/AVP 0', 'm=audio 0 RTP/AVP 0'])
    const result = relayAnswer({ text: sdp(...next.lines.slice(5, -1)), local: toA, sent: undefined, offer: next.offer, ...TERMS })
    expect(result.ok && streams(result.value.sent.text.split('\r\n'))).toEqual(['m=audio 30000 RTP/AVP 8'])
  })

  it('that a re-offer adds are refused, the audio goes on (RFC 3264 8.1)', () => {
    const first = offered(sdp('m=audio 4000 RTP/AVP 0'))
    expect(streams(offered(sdp('m=audio 4000 RTP/AVP 0', 'm=video 4002 RTP/AVP 96', 'm=audio 4004 RTP/AVP 8'), first.sent).lines)).toEqual([
      'm=audio 30002 RTP/AVP 0',
      'm=video 0 RTP/AVP 96',
      'm=audio 0 RTP/AVP 8',
    ])
  })

  it('of fax alone pass, with the audio left out or ended, also as the beginning of a call (T.38 annex D)', () => {
    const first = offered(sdp('m=audio 4000 RTP/AVP 0'))
    const image = ['m=image 4000 udptl t38', 'a=T38FaxVersion:0', 'a=T38FaxRateManagement:transferredTCF']
    const fax = (established: boolean, ...lines: string[]) =>
      relayOffer({ text: sdp(...lines), local: toB, sent: first.sent, established, ...TERMS, digitsByInfo: true, encryption: 'required' })
    expect(fax(false, 'm=audio 0 RTP/AVP 0')).toMatchObject({ ok: false, error: { code: 'UnsupportedMedia' } })
    expect(fax(false, 'm=audio 4002 UDP/TLS/RTP/SAVPF 0', ...image)).toMatchObject({ ok: false, error: { code: 'UnsupportedMedia' } })
    const atFirst = fax(false, ...image)
    expect(atFirst.ok && streams(atFirst.value.sent.text.split('\r\n'))).toEqual(['m=image 30002 udptl t38'])
    expect(fax(true, 'm=image 4000 udptl other')).toMatchObject({ ok: false, error: { code: 'UnsupportedMedia' } })
    const alone = fax(true, ...image)
    expect(alone.ok && alone.value.sent.text.split('\r\n').filter((line) => /^m=|^a=/.test(line))).toEqual(['m=image 30002 udptl t38', ...image.slice(1)])
    const beside = fax(true, 'm=audio 0 RTP/AVP 0', ...image)
    expect(beside.ok && streams(beside.value.sent.text.split('\r\n'))).toEqual(['m=audio 0 RTP/AVP 0', 'm=image 30002 udptl t38'])
    if (!beside.ok) return
    const text = sdp('m=audio 0 RTP/AVP 0', 'm=image 6000 udptl t38', 'a=T38FaxVersion:0')
    const answer = relayAnswer({ text, local: toA, sent: undefined, offer: beside.value.offer, ...TERMS })
    expect(answer.ok && streams(answer.value.sent.text.split('\r\n'))).toEqual(['m=audio 0 RTP/AVP 0', 'm=image 30000 udptl t38'])
    expect(answer.ok && answer.value).toMatchObject({ stream: { isFax: true, rtp: { port: 6000 } }, encryption: { answerer: undefined, offerer: undefined } })
  })

  it('keep payload types that differ by direction, packet times and unknown attributes (RFC 3264 6.1)', () => {
    const { toA: answer } = exchanged(
      sdp('m=audio 4000 RTP/AVP 0 101', 'a=rtpmap:101 telephone-event/8000'),
      sdp('m=audio 5000 RTP/AVP 0 96', 'a=rtpmap:96 telephone-event/8000', 'a=ptime:30', 'a=maxptime:60', 'a=rtcp-mux', 'a=x-none:of our business'),
    )
    expect(answer.slice(5, -1)).toEqual([
      'm=audio 30000 RTP/AVP 0 96',
      'a=rtpmap:96 telephone-event/8000',
      'a=ptime:30',
      'a=maxptime:60',
      'a=rtcp-mux',
      'a=x-none:of our business',
    ])
  })

  it('of IPv6 peers are pointed at us like others', () => {
    const { lines, offer } = offered(sdp('m=audio 4000 RTP/AVP 0', 'c=IN IP6 2001:db8::7'))
    expect(lines).toContain('c=IN IP4 203.0.113.9')
    expect(offer.stream.rtp).toEqual({ address: '2001:db8::7', port: 4000 })
  })
})

describe('bad lines', () => {
  it.each([
    ['m=audio 70000 RTP/AVP 0', /m=/],
    ['m=audio', /m=/],
    ['a=', /attribute/],
    ['x=1', /not a field/],
    ['c=IN IP4', /c=/],
  ])('%s is named in the failure', (line, message) => {
    const result = parseSessionDescription(sdp(line))
    expect(result).toMatchObject({ ok: false, error: { code: 'BadSessionDescription' } })
    expect(result.ok ? '' : result.error.message).toMatch(message)
  })
})
