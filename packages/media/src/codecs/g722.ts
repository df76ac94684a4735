import { G722Band } from './g722-band.ts'

/*
 * ITU-T G.722 at 64 kbit/s as far as a telephone band goes: the lower sub-band is the sound up to 4 kHz at 8000 Hz, so what our end says and hears needs no
 * filters between 8 and 16 kHz. What the upper band of a phone holds is left out; ours is at rest.
 */

/** The upper band at its smallest step (code 3 of clause 3.3): below what can be heard. */
const UPPER_BAND_AT_REST = 0xc0
const LOWER_BAND = 0x3f

/** From payloads to samples at 8000 Hz, one for one: packets of a stream in their order. */
export class G722Decoder {
  readonly #band = new G722Band()

  /** Decodes `payload` from `from` on to the beginning of `target`. @returns how many samples there are */
  decode(payload: Uint8Array, from: number, target: Int16Array): number {
    const count = Math.min(payload.length - from, target.length)
    for (let index = 0; index < count; index++) target[index] = this.#band.decode((payload[from + index] ?? 0) & LOWER_BAND) * 2
    return count
  }
}

/** From samples at 8000 Hz to payloads. */
export class G722Encoder {
  readonly #band = new G722Band()

  /** Encodes samples into `target` from `offset` on; the target has to have room for them. */
  encode(samples: Int16Array, target: Uint8Array, offset = 0): void {
    for (let index = 0; index < samples.length; index++) target[offset + index] = UPPER_BAND_AT_REST | this.#band.encode((samples[index] ?? 0) >> 1)
  }
}
