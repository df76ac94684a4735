import { decodeTelephoneEvent } from './telephone-event.ts'

/** Without its last packets a press is over when nothing more was heard of it for three intervals of 50 ms (RFC 4733 2.5.2.2). */
const LOST_MS = 150
/** At 8000 Hz: events of other clock rates are none of ours. */
const UNITS_PER_MS = 8

export interface Press {
  readonly digit: string
  readonly durationMs: number
}

/** Keys whose packets do not go on: each is told when it is let go, with how long it was pressed, so that whoever gets it later gets it as it was. */
export class HeldPress {
  #digit: string | undefined
  #began = 0
  #durationMs = 0
  #heardMs = 0

  /** A packet of a telephone event. @param begun the key that begins with it @returns those that are over */
  receive(begun: string | undefined, timestamp: number, payload: Buffer, nowMs: number): Press[] {
    const over = begun === undefined ? [] : this.end()
    if (begun !== undefined) {
      this.#digit = begun
      this.#began = timestamp
    }
    const event = decodeTelephoneEvent(payload)
    if (this.#digit === undefined || event === undefined) return over
    this.#heardMs = nowMs
    // A long one goes on under a later timestamp.
    this.#durationMs = Math.max(this.#durationMs, (((timestamp - this.#began) | 0) + event.duration) / UNITS_PER_MS)
    return event.end ? [...over, ...this.end()] : over
  }

  /** Something else came, or some time went by. @returns the press whose last packets are lost */
  settle(nowMs: number): Press[] {
    return this.#digit !== undefined && nowMs - this.#heardMs >= LOST_MS ? this.end() : []
  }

  /** @returns the press there was */
  end(): Press[] {
    const [digit, durationMs] = [this.#digit, Math.round(this.#durationMs)]
    this.#digit = undefined
    this.#durationMs = 0
    return digit === undefined ? [] : [{ digit, durationMs }]
  }
}
