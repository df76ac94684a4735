import { afterEach, describe, expect, it } from 'vitest'
import { buildRtcpReport } from '../src/index.ts'
import { MediaBench, value } from './media-bench.ts'

let bench: MediaBench
afterEach(() => bench.close())

describe('relay', () => {
  it('carries packets both ways, unchanged and from the port that was described, and counts them', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    a.say('from a')
    await b.hears('from a')
    b.say('from b')
    await a.hears('from b')
    expect(b.received[0]).toMatchObject({ packet: { ssrc: a.ssrc, sequenceNumber: 1, payloadType: 0 }, fromPort: b.target })
    expect(a.received[0]?.fromPort).toBe(a.target)
    // The worker counts a packet when it is on its way: it may be heard before.
    await bench.settle()
    expect(bench.engine.statistics).toMatchObject({ sessions: 1, portsInUse: 4, portsFree: 36, packetsRelayed: 2 })
    const report = await session.close()
    expect(report.a).toMatchObject({
      packetsReceived: 1,
      octetsReceived: 18,
      packetsSent: 1,
      octetsSent: 18,
      packetsLost: 0,
      packetsStray: 0,
      packetsMalformed: 0,
    })
    expect(report.b).toMatchObject({ packetsReceived: 1, packetsSent: 1 })
  })

  it('measures loss and jitter, and says so when it could not (RFC 3550 A.3, A.8)', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    for (const sequenceNumber of [10, 11, 13, 14]) a.say(`${sequenceNumber}`, { sequenceNumber })
    await b.hears('14')
    const report = await session.close()
    expect(report.a).toMatchObject({ packetsLost: 1, notMeasured: null })
    expect(report.a.jitterMs).toBeGreaterThan(0)
    expect(report.b).toMatchObject({ packetsReceived: 0, packetsLost: null, jitterMs: null, notMeasured: 'no RTP was received' })
  })

  it('carries RTCP on the odd ports and reads the reports that pass', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    const block = { ssrc: b.ssrc, fractionLost: 0, cumulativeLost: 9, highestSequenceNumber: 1, jitter: 80, lastSenderReport: 0, delaySinceLastSenderReport: 0 }
    const bytes = buildRtcpReport({ ssrc: a.ssrc, sender: undefined, blocks: [block], cname: 'a' })
    a.sendRtcp(bytes)
    await b.until(() => b.receivedRtcp.length > 0)
    expect(b.receivedRtcp[0]).toEqual(bytes)
    expect((await session.close()).a.remote).toEqual({ packetsLost: 9, jitterMs: 10 })
  })

  it('carries RTCP on the RTP port when both sides agreed to (RFC 5761), else drops it there', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    const report = (cname: string): Buffer => buildRtcpReport({ ssrc: 5, sender: undefined, blocks: [], cname })
    a.sendBytes(report('early'))
    a.say('then audio')
    await b.hears('then audio')
    expect(b.receivedRtcp).toEqual([])
    const mux = { lines: ['a=rtcp-mux'] }
    await bench.negotiate(session, 'a', { phone: a, sdp: a.sdp(mux) }, { phone: b, sdp: b.sdp(mux) })
    a.sendBytes(report('muxed'))
    await b.until(() => b.receivedRtcp.length > 0)
    expect(b.receivedRtcp[0]).toEqual(report('muxed'))
  })

  it('does not relay noise: neither STUN, DTLS, text, nor cut-off headers', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    const noise = ['000100002112a442000000000000000000000000', '16fefd000000000000000000', '5349502f322e3020', '80', '', '91000001000000020000000300000000']
    for (const hex of noise) a.sendBytes(Buffer.from(hex, 'hex'))
    a.sendRtcp(Buffer.from('not rtcp at all'))
    a.say('after the noise')
    await b.hears('after the noise')
    expect([b.texts(), b.receivedRtcp]).toEqual([['after the noise'], []])
    expect((await session.close()).a.packetsMalformed).toBeGreaterThanOrEqual(6)
  })

  it('limits how much one side may send, so that two sessions pointed at each other cannot spin', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    a.say('first')
    await b.hears('first')
    for (let burst = 0; burst < 20; burst++) {
      for (let index = 0; index < 50; index++) a.say(`${burst}`)
      await bench.fence()
    }
    const { packetsReceived, packetsOverLimit } = (await session.close()).a
    // A socket of a machine that is busy loses a few by itself.
    expect((packetsReceived ?? 0) + (packetsOverLimit ?? 0)).toBeLessThanOrEqual(1_001)
    expect(packetsOverLimit).toBeGreaterThan(0)
  })

  it('refuses a description that names our own ports of the session', async () => {
    bench = await MediaBench.start()
    const { session, a } = await bench.call()
    const toUs = a.sdp().replace(`m=audio ${a.port}`, `m=audio ${a.target}`)
    expect(session.relayOffer('b', toUs)).toMatchObject({ ok: false, error: { code: 'BadSessionDescription' } })
    expect(session.relayOffer('a', a.sdp({ lines: [`a=rtcp:${a.target + 1}`] }))).toMatchObject({ ok: false, error: { code: 'BadSessionDescription' } })
  })

  it('fails with values on bad descriptions and answers out of turn', async () => {
    bench = await MediaBench.start()
    const [session, a] = [await bench.session(), await bench.phone()]
    expect(session.relayOffer('a', 'junk')).toMatchObject({ ok: false, error: { code: 'BadSessionDescription' } })
    expect(session.relayAnswer('a', a.sdp())).toMatchObject({ ok: false, error: { code: 'BadSessionDescription' } })
    value(session.relayOffer('a', a.sdp()))
    expect(session.relayAnswer('a', a.sdp())).toMatchObject({ ok: false, error: { code: 'BadSessionDescription' } })
    expect(session.acceptLocally('a', 'junk')).toMatchObject({ ok: false, error: { code: 'BadSessionDescription' } })
    expect(session.answerLocally('a', a.sdp({ formats: '18' }))).toMatchObject({ ok: false, error: { code: 'NoCommonCodec' } })
  })

  it('takes the answer again: 183 with early media, then 200 of another phone (forking)', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    const other = await bench.phone()
    a.say('to the first')
    await b.hears('to the first')
    other.follow(value(session.relayOffer('a', a.sdp())))
    a.follow(value(session.relayAnswer('b', other.sdp())))
    await bench.settle()
    a.say('to the second')
    await other.hears('to the second')
    await bench.fence()
    expect(b.texts()).toEqual(['to the first'])
  })
})
