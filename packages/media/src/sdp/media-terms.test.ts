import { describe, expect, it } from 'vitest'
import { createLocalOffer, answerLocally } from './local-negotiation.ts'
import type { MediaTerms } from './media-terms.ts'
import { relayAnswer, relayOffer, type RelayedOffer } from './relay-negotiation.ts'

const local = { address: '203.0.113.9', rtpPort: 30_000, rtcpPort: 30_001, sessionId: '7001' }
const shared = { local, sent: undefined, ownMaster: (suite: string) => ({ suite, keyAndSalt: 'ours' }), digitsByInfo: false }
const EVENTS = ['a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-16']

function sdp(formats: string, ...lines: readonly string[]): string {
  return ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', `m=audio 4000 RTP/AVP ${formats}`, ...lines, ''].join('\r\n')
}

interface Terms {
  readonly author?: MediaTerms
  readonly recipient?: MediaTerms
}

function offer(text: string, { author, recipient }: Terms): { readonly text: string; readonly offer: RelayedOffer } | string {
  const relayed = relayOffer({ ...shared, text, established: false, encryption: 'none', terms: author, recipient })
  return relayed.ok ? { text: relayed.value.sent.text, offer: relayed.value.offer } : relayed.error.code
}

function answer(to: RelayedOffer, text: string, terms?: MediaTerms): string {
  const relayed = relayAnswer({ ...shared, text, offer: to, terms })
  return relayed.ok ? relayed.value.sent.text : relayed.error.code
}

/** The formats of the stream, and what they stand for. */
const said = (text: string): readonly string[] => text.split('\r\n').filter((line) => /^(?:m=|a=(?:rtpmap|fmtp))/.test(line)).map((line) => line.replace('m=audio 30000 ', '')) // prettier-ignore

function offered(text: string, terms: Terms) {
  const relayed = offer(text, terms)
  if (typeof relayed === 'string') throw new Error(relayed)
  return relayed
}

