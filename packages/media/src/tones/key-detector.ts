import { G711_SAMPLES, type G711Encoding } from '../codecs/g711.ts'
import { HIGH_HZ, keyOfFrequencies, LOW_HZ } from './key-tones.ts'
import { PEAK_AT_0_DBM0, TONE_SAMPLE_RATE_HZ } from './tone-generator.ts'

/** 12.75 ms: of a key of 40 ms, the shortest that has to be understood, two whole ones at least (ITU-T Q.24 table A-1). */
const BLOCK_SAMPLES = 102
const BLOCKS_OF_A_KEY = 2
/** Either frequency is at least so loud; Q.24 table A-1 wants -25 dBm and more understood. */
const LEAST_ENERGY = energyAt(-32)
/** The high one may be 4 dB louder than the low one, and 8 dB softer, as the line takes more of it (Q.24 annex A). */
const MOST_HIGH_OVER_LOW = 10 ** 0.4
const MOST_LOW_OVER_HIGH = 10 ** 0.8
/** So far above the other frequencies of its group: 8 dB. */
const ABOVE_OTHERS = 10 ** 0.8
/** What of all that sounds is the two of them: speech has more beside. */
const LEAST_SHARE = 0.8

const COEFFICIENTS = Float64Array.from([...LOW_HZ, ...HIGH_HZ], (frequency) => 2 * Math.cos((2 * Math.PI * frequency) / TONE_SAMPLE_RATE_HZ))
const FREQUENCIES = COEFFICIENTS.length

/** Hears keys by their two tones in the voice (ITU-T Q.23, Q.24), by the Goertzel algorithm; each key once, however long it is pressed. */
export class KeyDetector {
  readonly #last = new Float64Array(FREQUENCIES)
  readonly #beforeLast = new Float64Array(FREQUENCIES)
  #samples = 0
  #energy = 0
  /** What the last block was, how often, and the key that sounds and was told. */
  #candidate: string | undefined
  #blocks = 0
  #sounding: string | undefined

  /** The octets of a packet behind `from`, in G.711. @returns the key that is understood with them; two in one packet there cannot be */
  hear(encoding: G711Encoding, bytes: Uint8Array, from: number): string | undefined {
    const decoded = G711_SAMPLES[encoding]
    let heard: string | undefined
    for (let index = from; index < bytes.length; index++) {
      this.#add(decoded[bytes[index] ?? 0] ?? 0)
      if (this.#samples === BLOCK_SAMPLES) heard = this.#judge() ?? heard
    }
    return heard
  }

  #add(sample: number): void {
    this.#energy += sample * sample
    this.#samples++
    for (let index = 0; index < FREQUENCIES; index++) {
      const next = sample + (COEFFICIENTS[index] ?? 0) * (this.#last[index] ?? 0) - (this.#beforeLast[index] ?? 0)
      this.#beforeLast[index] = this.#last[index] ?? 0
      this.#last[index] = next
    }
  }

  /** A block is over. */
  #judge(): string | undefined {
    const key = this.#keyOfBlock()
    this.#samples = 0
    this.#energy = 0
    this.#last.fill(0)
    this.#beforeLast.fill(0)
    this.#blocks = key === this.#candidate ? this.#blocks + 1 : 1
    this.#candidate = key
    if (this.#blocks !== BLOCKS_OF_A_KEY || key === this.#sounding) return undefined
    // Neither a single block of something else nor a single silent one ends a key.
    this.#sounding = key
    return key
  }

  #keyOfBlock(): string | undefined {
    const powers = Array.from({ length: FREQUENCIES }, (_unused, index) => this.#power(index))
    const [low, high] = [loudest(powers, 0, LOW_HZ.length), loudest(powers, LOW_HZ.length, FREQUENCIES)]
    const [lowPower, highPower] = [powers[low] ?? 0, powers[high] ?? 0]
    if (lowPower < LEAST_ENERGY || highPower < LEAST_ENERGY) return undefined
    if (highPower > lowPower * MOST_HIGH_OVER_LOW || lowPower > highPower * MOST_LOW_OVER_HIGH) return undefined
    if (lowPower + highPower < LEAST_SHARE * this.#energy) return undefined
    const isAlone = powers.every((power, index) => index === low || index === high || power * ABOVE_OTHERS < (index < LOW_HZ.length ? lowPower : highPower))
    return isAlone ? keyOfFrequencies(low, high - LOW_HZ.length) : undefined
  }

  /** The part of the block's energy that lies at a frequency. */
  #power(index: number): number {
    const [last, beforeLast] = [this.#last[index] ?? 0, this.#beforeLast[index] ?? 0]
    return ((last * last + beforeLast * beforeLast - (COEFFICIENTS[index] ?? 0) * last * beforeLast) * 2) / BLOCK_SAMPLES
  }
}

function loudest(powers: readonly number[], from: number, to: number): number {
  let best = from
  for (let index = from; index < to; index++) if ((powers[index] ?? 0) > (powers[best] ?? 0)) best = index
  return best
}

function energyAt(levelDbm0: number): number {
  return (PEAK_AT_0_DBM0 ** 2 / 2) * 10 ** (levelDbm0 / 10) * BLOCK_SAMPLES
}
