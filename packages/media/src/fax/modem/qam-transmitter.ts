import type { Carrier } from './carrier.ts'
import type { LineBits } from './line-bits.ts'
import { OWN_LEVEL_DBM0, powerAt, SAMPLE_RATE_HZ } from './line-level.ts'
import { pulseAt } from './pulse-shape.ts'
import type { Point, QamMapper, QamModulation } from './qam-modulation.ts'
import type { Scrambler } from './scrambler.ts'

/** An element is heard that many elements before and behind its time. */
const REACH = 6
/** Behind the data come ones for 10 ms, as the receiver has to hear the last of it. */
const LAST_ONES_SECONDS = 0.01
/** Samples fall on so many places within an element, whichever the modulation: 400 is what divides their rates and that of samples. */
const [PLACES, RATE_STEP] = [20, 400]
const NOWHERE: Point = { real: 0, imaginary: 0 }

/** How long a signal is before its data, and behind it. */
export function trainingMs({ training, scrambledOnes, symbolRate }: QamModulation): number {
  return ((training.length + scrambledOnes + REACH) * 1_000) / symbolRate
}

/** The training of a modulation, then bits. */
export class QamTransmitter implements Carrier {
  readonly samples: number
  readonly #modulation: QamModulation
  readonly #bits: LineBits
  readonly #symbols: number
  readonly #scrambler: Scrambler
  readonly #mapper: QamMapper
  readonly #gain: number
  readonly #pulses: readonly Float64Array[]
  /** The last of them is the newest. */
  readonly #points: Point[] = Array.from({ length: 2 * REACH + 1 }, () => NOWHERE)
  #symbol = 0
  #bit = 0
  #place = 0
  #sample = 0

  constructor(modulation: QamModulation, bits: LineBits) {
    const { bitsPerSymbol, points, rollOff, scrambledOnes, symbolRate, training } = modulation
    this.#modulation = modulation
    this.#bits = bits
    this.#symbols = training.length + scrambledOnes + Math.ceil(bits.length / bitsPerSymbol) + Math.ceil(symbolRate * LAST_ONES_SECONDS)
    this.samples = Math.ceil(((this.#symbols + 2 * REACH) * SAMPLE_RATE_HZ) / symbolRate)
    this.#scrambler = modulation.createScrambler()
    this.#mapper = modulation.createMapper()
    const power = points.reduce((sum, { real, imaginary }) => sum + real ** 2 + imaginary ** 2, 0) / points.length
    // A pulse has the energy of one element; half of the power of what is complex is in what is real.
    this.#gain = Math.sqrt((2 * powerAt(OWN_LEVEL_DBM0)) / power)
    this.#pulses = Array.from({ length: PLACES }, (_unused, place) =>
      Float64Array.from({ length: 2 * REACH + 1 }, (_each, index) => pulseAt(rollOff, REACH - index + place / PLACES)),
    )
  }

  fill(target: Int16Array): void {
    const { carrierHz, symbolRate } = this.#modulation
    const step = symbolRate / RATE_STEP
    for (let index = 0; index < target.length; index++) {
      target[index] = this.#sampleAt((2 * Math.PI * carrierHz * (this.#sample % SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ)
      this.#sample++
      this.#place += step
      if (this.#place < PLACES) continue
      this.#place -= PLACES
      this.#points.shift()
      this.#points.push(this.#nextPoint())
    }
  }

  #sampleAt(angle: number): number {
    const pulse = this.#pulses[this.#place]
    let [sumReal, sumImaginary] = [0, 0]
    for (const [index, { real, imaginary }] of this.#points.entries()) {
      const share = pulse?.[index] ?? 0
      sumReal += real * share
      sumImaginary += imaginary * share
    }
    return Math.round((sumReal * Math.cos(angle) - sumImaginary * Math.sin(angle)) * this.#gain)
  }

  #nextPoint(): Point {
    const symbol = this.#symbol++
    if (symbol >= this.#symbols) return NOWHERE
    const { bitsPerSymbol, scrambledOnes, training } = this.#modulation
    const trained = training[symbol]
    if (trained !== undefined) return trained
    const isData = symbol >= training.length + scrambledOnes
    let bits = 0
    for (let count = 0; count < bitsPerSymbol; count++) bits = (bits << 1) | this.#scrambler.scramble(isData ? this.#bits.at(this.#bit++) : 1)
    return this.#mapper.map(bits)
  }
}
