import { ToneGenerator } from '../../tones/tone-generator.ts'
import type { Carrier } from './carrier.ts'
import { OWN_LEVEL_DBM0, SAMPLE_RATE_HZ } from './line-level.ts'

/** A tone that says nothing but that a fax machine is there. */
export class ToneCarrier implements Carrier {
  readonly samples: number
  readonly #tone: ToneGenerator

  constructor(frequencyHz: number, durationMs: number) {
    this.samples = (durationMs * SAMPLE_RATE_HZ) / 1_000
    this.#tone = new ToneGenerator({ frequenciesHz: [frequencyHz], levelDbm0: OWN_LEVEL_DBM0 })
  }

  fill(target: Int16Array): void {
    this.#tone.fill(target)
  }
}
