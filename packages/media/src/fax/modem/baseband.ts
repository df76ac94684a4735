import { SAMPLE_RATE_HZ } from './line-level.ts'
import { pulseAt } from './pulse-shape.ts'

/** How many elements before and behind a moment a sample of it is made of. */
const REACH = 4
/** Between two samples of the line so many places are told apart. */
const PLACES = 64
const RING = 512
/** Carriers of 1700 and 1800 Hz: both come again after so many samples. */
const CYCLE = 80
const HALF = 0.5
/** Clocks differ by far less from one element to the next: what asks for more follows no signal. */
const MOST_SHIFT = 0.05

/** Takes each sample of the signal at baseband, two for each element. */
export interface BasebandListener {
  /** @param isMissing something of it never came */
  take(real: number, imaginary: number, isMissing: boolean): void
}

/** From the samples of the line to two for each element at baseband, through the filter that matches that of the sender. */
export class Baseband {
  readonly #cosine: Float64Array
  readonly #sine: Float64Array
  readonly #pulses: readonly Float64Array[]
  readonly #reach: number
  readonly #step: number
  readonly #real = new Float64Array(RING)
  readonly #imaginary = new Float64Array(RING)
  #heard = 0
  /** The samples from there to there never came. */
  #missing = { from: -RING, to: -RING }
  #next: number

  constructor({ carrierHz, rollOff, symbolRate }: { readonly carrierHz: number; readonly rollOff: number; readonly symbolRate: number }) {
    const angles = Float64Array.from({ length: CYCLE }, (_unused, index) => (2 * Math.PI * carrierHz * index) / SAMPLE_RATE_HZ)
    this.#cosine = angles.map(Math.cos)
    this.#sine = angles.map((angle) => -Math.sin(angle))
    const samplesPerSymbol = SAMPLE_RATE_HZ / symbolRate
    this.#step = samplesPerSymbol * HALF
    this.#reach = Math.ceil(REACH * samplesPerSymbol)
    this.#next = this.#reach
    const gain = 2 / samplesPerSymbol
    this.#pulses = Array.from({ length: PLACES }, (_unused, place) =>
      Float64Array.from({ length: 2 * this.#reach }, (_each, index) => gain * pulseAt(rollOff, (index - this.#reach + 1 - place / PLACES) / samplesPerSymbol)),
    )
  }

  /** @param isMissing they stand for as many that never came */
  hear(samples: Int16Array, isMissing: boolean, listener: BasebandListener): void {
    if (isMissing) this.#missing = { from: this.#missing.to === this.#heard ? this.#missing.from : this.#heard, to: this.#heard + samples.length }
    for (const sample of samples) {
      const [cycle, place] = [this.#heard % CYCLE, this.#heard % RING]
      this.#real[place] = sample * (this.#cosine[cycle] ?? 0)
      this.#imaginary[place] = sample * (this.#sine[cycle] ?? 0)
      this.#heard++
      if (this.#next + this.#reach < this.#heard) this.#make(listener)
    }
  }

  /** The next samples are taken so much later, in elements. */
  shift(elements: number): void {
    if (Math.abs(elements) <= MOST_SHIFT) this.#next += elements * this.#step * 2
  }

  #make(listener: BasebandListener): void {
    const moment = this.#next
    this.#next += this.#step
    const whole = Math.floor(moment)
    const pulse = this.#pulses[Math.floor((moment - whole) * PLACES)]
    if (pulse === undefined) return
    const first = whole - this.#reach + 1
    let [sumReal, sumImaginary] = [0, 0]
    for (let index = 0; index < pulse.length; index++) {
      const place = (first + index) & (RING - 1)
      const share = pulse[index] ?? 0
      sumReal += (this.#real[place] ?? 0) * share
      sumImaginary += (this.#imaginary[place] ?? 0) * share
    }
    const { from, to } = this.#missing
    listener.take(sumReal, sumImaginary, first < to && first + pulse.length > from)
  }
}
