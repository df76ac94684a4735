import { PEAK_AT_0_DBM0 } from './tone-generator.ts'

/** Less than this is silence on any line, more than this is speech on any. */
const LEAST_THRESHOLD = powerAt(-45)
const MOST_THRESHOLD = powerAt(-35)
/** Speech is 9 dB above the noise of the line at least. */
const ABOVE_NOISE = 8
/** Nobody speaks for seconds without a pause: the softest frame of the last ones is the noise of the line. */
const NOISE_WINDOWS = 3
const WINDOW_MS = 1_000
/** Less is no noise, but no sound at all, as before the first packet. */
const LEAST_NOISE = 30
/** What is shorter is a click. */
const SHORTEST_SPEECH_MS = 60

/** Tells speech from the silence of a line by its energy, whatever noise the line has. Tones count as speech. */
export class SpeechDetector {
  /** How long nothing was said, up to the last frame. */
  silentMs = 0
  /** The softest frame of each window, the present one first. */
  readonly #noise = new Float64Array(NOISE_WINDOWS).fill(Infinity)
  #windowMs = 0
  #loudMs = 0

  /** The next samples at 8000 Hz. */
  hear(frame: Int16Array): void {
    const durationMs = frame.length / 8
    const power = variance(frame)
    this.#learnNoise(power, durationMs)
    const threshold = Math.min(MOST_THRESHOLD, Math.max(LEAST_THRESHOLD, Math.min(...this.#noise) * ABOVE_NOISE))
    this.#loudMs = power > threshold ? this.#loudMs + durationMs : 0
    this.silentMs = this.#loudMs >= SHORTEST_SPEECH_MS ? 0 : this.silentMs + durationMs
  }

  #learnNoise(power: number, durationMs: number): void {
    if (power >= LEAST_NOISE) this.#noise[0] = Math.min(this.#noise[0] ?? Infinity, power)
    this.#windowMs += durationMs
    if (this.#windowMs < WINDOW_MS) return
    this.#windowMs = 0
    this.#noise.copyWithin(1, 0)
    this.#noise[0] = Infinity
  }
}

/** Power without the constant part that some codecs leave in silence. */
function variance(samples: Int16Array): number {
  let [sum, squares] = [0, 0]
  for (const sample of samples) {
    sum += sample
    squares += sample * sample
  }
  const mean = sum / samples.length
  return samples.length === 0 ? 0 : squares / samples.length - mean * mean
}

function powerAt(levelDbm0: number): number {
  return (PEAK_AT_0_DBM0 ** 2 / 2) * 10 ** (levelDbm0 / 10)
}
