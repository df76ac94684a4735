import { describe, expect, it } from 'vitest'
import { SpeechDetector } from './speech-detector.ts'
import { ToneGenerator } from './tone-generator.ts'

/** Noise of a level, the same each time. */
function noise(levelDbm0: number, durationMs: number): Int16Array {
  const peak = 22_800 * Math.sqrt(1.5) * 10 ** (levelDbm0 / 20)
  let state = 7
  return Int16Array.from({ length: durationMs * 8 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return Math.round(((state >> 8) / 2 ** 22 - 1) * peak)
  })
}

function tone(levelDbm0: number, durationMs: number): Int16Array {
  const samples = new Int16Array(durationMs * 8)
  new ToneGenerator({ frequenciesHz: [300], levelDbm0 }).fill(samples)
  return samples
}

function hear(...parts: readonly Int16Array[]): SpeechDetector {
  const detector = new SpeechDetector()
  for (const part of parts) for (let from = 0; from < part.length; from += 160) detector.hear(part.subarray(from, from + 160))
  return detector
}

describe('SpeechDetector', () => {
  it.each([
    ['nothing', new Int16Array(8_000)],
    ['the noise of a quiet line', noise(-60, 1_000)],
    ['the noise of a bad line', noise(-43, 1_000)],
    ['a constant', new Int16Array(8_000).fill(900)],
  ])('takes %s for silence', (_name, samples) => {
    expect(hear(samples).silentMs).toBe(1_000)
  })

  it.each([
    ['a soft voice', tone(-34, 1_000)],
    ['a loud one', tone(-10, 10_000)],
    ['a voice on a noisy line', Int16Array.from(tone(-28, 1_000), (sample, index) => sample + (noise(-43, 1_000)[index] ?? 0))],
  ])(
    'takes %s for speech',
    (_name, samples) => {
      expect(hear(noise(-60, 500), samples).silentMs).toBe(0)
    },
    10_000,
  )

  it('counts from the last word, and a click is none', () => {
    expect(hear(tone(-20, 200), new Int16Array(1_600), tone(-10, 20), new Int16Array(1_600)).silentMs).toBe(420)
  })
})
