import { type Equalized, Equalizer, REACH, TAPS } from './equalizer.ts'
import type { Point, QamModulation } from './qam-modulation.ts'
import type { TrainingFound } from './training-search.ts'

/** How fast the phase of the carrier follows what is heard, and its frequency. */
const [PHASE_GAIN, FREQUENCY_GAIN] = [0.1, 0.002]
/** The same of the clock, in elements; it is heard later by the reach of two filters. */
const [CLOCK_GAIN, CLOCK_RATE_GAIN] = [0.004, 0.000_012]
/** Of the power it was trained with: what is fainter is no signal to follow. */
const FAINT = 0.15
const KEPT = 4_096

/** Who takes the elements. */
export interface ElementListener {
  /** @param point its number in the modulation's points */
  element(point: number): void
}

/** Follows the line, once trained: which point each element is, while phase, frequency, clock and echoes wander. */
export class SymbolTracker {
  /** How far the points were missed of late: the mean of the square, 1 is the power of the signal itself. */
  error = 0
  readonly #equalizer: Equalizer
  readonly #points: readonly Point[]
  readonly #real = new Float64Array(KEPT)
  readonly #imaginary = new Float64Array(KEPT)
  readonly #trainedPower: number
  readonly #shift: (elements: number) => void
  #count = 0
  #power = 0
  /** Where the taps are laid for the next element. */
  #from: number
  #phase: number
  #drift: number
  #clockRate = 0
  #missedAt = -TAPS
  #isReplay = true
  readonly #now: Equalized = { real: 0, imaginary: 0 }
  readonly #early: Equalized = { real: 0, imaginary: 0 }
  readonly #late: Equalized = { real: 0, imaginary: 0 }

  /** @param shift asks for what comes next to be sampled so much later, in elements */
  constructor(heard: TrainingFound, modulation: QamModulation, shift: (elements: number) => void) {
    const power = modulation.points.reduce((sum, { real, imaginary }) => sum + real ** 2 + imaginary ** 2, 0) / modulation.points.length
    const scale = 1 / Math.sqrt(power)
    this.#points = modulation.points.map(({ real, imaginary }) => ({ real: real * scale, imaginary: imaginary * scale }))
    this.#equalizer = Equalizer.train(heard, modulation, scale)
    this.#shift = shift
    const first = Math.max(0, heard.last - 2 * TAPS)
    this.#trainedPower = meanPower(heard, first)
    this.#from = heard.last - first + 2 - REACH
    this.#phase = heard.drift
    this.#drift = heard.drift
    for (let at = first; at <= heard.last; at++) this.#keep(heard.real[at] ?? 0, heard.imaginary[at] ?? 0, heard.isMissing[at] === 1)
  }

  /** What was heard behind the training while it was looked for: the clock cannot be put right for it any more. */
  replay({ real, imaginary, isMissing, last }: TrainingFound, listener: ElementListener): void {
    for (let at = last + 1; at < real.length; at++) this.take(real[at] ?? 0, imaginary[at] ?? 0, isMissing[at] === 1, listener)
    this.#isReplay = false
  }

  take(real: number, imaginary: number, isMissing: boolean, listener: ElementListener): void {
    this.#keep(real, imaginary, isMissing)
    // One more than the taps need: for the clock.
    if (this.#from + TAPS >= this.#count) return
    listener.element(this.#next())
    this.#from += 2
    if (this.#count > KEPT - 2) this.#forget()
  }

  #keep(real: number, imaginary: number, isMissing: boolean): void {
    if (isMissing) this.#missedAt = this.#count
    this.#real[this.#count] = real
    this.#imaginary[this.#count] = imaginary
    this.#count++
    this.#power += real ** 2 + imaginary ** 2
    const before = this.#count - 1 - TAPS
    if (before >= 0) this.#power -= (this.#real[before] ?? 0) ** 2 + (this.#imaginary[before] ?? 0) ** 2
  }

  #forget(): void {
    const from = this.#from - TAPS
    this.#real.copyWithin(0, from, this.#count)
    this.#imaginary.copyWithin(0, from, this.#count)
    this.#count -= from
    this.#from -= from
    this.#missedAt -= from
  }

  #next(): number {
    const [cosine, sine] = [Math.cos(this.#phase), Math.sin(this.#phase)]
    const now = this.#now
    this.#equalizer.apply(this.#real, this.#imaginary, this.#from, now)
    const real = now.real * cosine + now.imaginary * sine
    const imaginary = now.imaginary * cosine - now.real * sine
    const nearest = this.#nearest(real, imaginary)
    const point = this.#points[nearest] ?? { real: 0, imaginary: 0 }
    const [errorReal, errorImaginary] = [point.real - real, point.imaginary - imaginary]
    this.#phase += this.#drift
    const isFollowed = this.#count - this.#missedAt > TAPS + 2 && this.#power > this.#trainedPower * TAPS * FAINT
    if (isFollowed) this.#follow(point, { real, imaginary }, { real: errorReal, imaginary: errorImaginary }, { real: cosine, imaginary: sine })
    return nearest
  }

  #follow(point: Point, heard: Point, error: Point, turn: Point): void {
    this.error += (error.real ** 2 + error.imaginary ** 2 - this.error) / 64
    const size = point.real ** 2 + point.imaginary ** 2
    const turned = (heard.imaginary * point.real - heard.real * point.imaginary) / Math.max(size, 0.1)
    this.#phase += PHASE_GAIN * turned
    this.#drift += FREQUENCY_GAIN * turned
    if (!this.#isReplay) this.#followClock(error, turn)
    const errorReal = error.real * turn.real - error.imaginary * turn.imaginary
    const errorImaginary = error.real * turn.imaginary + error.imaginary * turn.real
    this.#equalizer.adapt(this.#real, this.#imaginary, this.#from, errorReal, errorImaginary, Math.max(this.#power, Number.MIN_VALUE))
  }

  /** Half an element earlier and later the signal is somewhere else: is the error on the way there? */
  #followClock(error: Point, turn: Point): void {
    this.#equalizer.apply(this.#real, this.#imaginary, this.#from - 1, this.#early)
    this.#equalizer.apply(this.#real, this.#imaginary, this.#from + 1, this.#late)
    const [movesReal, movesImaginary] = [this.#late.real - this.#early.real, this.#late.imaginary - this.#early.imaginary]
    const [real, imaginary] = [movesReal * turn.real + movesImaginary * turn.imaginary, movesImaginary * turn.real - movesReal * turn.imaginary]
    const early = error.real * real + error.imaginary * imaginary
    this.#clockRate += CLOCK_RATE_GAIN * early
    this.#shift(CLOCK_GAIN * early + this.#clockRate)
  }

  #nearest(real: number, imaginary: number): number {
    let [nearest, least] = [0, Infinity]
    for (let number = 0; number < this.#points.length; number++) {
      const point = this.#points[number]
      if (point === undefined) break
      const distance = (point.real - real) ** 2 + (point.imaginary - imaginary) ** 2
      if (distance >= least) continue
      least = distance
      nearest = number
    }
    return nearest
  }
}

function meanPower({ real, imaginary, last }: TrainingFound, from: number): number {
  let power = 0
  for (let at = from; at <= last; at++) power += (real[at] ?? 0) ** 2 + (imaginary[at] ?? 0) ** 2
  return power / (last + 1 - from)
}
