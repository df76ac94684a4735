import { describe, expect, it } from 'vitest'
import { parseSessionDescription } from './parse-session-description.ts'
import { relayAnswer, relayOffer, type RelayedOffer } from './relay-negotiation.ts'
import type { LocalEndpoint, SentDescription } from './sent-description.ts'

const toB: LocalEndpoint = { address: '203.0.113.9', rtpPort: 30_002, rtcpPort: 30_003, sessionId: '7002' }
const toA: LocalEndpoint = { address: '203.0.113.9', rtpPort: 30_000, rtcpPort: 30_001, sessionId: '7001' }

const TERMS = { ownMaster: (suite: string) => ({ suite, keyAndSalt: 'ours' }), digitsByInfo: false, encryption: 'asOffered' } as const

function sdp(...lines: string[]): string {
  return ['v=0', 'o=alice 1 1 IN IP4 192.0.2.1', 's=-', ...lines, ''].join('\r\n')
}

const OFFER = sdp(
  'c=IN IP4 192.0.2.1',
  't=0 0',
  'm=audio 4000 RTP/AVP 0 101',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=ptime:30',
  'a=rtcp:4444 IN IP4 192.0.2.7',
  'a=sendrecv',
)
const ANSWER = sdp('c=IN IP4 198.51.100.2', 't=0 0', 'm=audio 5000 RTP/AVP 0 101', 'a=rtpmap:101 telephone-event/8000')

function offered(text: string, sent?: SentDescription): { text: string; sent: SentDescription; offer: RelayedOffer; lines: string[] } {
  const result = relayOffer({ text, local: toB, sent, established: false, ...TERMS })
  if (!result.ok) throw new Error(result.error.message)
  return { ...result.value, text: result.value.sent.text, lines: result.value.sent.text.split('\r\n') }
}

function answered(offer: RelayedOffer, text: string): { text: string; lines: string[]; stream: unknown } {
  const result = relayAnswer({ text, local: toA, sent: undefined, offer, ...TERMS })
  if (!result.ok) throw new Error(result.error.message)
  return { text: result.value.sent.text, lines: result.value.sent.text.split('\r\n'), stream: result.value.stream }
}

