import { reverseBits } from './t30-frame.ts'

/** A block has at most that many frames (ITU-T T.30 annex A 3.2), each of 256 octets or 64. */
const MAX_FRAMES = 256
const MAX_FRAME_OCTETS = 256

/** The frames of a block of a page in error correction mode (ITU-T T.30 annex A), as far as they came. */
export class CorrectionBlock {
  readonly #frames = new Map<number, Uint8Array>()
  #count = 0

  /** The information field of an FCD: its number and its octets. A frame may come again. */
  take(information: Uint8Array): void {
    const [number] = information
    if (number === undefined || information.length > MAX_FRAME_OCTETS + 1) return
    this.#frames.set(reverseBits(number), information.slice(1))
  }

  get isEmpty(): boolean {
    return this.#frames.size === 0
  }

  /**
   * @param count how many frames were sent before this end of the block: when some are sent again it is those alone, and the block has as many as before
   * @returns the field of the PPR: a bit for each frame that is to be sent again; undefined: all are there
   */
  missing(count: number): Uint8Array | undefined {
    const wanted = new Uint8Array(MAX_FRAMES / 8)
    let isMissing = false
    this.#count = Math.min(Math.max(this.#count, count), MAX_FRAMES)
    for (let frame = 0; frame < this.#count; frame++) {
      if (this.#frames.has(frame)) continue
      wanted[frame >> 3] = (wanted[frame >> 3] ?? 0) | (0x80 >> (frame & 7))
      isMissing = true
    }
    return isMissing ? wanted : undefined
  }

  /** Their octets in order; undefined stands for one frame or more that never came. */
  *pieces(): Iterable<Uint8Array | undefined> {
    let next = 0
    for (const [number, octets] of [...this.#frames].toSorted(([one], [other]) => one - other)) {
      if (number !== next) yield undefined
      yield octets
      next = number + 1
    }
  }
}
