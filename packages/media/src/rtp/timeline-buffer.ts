import { G711_SAMPLES, type G711Encoding } from '../codecs/g711.ts'

/** A little more than a second at 8000 Hz; a power of two, so that positions find their place by their last bits. */
const RING_SAMPLES = 8_192
const RING_MASK = RING_SAMPLES - 1
/** A packet may claim to be that far ahead of the time it came at, as clocks differ: 100 ms. */
const LONGEST_LEAD = 800
/** Packets older than this are no late ones: the sender's clock was set back. One second. */
const SET_BACK = -8_000
const NONE = -1

/**
 * The samples of one G.711 sender on the timeline of who records it: in their order by timestamp, in their place by when the first one came,
 * silence where nothing came. Unlike the JitterBuffer nobody listens, so it may be read late, and what is late until then is still put in its place.
 * What cannot be in its place, after a change of the sender or its clock, begins where it came. Bounded, and allocates nothing.
 */
export class TimelineBuffer {
  /** Position of the sample that is read next. */
  position = 0
  readonly #ring = new Int16Array(RING_SAMPLES)
  #ssrc = NONE
  /** Of the packet with the newest timestamp. */
  #newestTimestamp = 0
  #newestPosition = 0

  /**
   * The payload of a packet, from `from` to the end of `bytes`.
   * @param now the position of the present moment
   */
  receive(ssrc: number, timestamp: number, encoding: G711Encoding, bytes: Uint8Array, from: number, now: number): void {
    const length = bytes.length - from
    if (length <= 0) return
    const step = (timestamp - this.#newestTimestamp) | 0
    let place = this.#newestPosition + step
    const isNew = ssrc !== this.#ssrc || step < SET_BACK
    if (isNew || place > now + LONGEST_LEAD || (step > 0 && place + length <= this.position)) place = Math.max(this.position, now - length)
    if (isNew || step > 0) {
      this.#ssrc = ssrc
      this.#newestTimestamp = timestamp
      this.#newestPosition = place
    }
    this.#write(place, G711_SAMPLES[encoding], bytes, from)
  }

  /** The next samples, silence where there are none. */
  read(target: Int16Array): void {
    for (let index = 0; index < target.length; index++) {
      const place = (this.position + index) & RING_MASK
      target[index] = this.#ring[place] ?? 0
      this.#ring[place] = 0
    }
    this.position += target.length
  }

  #write(start: number, samples: Int16Array, bytes: Uint8Array, from: number): void {
    const last = this.position + RING_SAMPLES
    let place = start
    for (let index = from; index < bytes.length; index++, place++) {
      if (place >= this.position && place < last) this.#ring[place & RING_MASK] = samples[bytes[index] ?? 0] ?? 0
    }
  }
}