describe('relayOffer', () => {
  it('puts our o=, c=, m= port and a=rtcp, and keeps the rest as it was', () => {
    expect(offered(OFFER).lines).toEqual([
      'v=0',
      'o=- 7002 1 IN IP4 203.0.113.9',
      's=-',
      'c=IN IP4 203.0.113.9',
      't=0 0',
      'm=audio 30002 RTP/AVP 0 101',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-16',
      'a=ptime:30',
      'a=rtcp:30003',
      'a=sendrecv',
      '',
    ])
  })

  it('remembers where the offerer wants RTP and RTCP (RFC 3605)', () => {
    expect(offered(OFFER).offer.stream).toMatchObject({
      rtp: { address: '192.0.2.1', port: 4000 },
      rtcp: { address: '192.0.2.7', port: 4444 },
      sends: true,
      receives: true,
    })
  })

  it('raises the version of o= only when something differs, within one session id (RFC 3264 section 8)', () => {
    const first = offered(OFFER)
    const again = offered(OFFER.replace('o=alice 1 1', 'o=alice 1 2'), first.sent)
    const held = offered(OFFER.replace('a=sendrecv', 'a=sendonly'), again.sent)
    expect([first, again, held].map(({ lines }) => lines[1])).toEqual([1, 1, 2].map((version) => `o=- 7002 ${version} IN IP4 203.0.113.9`))
    expect(again.text).toBe(first.text)
  })

  it.each(['sendonly', 'recvonly', 'inactive', 'sendrecv'])('passes a=%s at media and at session level', (direction) => {
    expect(offered(OFFER.replace('a=sendrecv', `a=${direction}`)).lines).toContain(`a=${direction}`)
    const atSession = sdp('c=IN IP4 192.0.2.1', 't=0 0', `a=${direction}`, 'm=audio 4000 RTP/AVP 0')
    expect(offered(atSession).lines).toContain(`a=${direction}`)
    const { stream } = offered(atSession).offer
    expect([stream.sends, stream.receives]).toEqual([direction.startsWith('send'), direction.endsWith('recv') || direction === 'recvonly'])
  })

  it('keeps c=0.0.0.0 as the hold it is (RFC 3264 8.4)', () => {
    const { text, offer } = offered(OFFER.replace('c=IN IP4 192.0.2.1', 'c=IN IP4 0.0.0.0'))
    expect(text).toContain('c=IN IP4 0.0.0.0')
    expect(offer.stream).toMatchObject({ rtp: undefined, receives: false, heldByAddress: true })
  })

  it('reads c= of the stream before that of the session, and writes ours once', () => {
    const { lines, offer } = offered(sdp('c=IN IP4 192.0.2.1', 't=0 0', 'm=audio 4000 RTP/AVP 0', 'c=IN IP4 192.0.2.99'))
    expect(lines.filter((line) => line.startsWith('c='))).toEqual(['c=IN IP4 203.0.113.9'])
    expect(offer.stream.rtp).toEqual({ address: '192.0.2.99', port: 4000 })
  })

  it('puts c= in its place when only the stream had one (RFC 8866 section 5)', () => {
    const { lines } = offered(sdp('i=x', 'b=AS:64', 't=0 0', 'm=audio 4000 RTP/AVP 0', 'c=IN IP4 192.0.2.99'))
    expect(lines.slice(2, 7)).toEqual(['s=-', 'i=x', 'c=IN IP4 203.0.113.9', 'b=AS:64', 't=0 0'])
  })

  it('tolerates an IPv6 peer and a host name', () => {
    expect(offered(OFFER.replace('c=IN IP4 192.0.2.1', 'c=IN IP6 2001:db8::5')).offer.stream.rtp).toEqual({ address: '2001:db8::5', port: 4000 })
    expect(offered(OFFER.replace('c=IN IP4 192.0.2.1', 'c=IN IP4 phone.example.com')).offer.stream).toMatchObject({ rtp: undefined, receives: true })
  })

  it('removes ICE and DTLS of the offerer, at session and media level', () => {
    const { text } = offered(
      sdp(
        'c=IN IP4 192.0.2.1',
        't=0 0',
        'a=ice-lite',
        'a=group:BUNDLE 0',
        'a=fingerprint:sha-256 AA',
        'm=audio 4000 RTP/AVP 0',
        'a=ice-ufrag:x',
        'a=ice-pwd:y',
        'a=candidate:1 1 UDP 1 10.0.0.1 4000 typ host',
        'a=end-of-candidates',
        'a=setup:actpass',
        'a=x-kept:1',
      ),
    )
    expect(text).not.toMatch(/ice-|candidate|BUNDLE|fingerprint|setup|10\.0\.0\.1|192\.0\.2\.1/)
    expect(text).toContain('a=x-kept:1')
  })

  it('uses the first audio stream and refuses the others with port 0, in their places', () => {
    const { lines, offer } = offered(
      sdp(
        'c=IN IP4 192.0.2.1',
        't=0 0',
        'm=video 6000 RTP/AVP 96',
        'a=rtpmap:96 H264/90000',
        'm=audio 0 RTP/AVP 0',
        'm=audio 4000/2 RTP/AVP 8',
        'm=audio 4010 RTP/AVP 0',
        'm=image 7000 udptl t38',
        'm=x-new 1 x y',
      ),
    )
    expect(lines.filter((line) => line.startsWith('m='))).toEqual([
      'm=video 0 RTP/AVP 96',
      'm=audio 0 RTP/AVP 0',
      'm=audio 30002 RTP/AVP 8',
      'm=audio 0 RTP/AVP 0',
      'm=image 0 udptl t38',
      'm=x-new 0 x y',
    ])
    expect(lines).not.toContain('a=rtpmap:96 H264/90000')
    expect(offer.streamIndex).toBe(2)
  })

  it.each([
    ['video only', sdp('c=IN IP4 192.0.2.1', 't=0 0', 'm=video 6000 RTP/AVP 96'), 'UnsupportedMedia'],
    ['no stream', sdp('t=0 0'), 'UnsupportedMedia'],
    ['DTLS-SRTP', sdp('c=IN IP4 192.0.2.1', 't=0 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111'), 'UnsupportedMedia'],
    ['SRTP without keys', sdp('c=IN IP4 192.0.2.1', 't=0 0', 'm=audio 9 RTP/SAVPF 111'), 'UnsupportedMedia'],
    ['a multicast address', sdp('c=IN IP4 239.1.1.1/5', 't=0 0', 'm=audio 4000 RTP/AVP 0'), 'UnsupportedMedia'],
    ['no c= anywhere', sdp('t=0 0', 'm=audio 4000 RTP/AVP 0'), 'BadSessionDescription'],
    ['nonsense', 'hello', 'BadSessionDescription'],
  ])('refuses %s with a value', (_name, text, code) => {
    expect(relayOffer({ text, local: toB, sent: undefined, established: false, ...TERMS })).toMatchObject({ ok: false, error: { code } })
  })

  it('passes a re-offer that ends its audio with port 0, once a session stands (RFC 3264 8.2)', () => {
    const ended = OFFER.replace('m=audio 4000', 'm=audio 0')
    expect(relayOffer({ text: ended, local: toB, sent: undefined, established: false, ...TERMS })).toMatchObject({ ok: false })
    const result = relayOffer({ text: ended, local: toB, sent: undefined, established: true, ...TERMS })
    expect(result).toMatchObject({ ok: true, value: { offer: { stream: { sends: false, receives: false, rtp: undefined } } } })
    expect(result.ok && result.value.sent.text).toContain('m=audio 0 RTP/AVP 0 101')
  })
})

