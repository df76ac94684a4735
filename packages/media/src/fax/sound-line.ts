import type { FaxLine } from './fax-line.ts'
import type { FaxListener } from './fax-listener.ts'
import type { FaxSignal } from './fax-signal.ts'
import { SoundEar } from './sound-ear.ts'
import { SoundVoice } from './sound-voice.ts'

/** V.29 is the fastest of our modems. */
const MAX_BIT_RATE = 9_600

/** A line that is the sound of a call: signals as modems of ours make them, and hear them (ITU-T V.21, V.27 ter, V.29). */
export class SoundLine implements FaxLine {
  readonly isSound = true
  readonly maxBitRate = MAX_BIT_RATE
  readonly #voice = new SoundVoice()
  #ear: SoundEar | undefined
  #nowMs = 0

  get endsMs(): number | undefined {
    const { leftMs } = this.#voice
    return leftMs > 0 ? this.#nowMs + leftMs : undefined
  }

  listen(listener: FaxListener, isDeaf: () => boolean): void {
    this.#ear = new SoundEar(listener, isDeaf)
  }

  call(tone: 'ced' | 'cng' | 'none', nowMs: number): void {
    this.#nowMs = nowMs
    // Somebody speaks already.
    if (this.#ear?.isBusy !== true) this.#voice.call(tone)
  }

  say(signals: readonly FaxSignal[], nowMs: number): number {
    this.#nowMs = nowMs
    this.#voice.say(signals)
    return nowMs + this.#voice.leftMs
  }

  tick(nowMs: number): void {
    this.#nowMs = nowMs
  }

  /** The next samples of what is said, into all of `target`. */
  fill(target: Int16Array): void {
    const wasSpeaking = this.#voice.isSpeaking
    this.#voice.fill(target, this.#ear?.isBusy === true)
    if (!wasSpeaking && this.#voice.isSpeaking) this.#ear?.deafen()
  }

  /** The next samples of what the other machine says. */
  hear(samples: Int16Array, nowMs: number): void {
    if (!this.#voice.isSpeaking) this.#ear?.hear(samples, nowMs)
  }

  /** So many of them never came. */
  miss(count: number, nowMs: number): void {
    if (!this.#voice.isSpeaking) this.#ear?.miss(count, nowMs)
  }
}
