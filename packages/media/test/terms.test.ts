import { afterEach, describe, expect, it } from 'vitest'
import { G722Decoder } from '../src/codecs/g722.ts'
import { decodeG711, hearsTone, type MediaSession } from '../src/index.ts'
import type { MediaTerms } from '../src/sdp/media-terms.ts'
import { listen, MediaBench, value } from './media-bench.ts'
import type { RtpPhone } from './rtp-phone.ts'

let bench: MediaBench
afterEach(() => bench.close())

/** A phone as `a`, and a trunk with terms as `b`. */
async function call(
  terms: MediaTerms,
  formats: { readonly phone: string; readonly trunk: string },
): Promise<{ session: MediaSession; phone: RtpPhone; trunk: RtpPhone }> {
  bench = await MediaBench.start()
  const [session, phone, trunk] = [await bench.session(), await bench.phone(), await bench.phone()]
  trunk.follow(value(session.relayOffer('a', phone.sdp({ formats: formats.phone }), { recipient: terms })))
  phone.follow(value(session.relayAnswer('b', trunk.sdp({ formats: formats.trunk }), { terms })))
  await bench.settle()
  return { session, phone, trunk }
}

const payloadOf = (phone: RtpPhone, type: number): Buffer =>
  Buffer.concat(phone.received.flatMap(({ packet }) => (packet.payloadType === type ? [packet.payload] : [])))
function wideband(phone: RtpPhone): Int16Array {
  const payload = payloadOf(phone, 9)
  const samples = new Int16Array(payload.length)
  new G722Decoder().decode(payload, 0, samples)
  return samples
}
const typesOf = (phone: RtpPhone): ReadonlySet<number> => new Set(phone.received.map(({ packet }) => packet.payloadType))

describe('codecs of a trunk that the phone does not speak (S3-13)', () => {
  it('G.711 and G.722 are converted both ways, packet for packet', async () => {
    const { phone, trunk } = await call({ codecs: ['G722'] }, { phone: '0 101', trunk: '9 101' })
    phone.sing(440)
    trunk.sing(1_000, 'G722')
    await trunk.until(() => hearsTone(wideband(trunk).subarray(-1_600), [440]))
    await phone.until(() => hearsTone(decodeG711('PCMU', payloadOf(phone, 0)).subarray(-1_600), [1_000]))
    expect([...typesOf(trunk), ...typesOf(phone)]).toEqual([9, 0])
    expect(trunk.received.every(({ packet }) => packet.payload.length === 160)).toBe(true)
    const numbers = trunk.received.map(({ packet }) => packet.sequenceNumber)
    expect(numbers).toEqual(numbers.map((_number, index) => (numbers[0] ?? 0) + index))
  })

  it('the two laws of G.711 too; keys pass, and each side may be put into a mix', async () => {
    const { session, phone, trunk } = await call({ codecs: ['PCMA'] }, { phone: '0 101', trunk: '8 101' })
    phone.sing(440)
    await trunk.until(() => hearsTone(decodeG711('PCMA', payloadOf(trunk, 8)).subarray(-1_600), [440]))
    phone.press('5')
    await trunk.until(() => typesOf(trunk).has(101))
    value(session.joinMix('a', 'room'))
    value(session.joinMix('b', 'room'))
    trunk.sing(700, 'PCMA')
    await phone.until(() => hearsTone(decodeG711('PCMU', payloadOf(phone, 0)).subarray(-1_600), [700]))
  })

  it('what both speak passes as it is', async () => {
    const { phone, trunk } = await call({ codecs: ['G722', 'PCMU'] }, { phone: '0 101', trunk: '0 101' })
    phone.stream('as it is')
    await trunk.hears('as it is')
  })
})

describe('keys of a trunk without telephone events (S3-13)', () => {
  it('inband: a key becomes its two tones in the voice the trunk hears, in one stream', async () => {
    const { session, phone, trunk } = await call({ digits: 'inband' }, { phone: '0 101', trunk: '0' })
    phone.sing(440)
    const { next } = listen(session)
    phone.press('5')
    expect(await next(({ type }) => type === 'dtmf')).toMatchObject({ side: 'a', digit: '5', relayed: false })
    expect([session.takesDigits('b'), session.sendDigit('b', '5', 160)]).toEqual([true, true])
    const heard = (): readonly Int16Array[] => trunk.received.map(({ packet }) => decodeG711('PCMU', packet.payload))
    await trunk.until(() => heard().filter((frame) => hearsTone(frame, [770, 1336])).length >= 7)
    const count = trunk.received.length
    await trunk.until(() => trunk.received.length >= count + 5)
    expect(heard().filter((frame) => hearsTone(frame, [770, 1336]))).toHaveLength(8)
    expect(typesOf(trunk)).toEqual(new Set([0]))
    const numbers = trunk.received.map(({ packet }) => packet.sequenceNumber)
    expect(numbers).toEqual(numbers.map((_number, index) => (numbers[0] ?? 0) + index))
    expect(new Set(trunk.received.map(({ packet }) => packet.ssrc)).size).toBe(1)
  })

  it('info: the trunk takes no keys in its media', async () => {
    const { session } = await call({ digits: 'info' }, { phone: '0 101', trunk: '0' })
    expect([session.takesDigits('b'), session.takesDigits('a')]).toEqual([false, true])
  })
})

describe('where the media of a trunk comes from (S3-25)', () => {
  it('packets of other addresses are dropped and counted', async () => {
    const { session, phone, trunk } = await call({ addresses: ['192.0.2.200'] }, { phone: '0 101', trunk: '0 101' })
    trunk.say('not from there')
    await bench.fence()
    expect(phone.received).toEqual([])
    expect((await session.close()).b).toMatchObject({ packetsReceived: 0, packetsStray: 1 })
  })

  it('its own addresses pass', async () => {
    const { phone, trunk } = await call({ addresses: ['127.0.0.1'] }, { phone: '0 101', trunk: '0 101' })
    trunk.stream('from there')
    await phone.hears('from there')
  })
})