describe('relayAnswer', () => {
  it('points the offerer at us', () => {
    const { lines, stream } = answered(offered(OFFER).offer, ANSWER)
    expect(lines).toEqual([
      'v=0',
      'o=- 7001 1 IN IP4 203.0.113.9',
      's=-',
      'c=IN IP4 203.0.113.9',
      't=0 0',
      'm=audio 30000 RTP/AVP 0 101',
      'a=rtpmap:101 telephone-event/8000',
      '',
    ])
    expect(stream).toMatchObject({ rtp: { address: '198.51.100.2', port: 5000 }, rtcp: { address: '198.51.100.2', port: 5001 } })
  })

  it('has as many m= lines as the offer, whatever the answerer wrote (RFC 3264 section 6)', () => {
    const { offer } = offered(sdp('c=IN IP4 192.0.2.1', 't=0 0', 'm=audio 4000 RTP/AVP 0', 'm=video 6000 RTP/AVP 96', 'm=image 7000 udptl t38'))
    const streams = (text: string): string[] => answered(offer, text).lines.filter((line) => line.startsWith('m='))
    const expected = ['m=audio 30000 RTP/AVP 0', 'm=video 0 RTP/AVP 96', 'm=image 0 udptl t38']
    expect(streams(sdp('c=IN IP4 198.51.100.2', 't=0 0', 'm=audio 5000 RTP/AVP 0'))).toEqual(expected)
    expect(streams(sdp('c=IN IP4 198.51.100.2', 't=0 0', 'm=audio 5000 RTP/AVP 0', ...Array.from({ length: 5 }, () => 'm=video 5002 RTP/AVP 96')))).toEqual(
      expected,
    )
  })

  it('takes t= from the offer (RFC 3264 section 6)', () => {
    const { offer } = offered(OFFER.replace('t=0 0', 't=2873397496 2873404696\r\nr=7d 1h 0 25h'))
    expect(answered(offer, ANSWER).lines.slice(4, 6)).toEqual(['t=2873397496 2873404696', 'r=7d 1h 0 25h'])
    expect(answered(offer, ANSWER.replace('t=0 0\r\n', '')).lines.slice(4, 6)).toEqual(['t=2873397496 2873404696', 'r=7d 1h 0 25h'])
  })

  it('passes a refused audio stream with port 0, with formats even if the answerer wrote none', () => {
    expect(answered(offered(OFFER).offer, ANSWER.replace('m=audio 5000 RTP/AVP 0 101', 'm=audio 0 RTP/AVP')).lines).toContain('m=audio 0 RTP/AVP 0 101')
  })

  it('fails when the stream in use is not answered', () => {
    const { offer } = offered(OFFER)
    for (const text of [sdp('c=IN IP4 198.51.100.2', 't=0 0'), sdp('c=IN IP4 198.51.100.2', 't=0 0', 'm=video 5000 RTP/AVP 96'), '']) {
      expect(relayAnswer({ text, local: toA, sent: undefined, offer, ...TERMS })).toMatchObject({ ok: false, error: { code: 'BadSessionDescription' } })
    }
  })

  it('writes descriptions that can be read again', () => {
    expect(parseSessionDescription(answered(offered(OFFER).offer, ANSWER).text).ok).toBe(true)
  })
})
