import { Baseband } from './baseband.ts'
import { HEARD_DBM0, LOST_DBM0, powerAt } from './line-level.ts'
import type { QamModulation, QamUnmapper } from './qam-modulation.ts'
import type { Scrambler } from './scrambler.ts'
import { SymbolTracker } from './symbol-tracker.ts'
import { TrainingSearch } from './training-search.ts'

/** The power of the signal, over so many halves of an element; what is 12 dB fainter than it was is gone, after so long. */
const [LEVEL_SAMPLES, GONE, GONE_SECONDS] = [16, 1 / 16, 0.01]
/** How it was is forgotten that slowly. */
const FORGETTING_SAMPLES = 1_024
/** What was louder than nothing for that long, and was no training, is a training that could not be understood; an echo suppressor's carrier is shorter. */
const MISUNDERSTOOD_SECONDS = 0.5

export interface QamListener {
  /** The training was understood: bits follow. */
  trained(): void
  bit(bit: number): void
  /** It is over. @param wasTrained false: there was something, and it was not understood */
  end(wasTrained: boolean): void
}

/** Hears one modulation, signal by signal. */
export class QamReceiver {
  readonly #modulation: QamModulation
  readonly #listener: QamListener
  readonly #baseband: Baseband
  readonly #shift = (elements: number): void => this.#baseband.shift(elements)
  readonly #element = { element: (point: number) => this.#takeElement(point) }
  readonly #sample = { take: (real: number, imaginary: number, isMissing: boolean) => this.#takeSample(real, imaginary, isMissing) }
  #search: TrainingSearch
  #tracker: SymbolTracker | undefined
  #unmapper: QamUnmapper
  #scrambler: Scrambler
  #elements = 0
  #level = 0
  #usual = 0
  #loud = 0
  #quiet = 0
  #missed = new Int16Array()

  constructor(modulation: QamModulation, listener: QamListener) {
    this.#modulation = modulation
    this.#listener = listener
    this.#baseband = new Baseband(modulation)
    this.#search = new TrainingSearch(modulation, LOST_POWER)
    this.#unmapper = modulation.createUnmapper()
    this.#scrambler = modulation.createScrambler()
  }

  /** Bits are coming. */
  get isTrained(): boolean {
    return this.#tracker !== undefined
  }

  /** There is a signal, whatever it is. */
  get isHearing(): boolean {
    return this.#loud > 0
  }

  /** How far the points are missed: the mean of the square, 1 is the power of the signal; undefined: it hears none. */
  get error(): number | undefined {
    return this.#tracker?.error
  }

  hear(samples: Int16Array): void {
    this.#baseband.hear(samples, false, this.#sample)
  }

  /** So many samples never came. */
  miss(count: number): void {
    if (this.#missed.length !== count) this.#missed = new Int16Array(count)
    this.#baseband.hear(this.#missed, true, this.#sample)
  }

  /** Whatever is heard is over, and nobody is told. */
  reset(): void {
    this.#tracker = undefined
    this.#search = new TrainingSearch(this.#modulation, LOST_POWER)
    this.#level = this.#usual = this.#loud = this.#quiet = 0
  }

  #takeSample(real: number, imaginary: number, isMissing: boolean): void {
    if (!isMissing && this.#isOver(real ** 2 + imaginary ** 2)) return
    if (this.#tracker !== undefined) return this.#tracker.take(real, imaginary, isMissing, this.#element)
    const found = this.#search.take(real, imaginary, isMissing)
    if (found === undefined) return
    const tracker = new SymbolTracker(found, this.#modulation, this.#shift)
    this.#unmapper = this.#modulation.createUnmapper()
    this.#scrambler = this.#modulation.createScrambler()
    this.#elements = 0
    this.#tracker = tracker
    this.#listener.trained()
    tracker.replay(found, this.#element)
  }

  #isOver(power: number): boolean {
    this.#level += (power - this.#level) / LEVEL_SAMPLES
    const isLoud = this.#level > Math.max(this.#loud === 0 ? HEARD_POWER : LOST_POWER, this.#usual * GONE)
    if (isLoud) {
      this.#usual += (this.#level - this.#usual) / (this.#level > this.#usual ? LEVEL_SAMPLES : FORGETTING_SAMPLES)
      this.#loud++
      this.#quiet = 0
      return false
    }
    const samplesASecond = 2 * this.#modulation.symbolRate
    if (this.#loud === 0 || ++this.#quiet < GONE_SECONDS * samplesASecond) return false
    const [wasTrained, wasLoud] = [this.isTrained, this.#loud > MISUNDERSTOOD_SECONDS * samplesASecond]
    this.reset()
    if (wasTrained || wasLoud) this.#listener.end(wasTrained)
    return wasTrained || wasLoud
  }

  #takeElement(point: number): void {
    const { bitsPerSymbol, scrambledOnes } = this.#modulation
    const bits = this.#unmapper.unmap(point)
    const isData = this.#elements++ >= scrambledOnes
    for (let shift = bitsPerSymbol - 1; shift >= 0; shift--) {
      const bit = this.#scrambler.unscramble((bits >> shift) & 1)
      if (isData) this.#listener.bit(bit)
    }
  }
}

/** At baseband a signal has twice the power it has on the line. */
const [HEARD_POWER, LOST_POWER] = [2 * powerAt(HEARD_DBM0), 2 * powerAt(LOST_DBM0)]
