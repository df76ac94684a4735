import { NormalEquations } from './least-squares.ts'
import { CONDITIONING_LENGTH, type QamModulation } from './qam-modulation.ts'
import type { TrainingFound } from './training-search.ts'

/** Two for each element: eight elements before a moment and eight behind it. */
export const REACH = 16
export const TAPS = 2 * REACH + 1
/** Where nothing was heard there is that much noise. */
const LOADING = 1e-4
/** How fast it follows the line. */
const STEP = 0.01

/** What an equalizer makes of the signal at a moment. */
export interface Equalized {
  real: number
  imaginary: number
}

/** Undoes what the line does to the elements: an adaptive filter, two taps an element, so that it does not matter when exactly they are sampled. */
export class Equalizer {
  readonly #real: Float64Array
  readonly #imaginary: Float64Array

  private constructor({ real, imaginary }: { readonly real: Float64Array; readonly imaginary: Float64Array }) {
    this.#real = real
    this.#imaginary = imaginary
  }

  /** The taps that come nearest to the pattern everybody knows (least squares). @param scale what its points are multiplied by */
  static train(heard: TrainingFound, { conditioning, conditioningPoints }: QamModulation, scale: number): Equalizer {
    const equations = new NormalEquations(TAPS)
    for (let element = 0; element < CONDITIONING_LENGTH; element++) {
      const back = CONDITIONING_LENGTH - 1 - element
      const from = heard.last - 2 * back - REACH
      if (from < 0 || heard.isMissing.subarray(from, from + TAPS).includes(1)) continue
      const { real, imaginary } = conditioningPoints[conditioning[element] === 1 ? 0 : 1]
      const [cosine, sine] = [Math.cos(heard.drift * back) * scale, -Math.sin(heard.drift * back) * scale]
      equations.add(heard.real, heard.imaginary, from, real * cosine - imaginary * sine, real * sine + imaginary * cosine)
    }
    return new Equalizer(equations.solve(LOADING))
  }

  /** @param from the first of what the taps are laid on */
  apply(real: Float64Array, imaginary: Float64Array, from: number, target: Equalized): void {
    let [sumReal, sumImaginary] = [0, 0]
    for (let tap = 0; tap < TAPS; tap++) {
      const [tapReal, tapImaginary] = [this.#real[tap] ?? 0, this.#imaginary[tap] ?? 0]
      const [heardReal, heardImaginary] = [real[from + tap] ?? 0, imaginary[from + tap] ?? 0]
      sumReal += tapReal * heardReal - tapImaginary * heardImaginary
      sumImaginary += tapReal * heardImaginary + tapImaginary * heardReal
    }
    target.real = sumReal
    target.imaginary = sumImaginary
  }

  /** What it made of it should have been so much more. @param power of all that the taps are laid on */
  adapt(real: Float64Array, imaginary: Float64Array, from: number, errorReal: number, errorImaginary: number, power: number): void {
    const [stepReal, stepImaginary] = [(errorReal * STEP) / power, (errorImaginary * STEP) / power]
    for (let tap = 0; tap < TAPS; tap++) {
      const [heardReal, heardImaginary] = [real[from + tap] ?? 0, imaginary[from + tap] ?? 0]
      this.#real[tap] = (this.#real[tap] ?? 0) + stepReal * heardReal + stepImaginary * heardImaginary
      this.#imaginary[tap] = (this.#imaginary[tap] ?? 0) + stepImaginary * heardReal - stepReal * heardImaginary
    }
  }
}
