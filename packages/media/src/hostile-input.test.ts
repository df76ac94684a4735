import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatSessionDescription,
  isRtcpShaped,
  isRtpShaped,
  parseRtcpReports,
  parseRtpPacket,
  parseSessionDescription,
  SrtpReceiver,
  SrtpSender,
} from './index.ts'
import { answerLocally } from './sdp/local-negotiation.ts'
import { relayAnswer, relayOffer } from './sdp/relay-negotiation.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

const OFFER = [
  'v=0',
  'o=- 1 1 IN IP4 192.0.2.1',
  's=-',
  'c=IN IP4 192.0.2.1',
  't=0 0',
  'a=ice-lite',
  'm=audio 4000/2 RTP/SAVP 0 8 101',
  'c=IN IP6 2001:db8::1',
  'a=rtcp:4001 IN IP4 192.0.2.2',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20',
  'a=rtpmap:101 telephone-event/8000',
  'a=candidate:1 1 UDP 1 10.0.0.1 4000 typ host',
  'a=rtcp-mux',
  'm=video 5000 RTP/AVP 96',
  'a=sendonly',
  '',
].join('\r\n')
const TERMS = { ownMaster: (suite: string) => ({ suite, keyAndSalt: 'x' }), digitsByInfo: true, encryption: 'asOffered' } as const
const local = { address: '203.0.113.9', rtpPort: 30_000, rtcpPort: 30_001, sessionId: '1' }

/** A real offer with pieces cut out, repeated or replaced. */
const mutated = fc
  .array(
    fc.tuple(fc.nat(OFFER.length), fc.nat(40), fc.oneof(fc.string(), fc.constantFrom('\r\n', '0.0.0.0', '65535', '-1', 'm=audio 0 RTP/AVP', 'a=:', ' ', '/'))),
    { maxLength: 6 },
  )
  .map((cuts) => cuts.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), OFFER))

describe('what arrives from the network', () => {
  it('never throws out of offer/answer, whatever the text', () => {
    const relayed = relayOffer({ text: OFFER, local, sent: undefined, established: false, ...TERMS })
    if (!relayed.ok) throw new Error(relayed.error.message)
    fc.assert(
      fc.property(fc.oneof(fc.string(), mutated), (text) => {
        for (const established of [true, false]) {
          const offer = relayOffer({ text, local, sent: undefined, established, ...TERMS })
          if (offer.ok) expect(parseSessionDescription(offer.value.sent.text)).toMatchObject({ ok: true })
        }
        const answer = relayAnswer({ text, local, sent: undefined, offer: relayed.value.offer, ...TERMS })
        if (answer.ok) expect(parseSessionDescription(answer.value.sent.text)).toMatchObject({ ok: true, value: { media: [{}, {}] } })
        const own = answerLocally({ text, localFor: () => local, sent: undefined, ...TERMS })
        if (own.ok) expect(parseSessionDescription(own.value.sent.text)).toMatchObject({ ok: true })
      }),
      { numRuns: 3_000, seed: 8_866 },
    )
  })

  it('of descriptions that are accepted, formatting and parsing again changes nothing', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        const once = parseSessionDescription(text)
        if (once.ok) expect(parseSessionDescription(formatSessionDescription(once.value))).toEqual(once)
      }),
      { numRuns: 2_000, seed: 8_866 },
    )
  })

  it('never throws out of the packet parsers, whatever the bytes', () => {
    const master = { suite: 'AES_CM_128_HMAC_SHA1_80', keyAndSalt: Buffer.alloc(30, 9).toString('base64') }
    const [receiver, sender, target] = [new SrtpReceiver(master), new SrtpSender(master), Buffer.alloc(4_096)]
    const head = fc.constantFrom([0x80, 0x00], [0xbf, 0x65], [0x81, 0xc8], [0x9f, 0xc9], [0xa1, 0xca])
    fc.assert(
      fc.property(head, fc.uint8Array({ maxLength: 120 }), ([first, second], rest) => {
        const bytes = Buffer.from([first ?? 0, second ?? 0, ...rest])
        const packet = parseRtpPacket(bytes)
        if (packet !== undefined) expect(isRtpShaped(bytes)).toBe(true)
        expect(isRtpShaped(bytes) && isRtcpShaped(bytes)).toBe(false)
        parseRtcpReports(bytes)
        if (isRtpShaped(bytes)) expect(receiver.unprotect(Buffer.from(bytes))).toBe(0)
        if (isRtcpShaped(bytes)) expect(receiver.unprotectRtcp(Buffer.from(bytes))).toBe(0)
        if (isRtpShaped(bytes)) expect(sender.protect(bytes, target)).toBeLessThanOrEqual(bytes.length + sender.overheadBytes)
      }),
      { numRuns: 5_000, seed: 3_550 },
    )
  })
})
