import { TONE_SAMPLE_RATE_HZ } from './tone-generator.ts'

/** Below this power (mean square) a frame counts as silence: about -50 dBm0. */
const SILENCE_POWER = 2_600
/** How much of the energy the sought frequencies have to hold together. */
const MIN_TOGETHER = 0.75
/** How much of the energy each sought frequency has to hold, of an equal share. */
const MIN_OF_SHARE = 0.25

/**
 * The part of the samples' energy that lies at each frequency, 0 to 1, by the Goertzel algorithm. The resolution is the
 * inverse of the samples' length: 205 samples at 8000 Hz tell frequencies 39 Hz apart, 800 samples 10 Hz.
 */
export function toneShares(samples: Int16Array, frequenciesHz: readonly number[], sampleRateHz = TONE_SAMPLE_RATE_HZ): readonly number[] {
  const power = meanSquare(samples)
  if (power === 0) return frequenciesHz.map(() => 0)
  return frequenciesHz.map((frequency) => {
    const amplitude = (2 * Math.sqrt(goertzelPower(samples, frequency, sampleRateHz))) / samples.length
    return amplitude ** 2 / 2 / power
  })
}

/** Whether the samples are this tone: all its frequencies, and not much else. */
export function hearsTone(samples: Int16Array, frequenciesHz: readonly number[], sampleRateHz = TONE_SAMPLE_RATE_HZ): boolean {
  if (isSilence(samples) || frequenciesHz.length === 0) return false
  const shares = toneShares(samples, frequenciesHz, sampleRateHz)
  const together = shares.reduce((sum, share) => sum + share, 0)
  return together >= MIN_TOGETHER && shares.every((share) => share >= MIN_OF_SHARE / frequenciesHz.length)
}

export function isSilence(samples: Int16Array): boolean {
  return meanSquare(samples) < SILENCE_POWER
}

function goertzelPower(samples: Int16Array, frequencyHz: number, sampleRateHz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / sampleRateHz)
  let last = 0
  let beforeLast = 0
  for (const sample of samples) {
    const next = sample + coefficient * last - beforeLast
    beforeLast = last
    last = next
  }
  return last * last + beforeLast * beforeLast - coefficient * last * beforeLast
}

function meanSquare(samples: Int16Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return samples.length === 0 ? 0 : sum / samples.length
}
