import type { LineBits } from './line-bits.ts'
import { OWN_LEVEL_DBM0, powerAt, SAMPLE_RATE_HZ } from './line-level.ts'
import type { Carrier } from './carrier.ts'

/** The second channel of V.21, which fax machines speak both ways (ITU-T V.21 section 3, T.30 section 5.1). */
export const V21_ONE_HZ = 1_650
export const V21_ZERO_HZ = 1_850
export const V21_BIT_RATE = 300

/** Bits as the two tones of V.21, without a break in their phase. */
export class V21Transmitter implements Carrier {
  readonly #bits: LineBits
  readonly #amplitude = Math.sqrt(2 * powerAt(OWN_LEVEL_DBM0))
  #phase = 0
  /** In bits. */
  #position = 0

  constructor(bits: LineBits) {
    this.#bits = bits
  }

  get samples(): number {
    return Math.ceil((this.#bits.length * SAMPLE_RATE_HZ) / V21_BIT_RATE)
  }

  fill(target: Int16Array): void {
    for (let index = 0; index < target.length; index++) {
      const frequency = this.#bits.at(Math.floor(this.#position)) === 1 ? V21_ONE_HZ : V21_ZERO_HZ
      target[index] = this.#position < this.#bits.length ? Math.round(Math.sin(this.#phase) * this.#amplitude) : 0
      this.#phase = (this.#phase + (2 * Math.PI * frequency) / SAMPLE_RATE_HZ) % (2 * Math.PI)
      this.#position += V21_BIT_RATE / SAMPLE_RATE_HZ
    }
  }
}
