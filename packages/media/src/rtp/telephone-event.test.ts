import { describe, expect, it } from 'vitest'
import { decodeTelephoneEvent, digitOfEvent, encodeKeyPress, encodeTelephoneEvent, eventOfDigit } from './telephone-event.ts'
import { TelephoneEventDetector } from './telephone-event-detector.ts'

describe('telephone events (RFC 4733)', () => {
  it('writes and reads the four bytes of 2.3', () => {
    const event = { event: 11, end: true, volume: 10, duration: 800 }
    expect(encodeTelephoneEvent(event)).toEqual(Buffer.from('0b8a0320', 'hex'))
    expect(decodeTelephoneEvent(Buffer.from('0b8a0320', 'hex'))).toEqual(event)
    expect(decodeTelephoneEvent(Buffer.from('0b8a03', 'hex'))).toBeUndefined()
  })

  it('names the sixteen keys of 3.2 and nothing else', () => {
    const keys = '0123456789*#ABCD'.split('')
    expect(keys.map((key) => digitOfEvent(eventOfDigit(key) ?? -1))).toEqual(keys)
    expect([digitOfEvent(16), eventOfDigit('x'), eventOfDigit(''), eventOfDigit('12'), eventOfDigit('d')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      15,
    ])
  })

  it('sends a key press as packets of rising duration whose end comes three times (2.5.1.4)', () => {
    const packets = encodeKeyPress('5', 60).map(({ marker, payload }) => ({ marker, ...decodeTelephoneEvent(payload) }))
    expect(packets.map(({ marker, end, duration }) => [marker, end, duration])).toEqual([
      [true, false, 160],
      [false, false, 320],
      [false, false, 480],
      [false, true, 480],
      [false, true, 480],
      [false, true, 480],
    ])
    expect(encodeKeyPress('x', 60)).toEqual([])
  })
})

describe('TelephoneEventDetector', () => {
  const press = (detector: TelephoneEventDetector, digit: string, timestamp: number, keep: (index: number) => boolean = () => true): string =>
    encodeKeyPress(digit, 100)
      .filter((_packet, index) => keep(index))
      .map(({ payload }) => detector.receive(timestamp, payload) ?? '')
      .join('')

  it('tells each press once, the same key twice in a row too', () => {
    const detector = new TelephoneEventDetector()
    expect(press(detector, '7', 1_000) + press(detector, '7', 3_000) + press(detector, '#', 5_000)).toBe('77#')
  })

  it.each([
    ['the first packets', (index: number) => index > 3],
    ['all but one of the ends', (index: number) => index === 7],
    ['all ends', (index: number) => index < 5],
  ])('tells it once when %s are lost', (_name, keep) => {
    const detector = new TelephoneEventDetector()
    expect(press(detector, '1', 1_000, keep) + press(detector, '1', 3_000, keep)).toBe('11')
  })

  it('ignores packets that come late, after the next key began and while it is held', () => {
    const detector = new TelephoneEventDetector()
    const isBeginning = (index: number): boolean => index < 3
    const heard = [press(detector, '1', 1_000), press(detector, '2', 3_000, isBeginning), press(detector, '1', 1_000), press(detector, '2', 3_000)]
    expect(heard.join('')).toBe('12')
  })

  it('follows the wrap of the timestamp', () => {
    const detector = new TelephoneEventDetector()
    expect(press(detector, '1', 0xffff_ff00) + press(detector, '2', 0x100)).toBe('12')
  })

  it('takes the segments of a long press for one (2.5.1.3)', () => {
    const detector = new TelephoneEventDetector()
    const packet = (timestamp: number, duration: number, end = false): string | undefined =>
      detector.receive(timestamp, encodeTelephoneEvent({ event: 3, end, volume: 10, duration }))
    expect([packet(0, 160), packet(0, 0xffff), packet(0xffff, 160), packet(0xffff, 320, true), packet(0xffff, 320, true)]).toEqual([
      '3',
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('takes the segments for one though the last packet of the first is lost, but not what begins after its end', () => {
    const held = (end: boolean): string => {
      const detector = new TelephoneEventDetector()
      const packets = [
        [0, { event: 3, end, volume: 10, duration: 0xff00 }],
        [0xffff, { event: 3, end: false, volume: 10, duration: 160 }],
      ] as const
      return packets.map(([timestamp, event]) => detector.receive(timestamp, encodeTelephoneEvent(event)) ?? '').join('')
    }
    expect([held(false), held(true)]).toEqual(['3', '33'])
  })

  it('takes a key for one whose sender wrongly moves the timestamp on', () => {
    const detector = new TelephoneEventDetector()
    const heard = encodeKeyPress('9', 100).map(({ payload }, index) => detector.receive(1_000 + index * 160, payload) ?? '')
    expect(heard.join('')).toBe('9')
  })

  it('says nothing for events that are no keys, and hears the next stream after a reset', () => {
    const detector = new TelephoneEventDetector()
    expect(detector.receive(9_000, encodeTelephoneEvent({ event: 16, end: false, volume: 0, duration: 160 }))).toBeUndefined()
    detector.reset()
    expect(press(detector, '4', 10)).toBe('4')
  })
})
