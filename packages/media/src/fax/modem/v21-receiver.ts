import { type FrameListener, FrameFinder } from './hdlc-frames.ts'
import { HEARD_DBM0, LOST_DBM0, powerAt, SAMPLE_RATE_HZ } from './line-level.ts'
import { V21_BIT_RATE, V21_ONE_HZ, V21_ZERO_HZ } from './v21-transmitter.ts'

/** Both tones come again after so many samples. */
const CYCLE = 160
const BIT_SAMPLES = SAMPLE_RATE_HZ / V21_BIT_RATE
const WINDOW = Math.round(BIT_SAMPLES)
/** A signal is over when nothing has come for that long. */
const LOST_SAMPLES = 200
/** How far the clock of the bits follows a change of tone. */
const CLOCK_GAIN = 0.1
/** A tone that is 12 dB fainter than it was is gone, whatever noise goes on; how it was is learnt in that many samples. */
const [LOST_SHARE, LEARNING_SAMPLES] = [1 / 16, 256]

const COSINE = { one: tableOf(V21_ONE_HZ, Math.cos), zero: tableOf(V21_ZERO_HZ, Math.cos) }
const SINE = { one: tableOf(V21_ONE_HZ, Math.sin), zero: tableOf(V21_ZERO_HZ, Math.sin) }

function tableOf(frequencyHz: number, wave: (angle: number) => number): Float64Array {
  return Float64Array.from({ length: CYCLE }, (_unused, index) => wave((2 * Math.PI * frequencyHz * index) / SAMPLE_RATE_HZ))
}

export interface V21Listener extends FrameListener {
  /** The signal is over. */
  silence(): void
}

/** One tone in the last bit's length of a signal, without regard to its phase. */
class ToneWindow {
  readonly #cosine: Float64Array
  readonly #sine: Float64Array
  readonly #real = new Float64Array(WINDOW)
  readonly #imaginary = new Float64Array(WINDOW)
  #sumReal = 0
  #sumImaginary = 0

  constructor(cosine: Float64Array, sine: Float64Array) {
    this.#cosine = cosine
    this.#sine = sine
  }

  /** @returns its power in the window */
  take(sample: number, cycle: number, place: number): number {
    const real = sample * (this.#cosine[cycle] ?? 0)
    const imaginary = sample * (this.#sine[cycle] ?? 0)
    this.#sumReal += real - (this.#real[place] ?? 0)
    this.#sumImaginary += imaginary - (this.#imaginary[place] ?? 0)
    this.#real[place] = real
    this.#imaginary[place] = imaginary
    return this.#sumReal * this.#sumReal + this.#sumImaginary * this.#sumImaginary
  }
}

/** Hears frames in the second channel of V.21 (300 bit/s). */
export class V21Receiver {
  readonly #listener: V21Listener
  readonly #finder: FrameFinder
  readonly #one = new ToneWindow(COSINE.one, SINE.one)
  readonly #zero = new ToneWindow(COSINE.zero, SINE.zero)
  /** The power of the louder tone, of late. */
  #usual = 0
  #cycle = 0
  #place = 0
  #isHeard = false
  #hasFlags = false
  #quiet = 0
  #lastBit = 0
  /** From 0 to 1 within a bit; at 1 the window holds it alone. */
  #clock = 0

  constructor(listener: V21Listener) {
    this.#listener = listener
    this.#finder = new FrameFinder({
      flags: () => {
        this.#hasFlags = true
        listener.flags()
      },
      frame: (octets) => listener.frame(octets),
    })
  }

  /** Flags or frames are on the line just now. */
  get isBusy(): boolean {
    return this.#hasFlags
  }

  hear(samples: Int16Array): void {
    for (const sample of samples) this.#take(sample)
  }

  /** So many samples never came: whoever speaks goes on behind them. */
  miss(count: number): void {
    const [quiet, usual] = [this.#quiet, this.#usual]
    for (let index = 0; index < count; index++) {
      this.#take(0)
      this.#quiet = quiet
    }
    this.#usual = usual
  }

  /** What was heard until now is nothing any more. */
  reset(): void {
    this.#isHeard = false
    this.#hasFlags = false
    this.#usual = 0
    this.#finder.reset()
  }

  #take(sample: number): void {
    const one = this.#one.take(sample, this.#cycle, this.#place)
    const zero = this.#zero.take(sample, this.#cycle, this.#place)
    this.#cycle = this.#cycle + 1 === CYCLE ? 0 : this.#cycle + 1
    this.#place = this.#place + 1 === WINDOW ? 0 : this.#place + 1
    this.#watch(Math.max(one, zero))
    if (this.#isHeard) this.#tellTime(one > zero ? 1 : 0)
  }

  #watch(power: number): void {
    const isLoud = power > (this.#isHeard ? Math.max(LOST_POWER, this.#usual * LOST_SHARE) : HEARD_POWER)
    this.#usual += (power - this.#usual) / LEARNING_SAMPLES
    this.#quiet = isLoud ? 0 : this.#quiet + 1
    if (isLoud) this.#isHeard = true
    else if (this.#isHeard && this.#quiet > LOST_SAMPLES) {
      const wasBusy = this.#hasFlags
      this.reset()
      if (wasBusy) this.#listener.silence()
    }
  }

  /** The tones change in the middle between two bits: the clock is at a half then. */
  #tellTime(bit: number): void {
    this.#clock += V21_BIT_RATE / SAMPLE_RATE_HZ
    if (bit !== this.#lastBit) this.#clock += (HALF - this.#clock) * CLOCK_GAIN
    this.#lastBit = bit
    if (this.#clock < 1) return
    this.#clock--
    this.#finder.push(bit)
  }
}

const HALF = 0.5
const WINDOW_GAIN = WINDOW ** 2 / 2
const HEARD_POWER = powerAt(HEARD_DBM0) * WINDOW_GAIN
const LOST_POWER = powerAt(LOST_DBM0) * WINDOW_GAIN
