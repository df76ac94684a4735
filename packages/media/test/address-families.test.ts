import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildRtcpReport, type MediaSession } from '../src/index.ts'
import { MediaBench, value } from './media-bench.ts'
import type { RtpPhone } from './rtp-phone.ts'

/** An engine that is reached by both families, as RFC 6157 3.1 has it for whatever stands between them. */
let bench: MediaBench
let session: MediaSession
let four: RtpPhone
let six: RtpPhone

beforeEach(async () => {
  bench = await MediaBench.start({ bindAddress: '::', publicAddress: '127.0.0.1', publicAddressIpv6: '::1' })
  session = await bench.session()
  four = await bench.phone('127.0.0.1')
  six = await bench.phone('::1')
})

afterEach(() => bench.close())

function hearEachOther(): Promise<unknown> {
  four.say('from IPv4')
  six.say('from IPv6')
  return Promise.all([four.hears('from IPv6'), six.hears('from IPv4')])
}

const where = (sdp: string): readonly string[] => [...sdp.matchAll(/^(?:c=|o=- \d+ \d+ )(IN .*)\r$/gm)].map(([, address]) => address ?? '')
const FOUR = ['IN IP4 127.0.0.1', 'IN IP4 127.0.0.1']
const SIX = ['IN IP6 ::1', 'IN IP6 ::1']

describe('a session between IPv4 and IPv6 (RFC 6157 3)', () => {
  it.each(['IPv4', 'IPv6'])('called from %s carries audio and tells each side the address of its own family', async (from) => {
    const [caller, callee] = from === 'IPv4' ? [four, six] : [six, four]
    const offer = value(session.relayOffer('a', caller.sdp(), { addressType: from === 'IPv4' ? 'IP6' : 'IP4' }))
    callee.follow(offer)
    const answer = value(session.relayAnswer('b', callee.sdp()))
    caller.follow(answer)
    expect([where(offer), where(answer)]).toEqual(from === 'IPv4' ? [SIX, FOUR] : [FOUR, SIX])
    await bench.settle()
    await hearEachOther()
    expect(await session.close()).toMatchObject({ a: { packetsReceived: 1, packetsStray: 0 }, b: { packetsReceived: 1, packetsStray: 0 } })
  })

  it('goes on in the family a side described itself in, whoever offers again', async () => {
    six.follow(value(session.relayOffer('a', four.sdp(), { addressType: 'IP6' })))
    four.follow(value(session.relayAnswer('b', six.sdp())))
    expect(where(value(session.relayOffer('a', four.sdp({ lines: ['a=sendonly'] }))))).toEqual(SIX)
    expect(where(value(session.relayAnswer('b', six.sdp({ lines: ['a=recvonly'] }))))).toEqual(FOUR)
    expect(where(value(session.relayOffer('b', six.sdp())))).toEqual(FOUR)
    expect(where(value(session.relayAnswer('a', four.sdp())))).toEqual(SIX)
    await bench.settle()
    await hearEachOther()
  })

  it('passes RTCP over, and takes none of another host', async () => {
    const stranger = await bench.phone('::1')
    six.follow(value(session.relayOffer('a', four.sdp(), { addressType: 'IP6' })))
    four.follow(value(session.relayAnswer('b', six.sdp())))
    await bench.settle()
    await hearEachOther()
    const report = (ssrc: number) => buildRtcpReport({ ssrc, sender: undefined, blocks: [], cname: 'phone' })
    four.sendRtcp(report(four.ssrc))
    six.sendRtcp(report(six.ssrc))
    await Promise.all([six, four].map((phone) => phone.until(() => phone.receivedRtcp.length === 1)))
    stranger.follow(value(session.relayOffer('b', six.sdp())).replace('127.0.0.1', '::1'))
    stranger.say('who is there')
    await bench.fence()
    expect(four.texts()).not.toContain('who is there')
  })

  it('has our own end speak in the family that was offered, and offer in the one it is told', async () => {
    expect(where(value(session.answerLocally('a', six.sdp())))).toEqual(SIX)
    expect(where(value(session.answerLocally('a', four.sdp())))).toEqual(FOUR)
    expect(where(session.offerLocally('b', undefined, 'none', 'IP6'))).toEqual(SIX)
    expect(where(session.offerLocally('b'))).toEqual(FOUR)
    expect(where(value(session.fax.offer('b')))).toEqual(FOUR)
  })

  it('refuses a description of our own port in whatever spelling', () => {
    const offer = session.offerLocally('b', undefined, 'none', 'IP6').replaceAll('::1', '0:0:0:0:0:0:0:1')
    expect(session.relayOffer('a', offer)).toMatchObject({ ok: false, error: { code: 'BadSessionDescription' } })
  })
})

describe('an engine of IPv4 alone', () => {
  it('answers an offer of IPv6 with its own address, which a phone of both families can use (RFC 6157 3)', async () => {
    await bench.close()
    bench = await MediaBench.start()
    session = await bench.session()
    expect(where(value(session.relayOffer('a', six.sdp(), { addressType: 'IP6' })))).toEqual(FOUR)
    expect(where(value(session.relayAnswer('b', six.sdp())))).toEqual(FOUR)
  })
})
