/** A tone of one or more frequencies, cadenced when both times are given. */
export interface Tone {
  readonly frequenciesHz: readonly number[]
  readonly onMs?: number
  readonly offMs?: number
  /** Power of each frequency; 0 dBm0 is the level of the digital milliwatt (ITU-T G.711 table 5). Default -13. */
  readonly levelDbm0?: number
}

export const TONE_SAMPLE_RATE_HZ = 8_000
const DEFAULT_LEVEL_DBM0 = -13
/** Peak of a sine of 0 dBm0: full load is +3.14 dBm0 (A-law) or +3.17 dBm0 (mu-law). */
export const PEAK_AT_0_DBM0 = 22_800
const MAX_FREQUENCIES = 8

/** Fills frames with a tone, one after the other without a click between them. */
export class ToneGenerator {
  readonly #steps: readonly number[]
  readonly #phases: Float64Array
  readonly #amplitude: number
  readonly #onSamples: number
  readonly #periodSamples: number
  #position = 0

  constructor(tone: Tone) {
    const frequencies = tone.frequenciesHz.filter((frequency) => frequency > 0 && frequency < TONE_SAMPLE_RATE_HZ / 2).slice(0, MAX_FREQUENCIES)
    const level = PEAK_AT_0_DBM0 * 10 ** ((tone.levelDbm0 ?? DEFAULT_LEVEL_DBM0) / 20)
    this.#steps = frequencies.map((frequency) => (2 * Math.PI * frequency) / TONE_SAMPLE_RATE_HZ)
    this.#phases = new Float64Array(frequencies.length)
    this.#amplitude = Math.min(level, 32_000 / Math.max(1, frequencies.length))
    this.#onSamples = ((tone.onMs ?? 0) * TONE_SAMPLE_RATE_HZ) / 1000
    this.#periodSamples = this.#onSamples > 0 && (tone.offMs ?? 0) > 0 ? this.#onSamples + ((tone.offMs ?? 0) * TONE_SAMPLE_RATE_HZ) / 1000 : 0
  }

  /** Writes the next samples of the tone into all of `target`. Allocates nothing. */
  fill(target: Int16Array): void {
    for (let index = 0; index < target.length; index++) {
      const sounds = this.#periodSamples === 0 || this.#position < this.#onSamples
      target[index] = sounds ? this.#next() : 0
      this.#position++
      if (this.#periodSamples > 0 && this.#position >= this.#periodSamples) this.#restart()
    }
  }

  #next(): number {
    let sum = 0
    for (let index = 0; index < this.#steps.length; index++) {
      const phase = this.#phases[index] ?? 0
      sum += Math.sin(phase)
      this.#phases[index] = (phase + (this.#steps[index] ?? 0)) % (2 * Math.PI)
    }
    return Math.round(sum * this.#amplitude)
  }

  #restart(): void {
    this.#position = 0
    this.#phases.fill(0)
  }
}
