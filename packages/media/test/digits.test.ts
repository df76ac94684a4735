import { afterEach, describe, expect, it } from 'vitest'
import { decodeTelephoneEvent, digitOfEvent, TelephoneEventDetector, type RtpPacket } from '../src/index.ts'
import { listen, MediaBench, value } from './media-bench.ts'
import type { RtpPhone } from './rtp-phone.ts'

const EVENTS = '101'
const WITHOUT_EVENTS = { formats: '0', lines: [] }
let bench: MediaBench
afterEach(() => bench.close())

const isEvent = ({ payloadType }: RtpPacket): boolean => payloadType === Number(EVENTS)
const packets = (phone: RtpPhone): RtpPacket[] => phone.received.map(({ packet }) => packet)

/** What a phone makes of the packets it got. */
function digitsHeard(phone: RtpPhone): string {
  const detector = new TelephoneEventDetector()
  return packets(phone)
    .filter(isEvent)
    .map(({ timestamp, payload }) => detector.receive(timestamp, payload) ?? '')
    .join('')
}

async function ended(phone: RtpPhone, count: number): Promise<void> {
  await phone.until(() => packets(phone).filter((packet) => isEvent(packet) && decodeTelephoneEvent(packet.payload)?.end === true).length >= 3 * count)
}

describe('sendDigit (RFC 4733 2.5.1)', () => {
  it('puts one key press into the relayed stream: one SSRC, no gap, marker first, one timestamp, the end three times', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    a.stream('audio')
    await b.until(() => b.received.length >= 5)
    expect(session.sendDigit('b', '7', 80)).toBe(true)
    await ended(b, 1)
    const heard = b.received.length
    await b.until(() => b.received.length >= heard + 5)
    a.hush()
    const all = packets(b)
    const press = all.filter(isEvent)
    expect(press.map(({ marker, payload }) => [marker, decodeTelephoneEvent(payload)?.end, decodeTelephoneEvent(payload)?.duration])).toEqual([
      [true, false, 160],
      [false, false, 320],
      [false, false, 480],
      [false, true, 640],
      [false, true, 640],
      [false, true, 640],
    ])
    expect(new Set(press.map(({ timestamp }) => timestamp)).size).toBe(1)
    expect(new Set(all.map(({ ssrc }) => ssrc))).toEqual(new Set([a.ssrc]))
    expect(all.map(({ sequenceNumber }) => sequenceNumber)).toEqual(all.map((_packet, index) => index + 1))
    const first = all.indexOf(press[0] as RtpPacket)
    expect(all.slice(first, first + 6).every(isEvent)).toBe(true)
    expect(digitsHeard(b)).toBe('7')
  })

  it('sends digits one after the other, though they are asked for at once, and to a side that hears nothing else', async () => {
    bench = await MediaBench.start()
    const { session, b } = await bench.call()
    for (const digit of '1123#'.split('')) session.sendDigit('b', digit, 60)
    await ended(b, 5)
    expect(digitsHeard(b)).toBe('1123#')
    expect(packets(b).map(({ sequenceNumber }) => sequenceNumber - (b.received[0]?.packet.sequenceNumber ?? 0))).toEqual(
      packets(b).map((_packet, index) => index),
    )
  })

  it('goes under the payload type and the clock of the receiver (RFC 4733 2.4.1)', async () => {
    bench = await MediaBench.start()
    const [session, a, b] = [await bench.session(), await bench.phone(), await bench.phone()]
    const opus = ['a=rtpmap:111 opus/48000/2', 'a=rtpmap:96 telephone-event/8000', 'a=rtpmap:97 telephone-event/48000']
    const sdp = (phone: RtpPhone): string => phone.sdp({ formats: '111 96 97', lines: opus }).replace('a=rtpmap:101 telephone-event/8000\r\n', '')
    await bench.negotiate(session, 'a', { phone: a, sdp: sdp(a) }, { phone: b, sdp: sdp(b) })
    expect(session.sendDigit('b', '1', 40)).toBe(true)
    await b.until(() => b.received.length >= 4)
    expect(packets(b).map(({ payloadType, payload }) => [payloadType, decodeTelephoneEvent(payload)?.duration])).toEqual([
      [97, 960],
      [97, 1920],
      [97, 1920],
      [97, 1920],
    ])
  })

  it('is refused for what is no key and for a side without telephone-event', async () => {
    bench = await MediaBench.start()
    const { session } = await bench.call()
    expect([session.sendDigit('a', 'x', 80), session.sendDigit('a', '11', 80), session.sendDigit('a', '', 80)]).toEqual([false, false, false])
    const [other, a, b] = [await bench.session(), await bench.phone(), await bench.phone()]
    await bench.negotiate(other, 'a', { phone: a, sdp: a.sdp(WITHOUT_EVENTS) }, { phone: b, sdp: b.sdp(WITHOUT_EVENTS) })
    expect([other.takesDigits('a'), other.sendDigit('a', '1', 80)]).toEqual([false, false])
  })
})

