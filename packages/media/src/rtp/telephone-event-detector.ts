import { decodeTelephoneEvent, digitOfEvent, type TelephoneEvent } from './telephone-event.ts'

/** The longest duration a packet can state; a longer event goes on in a new segment (RFC 4733 2.5.1.3). */
const MAX_DURATION = 0xffff

/**
 * Turns the many packets of a key press into one digit. Packets of one event share a timestamp, the last comes three times,
 * any of them may be lost: the digit is told at the first one that arrives.
 */
export class TelephoneEventDetector {
  #last: TelephoneEvent | undefined
  #timestamp = 0

  /** @returns the digit when this packet begins a key press that was not told before. */
  receive(timestamp: number, payload: Buffer): string | undefined {
    const event = decodeTelephoneEvent(payload)
    if (event === undefined) return undefined
    const last = this.#last
    if (last === undefined) return this.#begin(timestamp, event)
    const step = (timestamp - this.#timestamp) | 0
    if (step < 0) return undefined
    if (step > 0 && !continues(last, event, step)) return this.#begin(timestamp, event)
    this.#last = { ...event, end: event.end || last.end }
    this.#timestamp = timestamp
    return undefined
  }

  /** The next packet is the first of a new stream, whose timestamps start anywhere. */
  reset(): void {
    this.#last = undefined
  }

  #begin(timestamp: number, event: TelephoneEvent): string | undefined {
    this.#last = event
    this.#timestamp = timestamp
    return digitOfEvent(event.event)
  }
}

/**
 * Whether it is the same key press under a later timestamp: the next segment of a long one, or a sender that wrongly moves
 * the timestamp on while the key is held. A second press cannot begin before the first has lasted as long as it said.
 */
function continues(last: TelephoneEvent, event: TelephoneEvent, step: number): boolean {
  return last.event === event.event && (step <= last.duration || (step === MAX_DURATION && !last.end))
}
