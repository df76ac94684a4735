/*
 * Self-synchronizing scramblers: what is sent depends on the bits sent before alone, so whoever hears enough of them can take it off again.
 */

export interface Scrambler {
  /** The bit that goes out for one that comes in. */
  scramble(bit: number): number
  /** The same the other way round. */
  unscramble(bit: number): number
}

/** 1 + x^-18 + x^-23 (ITU-T V.29 section 7). */
export class V29Scrambler implements Scrambler {
  #sent = 0

  scramble(bit: number): number {
    const out = bit ^ this.#mask()
    this.#shift(out)
    return out
  }

  unscramble(bit: number): number {
    const out = bit ^ this.#mask()
    this.#shift(bit)
    return out
  }

  #mask(): number {
    return ((this.#sent >> 17) ^ (this.#sent >> 22)) & 1
  }

  #shift(bit: number): void {
    this.#sent = ((this.#sent << 1) | bit) & 0x7f_ff_ff
  }
}

/** So many bits that repeat what was 8, 9 or 12 bits before, and the next one is turned over (V.27 ter section 4 and its annex A). */
const MOST_REPEATED = 33

/** 1 + x^-6 + x^-7, guarded against patterns that repeat. */
export class V27terScrambler implements Scrambler {
  #sent: number
  #repeated = 0

  /** @param sent the bits before the first, the last of them lowest */
  constructor(sent = 0) {
    this.#sent = sent
  }

  scramble(bit: number): number {
    const out = bit ^ this.#mask()
    this.#shift(out)
    return out
  }

  unscramble(bit: number): number {
    const out = bit ^ this.#mask()
    this.#shift(bit)
    return out
  }

  #mask(): number {
    const isTurned = this.#repeated >= MOST_REPEATED ? 1 : 0
    return (((this.#sent >> 5) ^ (this.#sent >> 6)) & 1) ^ isTurned
  }

  #shift(bit: number): void {
    const isNew = (before: number): boolean => ((this.#sent >> (before - 1)) & 1) !== bit
    const isRepeated = this.#repeated < MOST_REPEATED && !(isNew(8) && isNew(9) && isNew(12))
    this.#repeated = isRepeated ? this.#repeated + 1 : 0
    this.#sent = ((this.#sent << 1) | bit) & 0x0f_ff
  }
}
