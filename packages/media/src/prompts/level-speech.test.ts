import { describe, expect, it } from 'vitest'
import { levelSpeech } from './level-speech.ts'

const SECOND = 8_000
const tone = (peak: number, samples: number): Int16Array => Int16Array.from({ length: samples }, (_, at) => Math.round(peak * Math.sin(at / 3)))

function levelDbm0(samples: Int16Array): number {
  return 10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length / (22_800 ** 2 / 2))
}

describe('levelSpeech', () => {
  it.each([[400], [4_000], [24_000]])('makes what has a peak of %i as loud as the prompts, and takes the silence around it away', (peak) => {
    const samples = new Int16Array(4 * SECOND)
    samples.set(tone(peak, SECOND), SECOND)
    const levelled = levelSpeech(samples)
    expect(levelled.length).toBeGreaterThan(SECOND)
    expect(levelled.length).toBeLessThan(1.2 * SECOND)
    expect(levelDbm0(levelled.subarray(400, SECOND - 400))).toBeCloseTo(-17, 0)
  })

  it('finds nothing in silence, nor in nothing', () => {
    expect([levelSpeech(new Int16Array(SECOND)).length, levelSpeech(new Int16Array()).length]).toEqual([0, 0])
  })

  it('takes what lasts long', () => {
    const seconds = 25 * 60
    expect(levelSpeech(new Int16Array(seconds * SECOND).fill(5_000)).length).toBeGreaterThan((seconds - 1) * SECOND)
  })
})
