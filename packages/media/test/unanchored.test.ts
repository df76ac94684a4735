import { afterEach, describe, expect, it } from 'vitest'
import { MediaBench, value } from './media-bench.ts'

let bench: MediaBench
afterEach(() => bench.close())

/** What a browser offers, and what an ICE and DTLS phone answers. */
const WEBRTC_OFFER = [
  'v=0',
  'o=mozilla 4611731400430051336 0 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'a=fingerprint:sha-256 19:E2:1C:3B:4B:9F:81:E6:B8:5C:F4:A5:A8:D8:73:04:BB:05:2F:70:9F:04:A9:0E:05:E9:26:33:E8:70:88:A2',
  'm=audio 54400 UDP/TLS/RTP/SAVPF 111 0',
  'c=IN IP4 192.0.2.4',
  'a=mid:0',
  'a=ice-ufrag:F7gI',
  'a=ice-pwd:x9cml/YzichV2+XlhiMu8g',
  'a=candidate:0 1 UDP 2122194687 192.0.2.4 54400 typ host',
  'a=setup:actpass',
  'a=rtcp-mux',
  'a=rtpmap:111 opus/48000/2',
  '',
].join('\r\n')
const WEBRTC_ANSWER = WEBRTC_OFFER.replace('mozilla 4611731400430051336', 'phone 7').replace('actpass', 'active').replaceAll('192.0.2.4', '192.0.2.9')
const withoutOrigin = (sdp: string): string => sdp.replace(/o=.*\r\n/, '')

describe('DTLS-SRTP goes past us (RFC 5763, RFC 8839)', () => {
  it('both descriptions stay as they are but for o=, and nothing is measured', async () => {
    bench = await MediaBench.start()
    const session = await bench.session()
    const offer = value(session.relayOffer('a', WEBRTC_OFFER))
    const answer = value(session.relayAnswer('b', WEBRTC_ANSWER))
    expect([withoutOrigin(offer), withoutOrigin(answer)]).toEqual([withoutOrigin(WEBRTC_OFFER), withoutOrigin(WEBRTC_ANSWER)])
    expect(offer).toMatch(/o=- \d+ 1 IN IP4 127\.0\.0\.1\r\n/)
    // The same again keeps its version, another one raises it (RFC 3264 section 8).
    expect(value(session.relayOffer('a', WEBRTC_OFFER))).toBe(offer)
    expect(value(session.relayOffer('a', WEBRTC_OFFER.replace('a=mid:0', 'a=mid:0\r\na=sendonly')))).toMatch(/o=- \d+ 2 IN/)
    expect([session.takesDigits('b'), session.sendDigit('b', '1', 100)]).toEqual([false, false])
    expect((await session.close()).a).toMatchObject({ packetsReceived: null, notMeasured: 'the media goes past us: from end to end' })
  })

  it('a re-offer of either side passes too, and one of plain RTP goes through us again', async () => {
    bench = await MediaBench.start()
    const [session, a, b] = [await bench.session(), await bench.phone(), await bench.phone()]
    value(session.relayOffer('a', WEBRTC_OFFER))
    value(session.relayAnswer('b', WEBRTC_ANSWER))
    value(session.relayOffer('b', WEBRTC_ANSWER))
    value(session.relayAnswer('a', WEBRTC_OFFER))
    await bench.negotiate(session, 'a', { phone: a, sdp: a.sdp() }, { phone: b, sdp: b.sdp() })
    a.say('through us')
    await b.hears('through us')
    expect((await session.close()).a.packetsReceived).toBe(1)
  })

  it('old SAVPF with a fingerprint counts as DTLS; keyed audio beside it is preferred to nothing', async () => {
    bench = await MediaBench.start()
    const session = await bench.session()
    expect(value(session.relayOffer('a', WEBRTC_OFFER.replace('UDP/TLS/', '')))).toContain('a=setup:actpass')
    const both = value(session.relayOffer('a', `${WEBRTC_OFFER}m=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.0.2.4\r\n`))
    expect(both).toMatch(/m=audio 0 UDP\/TLS[\s\S]*m=audio \d+ RTP\/AVP 0/)
  })
})

describe('media that is not anchored', () => {
  it('costs no port and no thread: descriptions go from side to side', async () => {
    bench = await MediaBench.start({ anchoring: 'never' })
    const [session, a, b] = [await bench.session(), await bench.phone(), await bench.phone()]
    const toB = value(session.relayOffer('a', a.sdp()))
    const toA = value(session.relayAnswer('b', b.sdp()))
    expect([withoutOrigin(toB), withoutOrigin(toA)]).toEqual([withoutOrigin(a.sdp()), withoutOrigin(b.sdp())])
    expect(bench.engine.statistics).toMatchObject({ sessions: 1, portsInUse: 0 })
    expect(session.relayOffer('a', 'nonsense')).toMatchObject({ ok: false, error: { code: 'BadSessionDescription' } })
    expect(session.answerLocally('a', a.sdp())).toMatchObject({ ok: false, error: { code: 'UnsupportedMedia' } })
    expect(session.offerLocally('a')).not.toContain('m=')
    const report = await session.close()
    expect(report.b).toMatchObject({ packetsReceived: null, notMeasured: 'the media goes past us: from end to end' })
    expect(await session.close()).toBe(report)
    expect(bench.engine.statistics.sessions).toBe(0)
  })

  it('is anchored all the same for a session that requires it', async () => {
    bench = await MediaBench.start({ anchoring: 'never' })
    const opened = await bench.engine.openSession({ sessionId: 'late offer', anchoring: 'required' })
    expect(opened.ok && opened.value.offerLocally('b')).toMatch(/m=audio \d+ RTP\/AVP 0 8 101/)
    expect(bench.engine.statistics.portsInUse).toBe(4)
  })

  it('is what an emergency call falls back to when no port is left, and nobody else (47 CFR 9.11)', async () => {
    bench = await MediaBench.start({ portCount: 4 })
    await bench.session()
    expect(await bench.engine.openSession({ sessionId: 'any' })).toMatchObject({ ok: false, error: { code: 'NoPortsLeft' } })
    const emergency = await bench.engine.openSession({ sessionId: '911', anchoring: 'preferred' })
    const phone = await bench.phone()
    expect(emergency.ok && value(emergency.value.relayOffer('a', phone.sdp()))).toContain(`m=audio ${phone.port} `)
  })
})