describe('codecs of a trunk (S3-13)', () => {
  const wide: MediaTerms = { codecs: ['G722', 'PCMU', 'PCMA'] }

  it('the offer holds the allowed ones alone, in the order of the trunk, with what explains them', () => {
    const many = sdp('96 0 18 9 101', 'a=rtpmap:96 opus/48000/2', 'a=fmtp:96 useinbandfec=1', 'a=rtpmap:18 G729/8000', 'a=fmtp:18 annexb=no', ...EVENTS)
    expect(said(offered(many, { recipient: wide }).text)).toEqual(['RTP/AVP 9 0 101', ...EVENTS])
    expect(said(offered(many, { recipient: { codecs: ['G729', 'OPUS'] } }).text)).toEqual([
      ...['RTP/AVP 18 96 101', 'a=rtpmap:96 opus/48000/2', 'a=fmtp:96 useinbandfec=1', 'a=rtpmap:18 G729/8000', 'a=fmtp:18 annexb=no'],
      ...EVENTS,
    ])
  })

  it('what is converted is offered only when nothing else fits; the answer names what the caller offered', () => {
    const { text, offer: made } = offered(sdp('0 101', ...EVENTS), { recipient: { codecs: ['G722'] } })
    expect(said(text)).toEqual(['RTP/AVP 9 101', ...EVENTS, 'a=rtpmap:9 G722/8000'])
    expect(said(answer(made, sdp('9 101', 'a=rtpmap:9 G722/8000', ...EVENTS), { codecs: ['G722'] }))).toEqual([
      ...['RTP/AVP 0 101', ...EVENTS],
      'a=rtpmap:0 PCMU/8000',
    ])
  })

  it('nothing fits and nothing can be converted: no offer, and no answer', () => {
    const opus = sdp('96', 'a=rtpmap:96 opus/48000/2')
    expect(offer(opus, { recipient: wide })).toBe('NoCommonCodec')
    expect(offer(sdp('0'), { recipient: { codecs: ['G729'] } })).toBe('NoCommonCodec')
    expect(offer(sdp('18'), { author: { codecs: ['PCMU'] } })).toBe('NoCommonCodec')
    const { offer: made } = offered(sdp('0'), { recipient: { codecs: ['PCMU'] } })
    expect(answer(made, sdp('18'), { codecs: ['PCMU'] })).toBe('NoCommonCodec')
  })

  it('from the trunk: what it may not use is not passed on, and a phone that speaks nothing of the rest is converted', () => {
    const { text, offer: made } = offered(sdp('18 9 0 101', ...EVENTS), { author: { codecs: ['G722'] } })
    expect(said(text)).toEqual(['RTP/AVP 9 0 8 101', ...EVENTS, 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000'])
    expect(said(answer(made, sdp('8 101', ...EVENTS)))).toEqual(['RTP/AVP 9 101', ...EVENTS, 'a=rtpmap:9 G722/8000'])
    expect(said(answer(made, sdp('9 8 101', ...EVENTS)))).toEqual(['RTP/AVP 9 101', ...EVENTS])
  })

  it('without terms everything passes as it came', () => {
    const text = sdp('96 0 13 101', 'a=rtpmap:96 opus/48000/2', ...EVENTS)
    const { text: onward, offer: made } = offered(text, {})
    expect(said(onward)).toEqual(['RTP/AVP 96 0 13 101', 'a=rtpmap:96 opus/48000/2', ...EVENTS])
    expect(said(answer(made, sdp('8')))).toEqual(['RTP/AVP 8'])
  })

  it('a stream that ends, and a fax, ask for no codec', () => {
    const ended = sdp('18').replace('audio 4000', 'audio 0')
    const relayed = relayOffer({ ...shared, text: ended, established: true, encryption: 'none', recipient: wide })
    expect(relayed.ok).toBe(true)
    const fax = sdp('0').replace('m=audio 4000 RTP/AVP 0', 'm=image 4000 udptl t38')
    expect(relayOffer({ ...shared, text: fax, established: true, encryption: 'none', recipient: wide }).ok).toBe(true)
  })

  it('our own end speaks what is allowed', () => {
    expect(said(createLocalOffer({ local, sent: undefined, terms: wide }).text)[0]).toBe('RTP/AVP 9 0 8 101')
    expect(createLocalOffer({ local, sent: undefined, terms: { codecs: ['G729'] } }).text).not.toContain('m=')
    const answered = answerLocally({ ...shared, localFor: () => local, text: sdp('0 9 101', ...EVENTS), terms: { codecs: ['G722'], digits: 'info' } })
    expect(answered.ok && said(answered.value.sent.text)[0]).toBe('RTP/AVP 9')
    expect(answerLocally({ ...shared, localFor: () => local, text: sdp('0'), terms: { codecs: ['G722'] } })).toMatchObject({ error: { code: 'NoCommonCodec' } })
  })
})

describe('dtmf_mode of a trunk (S3-13)', () => {
  it.each(['info', 'inband'] as const)('%s: no events are offered to the trunk; the phone still sends its keys as events', (digits) => {
    const { text, offer: made } = offered(sdp('0 101', ...EVENTS), { recipient: { digits } })
    expect(said(text)).toEqual(['RTP/AVP 0'])
    expect(said(answer(made, sdp('0 101', ...EVENTS), { digits }))).toEqual(['RTP/AVP 0 101', EVENTS[0], 'a=fmtp:101 0-15'])
  })

  it.each(['info', 'inband'] as const)('%s: from the trunk, a phone is offered events, and the trunk answered none', (digits) => {
    const { text, offer: made } = offered(sdp('0 101', ...EVENTS), { author: { digits } })
    expect(said(text)).toEqual(['RTP/AVP 0 101', EVENTS[0], 'a=fmtp:101 0-15'])
    expect(said(answer(made, sdp('0 101', ...EVENTS)))).toEqual(['RTP/AVP 0'])
  })

  it('rfc2833: events as offered', () => {
    expect(said(offered(sdp('0 101', ...EVENTS), { recipient: { digits: 'rfc2833' } }).text)).toEqual(['RTP/AVP 0 101', ...EVENTS])
  })
})