describe('digits of a side whose partner takes them by INFO only (RFC 6086)', () => {
  it('telephone-event is negotiated with the caller although the callee has none; its digits end here and leave no gap', async () => {
    bench = await MediaBench.start()
    const [session, a, b] = [await bench.session(), await bench.phone(), await bench.phone()]
    b.follow(value(session.relayOffer('a', a.sdp())))
    const answer = value(session.relayAnswer('b', b.sdp(WITHOUT_EVENTS), { digitsByInfo: true }))
    a.follow(answer)
    await bench.settle()
    expect(answer).toMatch(/m=audio \d+ RTP\/AVP 0 101\r\n[\s\S]*a=rtpmap:101 telephone-event\/8000/)
    const { events, next } = listen(session)
    a.say('before')
    a.press('4')
    a.say('after')
    await b.hears('after')
    await next((event) => event.type === 'dtmf')
    expect(events).toEqual([{ type: 'dtmf', side: 'a', digit: '4', relayed: false }])
    expect(packets(b).map(({ payload, sequenceNumber }) => [payload.toString(), sequenceNumber])).toEqual([
      ['before', 1],
      ['after', 2],
    ])
  })

  it('telephone-event is offered to the callee although the caller has none, and is not in the answer to it (RFC 3264 6.1)', async () => {
    bench = await MediaBench.start()
    const [session, a, b] = [await bench.session(), await bench.phone(), await bench.phone()]
    const offer = value(session.relayOffer('a', a.sdp(WITHOUT_EVENTS).replace('a=rtpmap:101 telephone-event/8000\r\n', ''), { digitsByInfo: true }))
    expect(offer).toMatch(/m=audio \d+ RTP\/AVP 0 101\r\n[\s\S]*a=rtpmap:101 telephone-event\/8000\r\na=fmtp:101 0-15/)
    b.follow(offer)
    const answer = value(session.relayAnswer('b', b.sdp()))
    a.follow(answer)
    await bench.settle()
    expect(answer).not.toMatch(/ 101\b|telephone-event/)
    expect(session.sendDigit('b', '9', 60)).toBe(true)
    await ended(b, 1)
    expect(digitsHeard(b)).toBe('9')
  })
})

describe('a side that presses more keys than anybody can', () => {
  it('is listened to a hundred times a second: every key is an event, perhaps a request', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    const { events } = listen(session)
    for (let key = 0; key < 300; key++) a.say('', { payloadType: 101, timestamp: 5_000 + key * 640, payload: Buffer.from([key % 10, 0, 0, 160]) })
    await bench.fence()
    await bench.settle()
    expect(b.received.length).toBeGreaterThan(200)
    expect(events.length).toBeGreaterThanOrEqual(100)
    expect(events.length).toBeLessThanOrEqual(200)
  })
})

describe('keys that are held back', () => {
  it('reach nobody, and are told with how long they were pressed; let go on, they pass again', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    const { events, next } = listen(session)
    session.holdKeys('a', true)
    await bench.settle()
    a.press('5', { durationMs: 1_200 })
    expect(await next(({ type }) => type === 'dtmf')).toEqual({ type: 'dtmf', side: 'a', digit: '5', relayed: false, durationMs: 1_200 })
    session.holdKeys('a', false)
    await bench.settle()
    a.press('6')
    await bench.fence()
    expect(digitsHeard(b)).toBe('6')
    expect(events).toContainEqual({ type: 'dtmf', side: 'a', digit: '6', relayed: true })
  })
})

describe('100 keys of 80 ms with pauses of 80 ms', () => {
  const KEYS = Array.from({ length: 100 }, (_unused, index) => digitOfEvent((index * 7) % 12) ?? '').join('')
  it('all arrive, each once, in order', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    const { events } = listen(session)
    await a.pressAll(KEYS, () => true)
    await bench.fence()
    expect(digitsHeard(b)).toBe(KEYS)
    expect(events.map((event) => (event.type === 'dtmf' ? event.digit : '?')).join('')).toBe(KEYS)
  })

  it('with 5 % of the packets lost none is doubled and none is missing', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    const { events } = listen(session)
    let seed = 20_261_121
    const lossy = (): boolean => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return seed / 2 ** 32 > 0.05
    }
    await a.pressAll(KEYS, lossy)
    await bench.fence()
    expect(packets(b).filter(isEvent).length).toBeLessThan(700)
    expect(digitsHeard(b)).toBe(KEYS)
    expect(events.map((event) => (event.type === 'dtmf' ? event.digit : '?')).join('')).toBe(KEYS)
  })
})
