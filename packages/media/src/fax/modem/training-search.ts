import { CONDITIONING_LENGTH, CONDITIONING_PERIOD, type QamModulation } from './qam-modulation.ts'

/** The pattern is looked for in so many pieces, each without regard to its phase: the carrier may be some hertz beside where it should be. */
const PIECES = 8
const PIECE = CONDITIONING_LENGTH / PIECES
/** What is there is like the pattern: 1 is the pattern itself, noise comes to 0.16. */
const LEAST_LIKENESS = 0.45
/** The pattern repeats itself: where it is found for the last time, almost as well as ever, is its end. */
const ALMOST = 0.8
/** In halves of an element: how near two findings are one, and how long none may follow the last one. */
const [NEAR, LAST_AFTER] = [16, 2 * (CONDITIONING_PERIOD + 8)]
/** What was heard is kept for as long as that takes, and some elements more for the reach of the equalizer. */
const KEPT = 2 * (CONDITIONING_LENGTH + CONDITIONING_PERIOD + 64)

/** Where the pattern ended, and what was heard until now. */
export interface TrainingFound {
  readonly real: Float64Array
  readonly imaginary: Float64Array
  readonly isMissing: Uint8Array
  /** Of its last element. */
  readonly last: number
  /** How far the phase of the carrier goes from one element to the next, in radians. */
  readonly drift: number
}

/** Listens for the end of the pattern by which equalizers are trained. */
export class TrainingSearch {
  readonly #pattern: Int8Array
  readonly #leastPower: number
  readonly #real = new Float64Array(KEPT * 2)
  readonly #imaginary = new Float64Array(KEPT * 2)
  readonly #isMissing = new Uint8Array(KEPT * 2)
  #count = 0
  #power = 0
  #best = 0
  #found = { at: -1, likeness: 0 }

  constructor({ conditioning }: QamModulation, leastPower: number) {
    this.#pattern = conditioning
    this.#leastPower = leastPower
  }

  /** Two a symbol. @returns something as soon as the pattern is certainly over */
  take(real: number, imaginary: number, isMissing: boolean): TrainingFound | undefined {
    if (this.#count === this.#real.length) this.#forget()
    const at = this.#count++
    this.#real[at] = real
    this.#imaginary[at] = imaginary
    this.#isMissing[at] = isMissing ? 1 : 0
    this.#power += real ** 2 + imaginary ** 2 - this.#powerAt(at - 2 * CONDITIONING_LENGTH)
    if (this.#power > this.#leastPower * 2 * CONDITIONING_LENGTH && at >= 2 * CONDITIONING_LENGTH) this.#compare(at)
    return this.#found.at !== -1 && at - this.#found.at >= LAST_AFTER ? this.#tell() : undefined
  }

  #powerAt(at: number): number {
    return at < 0 ? 0 : (this.#real[at] ?? 0) ** 2 + (this.#imaginary[at] ?? 0) ** 2
  }

  #compare(at: number): void {
    const likeness = this.#likenessAt(at)
    if (likeness < LEAST_LIKENESS || likeness < this.#best * ALMOST) return
    this.#best = Math.max(this.#best, likeness)
    if (at - this.#found.at > NEAR || likeness > this.#found.likeness) this.#found = { at, likeness }
  }

  #likenessAt(at: number): number {
    const first = at - 2 * (CONDITIONING_LENGTH - 1)
    let sum = 0
    for (let piece = 0; piece < PIECES; piece++) {
      const [real, imaginary] = this.#pieceAt(first, piece)
      sum += Math.sqrt(real ** 2 + imaginary ** 2)
    }
    return sum / Math.sqrt((CONDITIONING_LENGTH * this.#power) / 2)
  }

  #pieceAt(first: number, piece: number): readonly [real: number, imaginary: number] {
    let [sumReal, sumImaginary] = [0, 0]
    for (let index = piece * PIECE; index < (piece + 1) * PIECE; index++) {
      const sign = this.#pattern[index] ?? 0
      sumReal += sign * (this.#real[first + 2 * index] ?? 0)
      sumImaginary += sign * (this.#imaginary[first + 2 * index] ?? 0)
    }
    return [sumReal, sumImaginary]
  }

  /** The pieces' phases, one after the other: how fast the carrier turns. */
  #tell(): TrainingFound {
    const first = this.#found.at - 2 * (CONDITIONING_LENGTH - 1)
    let [turnReal, turnImaginary] = [0, 0]
    let [beforeReal, beforeImaginary] = this.#pieceAt(first, 0)
    for (let piece = 1; piece < PIECES; piece++) {
      const [real, imaginary] = this.#pieceAt(first, piece)
      turnReal += real * beforeReal + imaginary * beforeImaginary
      turnImaginary += imaginary * beforeReal - real * beforeImaginary
      ;[beforeReal, beforeImaginary] = [real, imaginary]
    }
    return {
      real: this.#real.subarray(0, this.#count),
      imaginary: this.#imaginary.subarray(0, this.#count),
      isMissing: this.#isMissing.subarray(0, this.#count),
      last: this.#found.at,
      drift: Math.atan2(turnImaginary, turnReal) / PIECE,
    }
  }

  #forget(): void {
    const from = this.#count - KEPT
    for (const kept of [this.#real, this.#imaginary, this.#isMissing]) kept.copyWithin(0, from, this.#count)
    this.#count = KEPT
    if (this.#found.at !== -1) this.#found.at -= from
  }
}
