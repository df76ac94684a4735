/*
 * The lower sub-band of ITU-T G.722 (clause 3.5, 4.3, 6.2): an adaptive differential code of 6 bits for each sample at 8000 Hz. The names of the blocks are
 * those of the recommendation; numbers are 16 bits wide, products of two of them are shifted back.
 */

/** Quantizer decision levels, table 14 (Q6). */
const DECISIONS = [
  35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
]
/** Output of the inverse quantizers by code, of 6 bits for what is heard and of 4 for what is predicted by (QM6, QM4). */
const HALF_OF_6_BITS = [
  24_808, 21_904, 19_008, 16_704, 14_984, 13_512, 12_280, 11_192, 10_232, 9_360, 8_576, 7_856, 7_192, 6_576, 6_000, 5_456, 4_944, 4_464, 4_008, 3_576, 3_168,
  2_776, 2_400, 2_032, 1_688, 1_360, 1_040, 728,
]
const OUTPUT_OF_6_BITS = Int16Array.from([...[-136, -136, -136, -136], ...HALF_OF_6_BITS.map((level) => -level), ...HALF_OF_6_BITS, ...[432, 136, -432, -136]])
const HALF_OF_4_BITS = [20_456, 12_896, 8_968, 6_288, 4_240, 2_584, 1_200]
const OUTPUT_OF_4_BITS = Int16Array.from([0, ...HALF_OF_4_BITS.map((level) => -level), ...HALF_OF_4_BITS, 0])
/** How the logarithm of the scale moves with a code of 4 bits (WL of RL42). */
const SCALE_STEPS = Int16Array.from([-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60])
/** Antilogarithm (ILB): 2048 times the powers of 2 to the 32nd parts. */
const POWERS = Int16Array.from({ length: 32 }, (_unused, index) => Math.round(2_048 * 2 ** (index / 32)))
const MOST_SCALE = 18_432
const FIRST_SCALE = 32
const ZEROS = 6
const CODES_A_SIDE = 30

/** State of one direction. */
export class G722Band {
  /** What is expected of the next sample. */
  #prediction = 0
  #fromZeros = 0
  #logScale = 0
  #scale = FIRST_SCALE
  /** The last differences, the newest first, and the weights of the zero section. */
  readonly #differences = new Int32Array(ZEROS + 1)
  readonly #zeroWeights = new Int32Array(ZEROS)
  #lastSum = 0
  #sumBefore = 0
  #lastHeard = 0
  #heardBefore = 0
  #poleWeight = 0
  #secondPoleWeight = 0

  /** The sample of a code of 6 bits, 15 bits wide. */
  decode(code: number): number {
    const heard = this.#prediction + ((this.#scale * (OUTPUT_OF_6_BITS[code] ?? 0)) >> 15)
    this.#adapt(code >> 2)
    return heard < -16_384 ? -16_384 : heard > 16_383 ? 16_383 : heard
  }

  /** The code of a sample 15 bits wide. */
  encode(sample: number): number {
    const difference = saturate(sample - this.#prediction)
    const magnitude = difference >= 0 ? difference : -(difference + 1)
    let step = 0
    while (step < CODES_A_SIDE - 1 && magnitude >= ((DECISIONS[step] ?? 0) * this.#scale) >> 12) step++
    // Table 15: the two smallest have codes of their own.
    const code = difference >= 0 ? 61 - step : step < 2 ? 63 - step : 33 - step
    this.#adapt(code >> 2)
    return code
  }

  /** Predictor and scale follow what both ends know: the code without its last two bits. */
  #adapt(code: number): void {
    const difference = (this.#scale * (OUTPUT_OF_4_BITS[code] ?? 0)) >> 15
    const logScale = ((this.#logScale * 127) >> 7) + (SCALE_STEPS[code] ?? 0)
    this.#logScale = Math.min(MOST_SCALE, Math.max(0, logScale))
    const shift = 8 - (this.#logScale >> 11)
    const power = POWERS[(this.#logScale >> 6) & 31] ?? 0
    this.#scale = (shift < 0 ? power << -shift : power >> shift) << 2
    this.#follow(difference)
  }

  /** Block 4: sign-sign gradients of two poles and six zeros (clause 6.2.1.3, RECONS to PREDIC). */
  #follow(difference: number): void {
    const heard = saturate(this.#prediction + difference)
    const sum = saturate(this.#fromZeros + difference)
    const isSame = sum < 0 === this.#lastSum < 0
    const pull = saturate(this.#poleWeight << 2)
    const turned = Math.min(32_767, isSame ? -pull : pull)
    const second = (sum < 0 === this.#sumBefore < 0 ? 128 : -128) + (turned >> 7) + ((this.#secondPoleWeight * 32_512) >> 15)
    this.#secondPoleWeight = clamp(second, 12_288)
    const first = saturate((isSame ? 192 : -192) + ((this.#poleWeight * 32_640) >> 15))
    this.#poleWeight = clamp(first, saturate(15_360 - this.#secondPoleWeight))
    this.#moveZeros(difference)
    this.#sumBefore = this.#lastSum
    this.#lastSum = sum
    this.#heardBefore = this.#lastHeard
    this.#lastHeard = heard
    const fromPoles = saturate(((this.#poleWeight * saturate(2 * this.#lastHeard)) >> 15) + ((this.#secondPoleWeight * saturate(2 * this.#heardBefore)) >> 15))
    this.#prediction = saturate(fromPoles + this.#fromZeros)
  }

  #moveZeros(difference: number): void {
    const [past, weights] = [this.#differences, this.#zeroWeights]
    past.copyWithin(1, 0)
    past[0] = difference
    const step = difference === 0 ? 0 : 128
    let sum = 0
    for (let index = ZEROS - 1; index >= 0; index--) {
      const isSame = (past[index + 1] ?? 0) < 0 === difference < 0
      const weight = saturate((isSame ? step : -step) + (((weights[index] ?? 0) * 32_640) >> 15))
      weights[index] = weight
      // The weights of the next sample meet the differences as they will be then.
      sum = saturate(sum + ((weight * saturate(2 * (past[index] ?? 0))) >> 15))
    }
    this.#fromZeros = sum
  }
}

function saturate(value: number): number {
  return value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value
}

function clamp(value: number, limit: number): number {
  return value > limit ? limit : value < -limit ? -limit : value
}
