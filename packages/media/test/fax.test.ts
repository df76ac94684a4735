import { afterEach, describe, expect, it } from 'vitest'
import { listen, MediaBench, value } from './media-bench.ts'
import type { RtpPhone } from './rtp-phone.ts'

let bench: MediaBench
afterEach(() => bench.close())

/** What a phone that has heard a fax tone offers (ITU-T T.38 annex D). */
const faxOf = (phone: RtpPhone): string =>
  phone
    .sdp()
    .replace(/m=audio (\d+) \S+ [\d ]+/, 'm=image $1 udptl t38')
    .replaceAll(/a=(?:rtpmap|fmtp|ptime)[^\n]*\n/g, '')

/** A datagram of UDPTL; one with a high sequence number looks like RTP. */
const datagram = (sequence: number, text: string): Buffer => {
  const bytes = Buffer.concat([Buffer.alloc(3), Buffer.from(text)])
  bytes.writeUInt16BE(sequence)
  return bytes
}
const heard = (phone: RtpPhone, bytes: Buffer) => phone.until(() => phone.wire.some((received) => received.equals(bytes)))

describe('T.38 fax in a call', () => {
  it('passes both ways as it is, from the parties alone, and the call can go back to speech', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    a.say('the tone of a fax machine')
    await b.hears('the tone of a fax machine')
    await bench.negotiate(session, 'b', { phone: b, sdp: faxOf(b) }, { phone: a, sdp: faxOf(a) })
    for (const [from, to] of [[a, b], [b, a]] as const) {
      for (const sequence of [0, 1, 0x8000, 0xffff]) {
        const bytes = datagram(sequence, `page ${sequence} of ${from.port}`)
        from.sendBytes(bytes)
        await heard(to, bytes)
      }
    } // prettier-ignore
    const stranger = await bench.phone()
    stranger.follow(a.sdp().replace(`m=audio ${a.port}`, `m=audio ${a.target}`))
    const forged = datagram(7, 'somebody else’s page')
    stranger.sendBytes(forged)
    const last = datagram(8, 'the last page')
    a.sendBytes(last)
    await heard(b, last)
    expect(b.wire.some((received) => received.equals(forged))).toBe(false)
    await bench.negotiate(session, 'a', { phone: a, sdp: a.sdp() }, { phone: b, sdp: b.sdp() })
    b.say('goodbye')
    await a.hears('goodbye')
    expect((await session.close()).a.packetsStray).toBe(1)
  })

  it('goes from our own machine at one side to our own at the other, in the session itself, and each is told how it ended', async () => {
    bench = await MediaBench.start()
    const session = await bench.session()
    const { events, next } = listen(session)
    value(session.fax.join())
    const page = { columns: 1_728, rows: 1, columnsPerMetre: 8_037, rowsPerMetre: 3_850, badRows: 0, isComplete: true, data: Buffer.from([0x80]) }
    session.fax.receive('a', { faxId: 'in', ident: '+18015550001', isAnnounced: true, maxDurationMs: 1_500 }, () => Promise.resolve(true))
    session.fax.send('b', { faxId: 'out', ident: '+18015550002', pages: [page], maxDurationMs: 60_000 }, () => undefined)
    const end = (faxId: string) => next((event) => event.type === 'faxed' && event.faxId === faxId)
    expect(await end('in')).toMatchObject({ side: 'a', end: { reason: 'TooLong' } })
    // It has heard the goodbye of the other one.
    expect(await end('out')).toMatchObject({ side: 'b', end: { reason: 'ReceiverStopped' } })
    const report = await session.close()
    expect(events).toHaveLength(2)
    expect([report.a.packetsSent, report.b.packetsSent, report.a.packetsReceived]).toEqual([0, 0, 0])
    expect(session.fax.join()).toMatchObject({ ok: false, error: { code: 'EngineStopped' } })
  })

  it('is not taken up where the call is encrypted: T.38 has no keys', async () => {
    bench = await MediaBench.start()
    const [session, a, b] = [await bench.session(), await bench.phone(), await bench.phone()]
    const crypto = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz'
    value(session.relayOffer('a', a.sdp({ protocol: 'RTP/SAVP', lines: [crypto] })))
    value(session.relayAnswer('b', b.sdp({ protocol: 'RTP/SAVP', lines: [crypto] })))
    expect(session.relayOffer('a', faxOf(a))).toMatchObject({ ok: false, error: { code: 'UnsupportedMedia' } })
  })
})
