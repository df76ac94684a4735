import { buildT30Command, buildT30Frame, FCF, reverseBits } from './t30-frame.ts'

/** A block has at most that many frames, each of so many octets (ITU-T T.30 annex A 3.2). */
const [MAX_FRAMES, FRAME_OCTETS] = [256, 256]
/** At the end of a block (annex A 3.5): three, so that one is heard. */
const ENDS_OF_BLOCK = 3
/** Set where a terminal has heard a DIS. */
const X_BIT = 0x80

/** A page on its way in error correction mode (ITU-T T.30 annex A): its blocks, and the frames of the present one that are still to be sent. */
export class SentBlock {
  readonly #octets: Uint8Array
  readonly #page: number
  #block = 0
  #wanted: readonly number[]

  /** @param page counted from 0 */
  constructor(octets: Uint8Array, page: number) {
    this.#octets = octets
    this.#page = page
    this.#wanted = this.#allFrames()
  }

  /** The whole block is there. @returns false when it was the last one */
  next(): boolean {
    if (this.#isLast) return false
    this.#block++
    this.#wanted = this.#allFrames()
    return true
  }

  /** The field of a PPR: a bit for each frame that is to be sent again. */
  keepMissing(missing: Uint8Array): void {
    const all = this.#allFrames()
    const wanted = all.filter((frame) => ((missing[frame >> 3] ?? 0) & (0x80 >> (frame & 7))) !== 0)
    this.#wanted = wanted.length > 0 ? wanted : all
  }

  frames(): readonly Uint8Array[] {
    const end = buildT30Frame(FCF.RCP, [], false)
    return [...this.#wanted.map((frame) => this.#frame(frame)), ...Array.from({ length: ENDS_OF_BLOCK }, () => end)]
  }

  /** @param fcf what follows the page; within one, nothing does */
  endOfBlock(fcf: number): Uint8Array {
    const follows = this.#isLast ? fcf | X_BIT : 0
    const counters = [this.#page % MAX_FRAMES, this.#block % MAX_FRAMES, this.#wanted.length - 1].map(reverseBits)
    return buildT30Command(FCF.PPS, [follows, ...counters])
  }

  get #isLast(): boolean {
    return (this.#block + 1) * MAX_FRAMES * FRAME_OCTETS >= this.#octets.length
  }

  #allFrames(): readonly number[] {
    const left = this.#octets.length - this.#block * MAX_FRAMES * FRAME_OCTETS
    return Array.from({ length: Math.min(MAX_FRAMES, Math.ceil(left / FRAME_OCTETS)) }, (_, frame) => frame)
  }

  /** Padded with zeros: every frame of a block is as long as the others (annex A 3.3.2). */
  #frame(frame: number): Uint8Array {
    const from = (this.#block * MAX_FRAMES + frame) * FRAME_OCTETS
    const octets = new Uint8Array(FRAME_OCTETS)
    octets.set(this.#octets.subarray(from, from + FRAME_OCTETS))
    return buildT30Frame(FCF.FCD, [reverseBits(frame), ...octets], false)
  }
}
