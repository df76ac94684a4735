import { G711_SAMPLES, type G711Encoding } from '../codecs/g711.ts'

/** A quarter of a second at 8000 Hz; a power of two, so that timestamps find their place by their last bits. */
const RING_SAMPLES = 2_048
const RING_MASK = RING_SAMPLES - 1
/** What a first packet waits, so that the next one may be a little late: one frame. */
const FIRST_WAIT = 160
/** A packet begins at most that long before its turn: with a packet of 20 ms, 60 ms are buffered at most. */
const LONGEST_WAIT = 320
/** Packets older than this are no late ones: the sender's clock was set back. One second. */
const SET_BACK = -8_000

/**
 * The samples of one G.711 sender at 8000 Hz, put in their places by timestamp and read at the pace of whoever listens. What is missing is
 * silence, what is late is left out; a sender that was late as a whole, or whose clock is slower, is waited for a little longer from then
 * on, one that is faster loses what has become too old. Bounded: a quarter of a second of samples. Allocates nothing.
 */
export class JitterBuffer {
  readonly #ring = new Int16Array(RING_SAMPLES)
  #ssrc = -1
  /** Timestamp of the sample that is read next. */
  #next = 0
  /** Timestamp behind the newest sample. */
  #end = 0

  /** The payload of a packet, from `from` to the end of `bytes`. */
  receive(ssrc: number, timestamp: number, encoding: G711Encoding, bytes: Uint8Array, from: number): void {
    const length = bytes.length - from
    if (length <= 0 || length > RING_SAMPLES - LONGEST_WAIT) return
    if (ssrc !== this.#ssrc) this.#restart(ssrc, timestamp)
    const step = (timestamp - this.#end) | 0
    if (step < SET_BACK) this.#restart(ssrc, timestamp)
    const wait = (timestamp - this.#next) | 0
    if (wait < 0) {
      // Its turn is over. A new one comes out next: there is nothing else to play. One that others have overtaken is left out.
      if (step < 0) return
      this.#next = timestamp
    } else if (wait > LONGEST_WAIT) this.#skip(wait - LONGEST_WAIT)
    const [samples, ring] = [G711_SAMPLES[encoding], this.#ring]
    let place = timestamp & RING_MASK
    for (let index = from; index < bytes.length; index++) {
      ring[place] = samples[bytes[index] ?? 0] ?? 0
      place = (place + 1) & RING_MASK
    }
    const end = (timestamp + length) >>> 0
    if (((end - this.#end) | 0) > 0) this.#end = end
  }

  /** The next samples; false, and `target` as it was, when there are none. Time goes on in any case. */
  read(target: Int16Array): boolean {
    const start = this.#next
    this.#next = (start + target.length) >>> 0
    if (((this.#end - start) | 0) <= 0) return false
    const ring = this.#ring
    let place = start & RING_MASK
    for (let index = 0; index < target.length; index++) {
      target[index] = ring[place] ?? 0
      ring[place] = 0
      place = (place + 1) & RING_MASK
    }
    return true
  }

  #restart(ssrc: number, timestamp: number): void {
    this.#ring.fill(0)
    this.#ssrc = ssrc
    this.#next = (timestamp - FIRST_WAIT) >>> 0
    this.#end = timestamp
  }

  #skip(samples: number): void {
    const many = Math.min(samples, RING_SAMPLES)
    for (let index = 0; index < many; index++) this.#ring[(this.#next + index) & RING_MASK] = 0
    this.#next = (this.#next + samples) >>> 0
  }
}
