const FRAME_SAMPLES = 80
/** Peak of a sine of 0 dBm0 (ITU-T G.711). */
const PEAK_AT_0_DBM0 = 22_800
/** Active speech in the network is around -16 dBm0 at its loudest talkers: announcements are not softer than callers. */
const SPEECH_POWER = (PEAK_AT_0_DBM0 ** 2 / 2) * 10 ** (-17 / 10)
const MOST_PEAK = 30_000
/** Softer than this, of the loudest frame, is no speech. */
const SILENCE_SHARE = 10 ** (-38 / 10)
const LEAD_SAMPLES = 160
const TAIL_SAMPLES = 480
const FADE_SAMPLES = 40

/**
 * The speech in the samples alone, at 8000 Hz: without the silence around it, as loud as every other prompt, faded at its ends.
 * @returns no samples when nothing is said in them
 */
export function levelSpeech(samples: Int16Array): Int16Array {
  const powers = framePowers(samples)
  const threshold = powers.reduce((most, power) => Math.max(most, power), 0) * SILENCE_SHARE
  const first = powers.findIndex((power) => power > threshold)
  if (first === -1) return new Int16Array()
  const last = powers.findLastIndex((power) => power > threshold)
  const speech = samples.slice(Math.max(0, first * FRAME_SAMPLES - LEAD_SAMPLES), (last + 1) * FRAME_SAMPLES + TAIL_SAMPLES)
  const active = powers.filter((power) => power > threshold)
  const level = Math.sqrt(SPEECH_POWER / (active.reduce((sum, power) => sum + power, 0) / active.length))
  const peak = speech.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1)
  const gain = Math.min(level, MOST_PEAK / peak)
  return speech.map((sample, index) => Math.round(sample * gain * Math.min(1, index / FADE_SAMPLES, (speech.length - 1 - index) / FADE_SAMPLES)))
}

function framePowers(samples: Int16Array): number[] {
  return Array.from({ length: Math.floor(samples.length / FRAME_SAMPLES) }, (_unused, frame) => {
    const part = samples.subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES)
    return part.reduce((sum, sample) => sum + sample * sample, 0) / FRAME_SAMPLES
  })
}
