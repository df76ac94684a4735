import { describe, expect, it } from 'vitest'
import { answerLocally, createLocalOffer, readLocalAnswer } from './local-negotiation.ts'
import type { LocalEndpoint } from './sent-description.ts'

const [THEIR_KEY, OUR_KEY] = [Buffer.alloc(30, 1).toString('base64'), Buffer.alloc(30, 2).toString('base64')]
const local: LocalEndpoint = { address: '203.0.113.9', rtpPort: 30_000, rtcpPort: 30_001, sessionId: '7001' }

const ownMaster = (suite: string) => ({ suite, keyAndSalt: OUR_KEY })

function sdp(...lines: string[]): string {
  return ['v=0', 'o=alice 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', ...lines, ''].join('\r\n')
}

function answer(text: string): string[] {
  const result = answerLocally({ text, localFor: () => local, sent: undefined, ownMaster })
  if (!result.ok) throw new Error(result.error.message)
  return result.value.sent.text.split('\r\n')
}

describe('answerLocally', () => {
  it('answers the first codec it speaks under the payload types of the offer (RFC 3264 6.1)', () => {
    const lines = answer(sdp('m=audio 4000 RTP/AVP 9 97 0 96', 'a=rtpmap:97 PCMA/8000', 'a=rtpmap:96 telephone-event/8000'))
    expect(lines).toEqual([
      'v=0',
      'o=- 7001 1 IN IP4 203.0.113.9',
      's=-',
      'c=IN IP4 203.0.113.9',
      't=0 0',
      'm=audio 30000 RTP/AVP 97 96',
      'a=rtpmap:97 PCMA/8000',
      'a=rtpmap:96 telephone-event/8000',
      'a=fmtp:96 0-15',
      'a=ptime:20',
      'a=sendrecv',
      '',
    ])
  })

  it('leaves telephone-event out when it is not offered', () => {
    expect(answer(sdp('m=audio 4000 RTP/AVP 8'))).toContain('m=audio 30000 RTP/AVP 8')
  })

  it.each([
    ['a=sendonly', 'a=recvonly'],
    ['a=recvonly', 'a=sendonly'],
    ['a=inactive', 'a=inactive'],
    ['a=sendrecv', 'a=sendrecv'],
  ])('answers %s with %s (RFC 3264 6.1)', (offered, expected) => {
    expect(answer(sdp('m=audio 4000 RTP/AVP 0', offered))).toContain(expected)
  })

  it('sends nothing to c=0.0.0.0 (RFC 3264 8.4)', () => {
    expect(answer(sdp('m=audio 4000 RTP/AVP 0', 'c=IN IP4 0.0.0.0'))).toContain('a=recvonly')
  })

  it('answers SRTP with the tag of the offer and a key of our own (RFC 4568 7.1.2)', () => {
    const lines = answer(sdp('m=audio 4000 RTP/SAVP 0', 'a=crypto:1 F8_128_HMAC_SHA1_80 inline:x', `a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:${THEIR_KEY}`))
    expect(lines).toContain('m=audio 30000 RTP/SAVP 0')
    expect(lines.filter((line) => line.startsWith('a=crypto'))).toEqual([`a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:${OUR_KEY}`])
  })

  it('answers every m= line of the offer, the others with port 0 (RFC 3264 section 6)', () => {
    const lines = answer(sdp('m=video 6000 RTP/AVP 96', 'm=audio 4002 RTP/SAVP 0', 'a=crypto:1 x inline:y', 'm=audio 4000 RTP/AVP 0', 'm=image 9 udptl t38'))
    expect(lines.filter((line) => line.startsWith('m='))).toEqual([
      'm=video 0 RTP/AVP 96',
      'm=audio 0 RTP/SAVP 0',
      'm=audio 30000 RTP/AVP 0',
      'm=image 0 udptl t38',
    ])
  })

  it.each([
    ['no codec we speak', sdp('m=audio 4000 RTP/AVP 18 111', 'a=rtpmap:111 opus/48000/2'), 'NoCommonCodec'],
    ['PCMU under another meaning', sdp('m=audio 4000 RTP/AVP 0', 'a=rtpmap:0 L16/16000'), 'NoCommonCodec'],
    ['SRTP without a key we can use', sdp('m=audio 4000 RTP/SAVP 0', 'a=crypto:1 x inline:y'), 'UnsupportedMedia'],
    ['no audio', sdp('m=video 4000 RTP/AVP 96'), 'UnsupportedMedia'],
    ['nonsense', 'nonsense', 'BadSessionDescription'],
  ])('refuses %s with a value', (_name, text, code) => {
    expect(answerLocally({ text, localFor: () => local, sent: undefined, ownMaster })).toMatchObject({ ok: false, error: { code } })
  })
})

describe('createLocalOffer and readLocalAnswer', () => {
  it('offers PCMU, PCMA and telephone-event', () => {
    expect(createLocalOffer({ local, sent: undefined }).text.split('\r\n')).toEqual([
      'v=0',
      'o=- 7001 1 IN IP4 203.0.113.9',
      's=-',
      'c=IN IP4 203.0.113.9',
      't=0 0',
      'm=audio 30000 RTP/AVP 0 8 101',
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-15',
      'a=ptime:20',
      'a=sendrecv',
      '',
    ])
  })

  it('repeats itself with the same version', () => {
    const first = createLocalOffer({ local, sent: undefined })
    expect(createLocalOffer({ local, sent: first })).toEqual(first)
  })

  it('reads what was chosen', () => {
    expect(readLocalAnswer(sdp('m=audio 4000 RTP/AVP 8 101', 'a=rtpmap:101 telephone-event/8000'))).toMatchObject({
      ok: true,
      value: { encoding: 'PCMA', payloadType: 8, telephoneEventPayloadType: 101, remote: { rtp: { address: '192.0.2.1', port: 4000 } } },
    })
  })

  it.each([
    ['port 0', sdp('m=audio 0 RTP/AVP 0'), 'UnsupportedMedia'],
    ['another codec', sdp('m=audio 4000 RTP/AVP 18'), 'NoCommonCodec'],
    ['no stream', sdp(), 'BadSessionDescription'],
  ])('refuses an answer with %s', (_name, text, code) => {
    expect(readLocalAnswer(text)).toMatchObject({ ok: false, error: { code } })
  })
})
