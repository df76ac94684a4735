/*
 * RFC 4733 2.3:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |     event     |E|R| volume    |          duration             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export interface TelephoneEvent {
  readonly event: number
  readonly end: boolean
  /** Power below 0 dBm0, 0 to 63. */
  readonly volume: number
  /** In timestamp units since the event began, at most 65535. */
  readonly duration: number
}

export const TELEPHONE_EVENT_BYTES = 4
const DIGITS = '0123456789*#ABCD'
const END_BIT = 0x80
const VOLUME_MASK = 0x3f
/** The last packet is sent three times, so that its loss does not matter (RFC 4733 2.5.1.4). */
const END_REPETITIONS = 3

/** Reads the payload of a telephone-event packet; undefined when it is too short. */
export function decodeTelephoneEvent(payload: Buffer): TelephoneEvent | undefined {
  if (payload.length < TELEPHONE_EVENT_BYTES) return undefined
  const second = payload.readUInt8(1)
  return { event: payload.readUInt8(0), end: (second & END_BIT) !== 0, volume: second & VOLUME_MASK, duration: payload.readUInt16BE(2) }
}

export function encodeTelephoneEvent(event: TelephoneEvent): Buffer {
  const payload = Buffer.alloc(TELEPHONE_EVENT_BYTES)
  writeTelephoneEvent(payload, 0, event)
  return payload
}

export function writeTelephoneEvent(target: Buffer, offset: number, event: TelephoneEvent): void {
  target.writeUInt8(event.event & 0xff, offset)
  target.writeUInt8((event.end ? END_BIT : 0) | (event.volume & VOLUME_MASK), offset + 1)
  target.writeUInt16BE(Math.min(0xffff, Math.round(event.duration)), offset + 2)
}

/** The key of an event, 0-9 * # A-D (RFC 4733 3.2); undefined for the other events. */
export function digitOfEvent(event: number): string | undefined {
  return event < DIGITS.length ? DIGITS.charAt(event) : undefined
}

/** The event of a key; undefined when the text is no key. */
export function eventOfDigit(digit: string): number | undefined {
  const event = digit.length === 1 ? DIGITS.indexOf(digit.toUpperCase()) : -1
  return event === -1 ? undefined : event
}

/**
 * The packets of one key press at 8000 Hz, one every 20 ms and the last three times. All carry the timestamp of the first;
 * only the first has the marker (RFC 4733 2.5.1.2). Empty when the text is no key.
 */
export function encodeKeyPress(digit: string, durationMs: number): readonly { readonly marker: boolean; readonly payload: Buffer }[] {
  const event = eventOfDigit(digit)
  if (event === undefined) return []
  const frames = Math.max(1, Math.ceil(Math.min(durationMs, 8_000) / 20))
  const packets: { marker: boolean; payload: Buffer }[] = []
  for (let frame = 1; frame <= frames; frame++) {
    packets.push({ marker: frame === 1, payload: encodeTelephoneEvent({ event, end: false, volume: 10, duration: frame * 160 }) })
  }
  const last = encodeTelephoneEvent({ event, end: true, volume: 10, duration: frames * 160 })
  for (let repetition = 0; repetition < END_REPETITIONS; repetition++) packets.push({ marker: false, payload: last })
  return packets
}
