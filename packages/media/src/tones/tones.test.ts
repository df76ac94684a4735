import { describe, expect, it } from 'vitest'
import { decodeG711, encodeG711 } from '../codecs/g711.ts'
import { CALL_PROGRESS_TONES } from './call-progress-tones.ts'
import { hearsTone, isSilence, toneShares } from './tone-detector.ts'
import { ToneGenerator, type Tone } from './tone-generator.ts'

function samplesOf(tone: Tone, durationMs: number): Int16Array {
  const samples = new Int16Array(durationMs * 8)
  const generator = new ToneGenerator(tone)
  for (let offset = 0; offset < samples.length; offset += 160) generator.fill(samples.subarray(offset, offset + 160))
  return samples
}

describe('call progress tones of North America', () => {
  it.each([
    ['dialTone', [350, 440], undefined],
    ['ringback', [440, 480], [2_000, 4_000]],
    ['busy', [480, 620], [500, 500]],
    ['reorder', [480, 620], [250, 250]],
  ] as const)('%s has its two frequencies and its cadence', (name, frequencies, cadence) => {
    const tone: Tone = CALL_PROGRESS_TONES[name]
    const [onMs, offMs] = cadence ?? [3_000, 0]
    const samples = samplesOf(tone, (onMs + offMs) * 2)
    const part = (fromMs: number, toMs: number): Int16Array => samples.subarray(fromMs * 8, toMs * 8)
    expect(hearsTone(part(0, onMs), frequencies)).toBe(true)
    expect(hearsTone(part(onMs + offMs, onMs * 2 + offMs), frequencies)).toBe(true)
    if (offMs > 0) expect(part(onMs, onMs + offMs).every((sample) => sample === 0)).toBe(true)
  })

  it('sounds at its level: -13 dBm0 each for the dial tone', () => {
    const samples = samplesOf(CALL_PROGRESS_TONES.dialTone, 1_000)
    const meanSquare = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
    expect(10 * Math.log10(meanSquare / 2 / (22_800 ** 2 / 2))).toBeCloseTo(-13, 1)
  })
})

describe('ToneGenerator', () => {
  it('joins frames without a click: frame by frame is the same as at once', () => {
    const whole = new Int16Array(1_600)
    new ToneGenerator({ frequenciesHz: [440] }).fill(whole)
    expect(samplesOf({ frequenciesHz: [440] }, 200)).toEqual(whole)
  })

  it('never overflows, whatever is asked of it', () => {
    const samples = samplesOf({ frequenciesHz: Array.from({ length: 20 }, () => 500), levelDbm0: 40 }, 40)
    expect(Math.max(...samples.map(Math.abs))).toBeGreaterThan(30_000)
    expect(samples.some((sample, index) => index > 0 && Math.abs(sample - (samples[index - 1] ?? 0)) > 20_000)).toBe(false)
    expect(isSilence(samplesOf({ frequenciesHz: [5_000, -1, 0] }, 40))).toBe(true)
  })
})

describe('the Goertzel detector', () => {
  it('tells a tone from its neighbours, through G.711', () => {
    const samples = samplesOf({ frequenciesHz: [440] }, 100)
    const payload = new Uint8Array(samples.length)
    encodeG711('PCMU', samples, payload)
    const heard = decodeG711('PCMU', payload)
    expect([400, 440, 480].map((frequency) => (toneShares(heard, [frequency])[0] ?? 0) > 0.9)).toEqual([false, true, false])
    expect([hearsTone(heard, [440]), hearsTone(heard, [350, 440]), hearsTone(heard, [])]).toEqual([true, false, false])
  })

  it('hears nothing in silence or noise', () => {
    let state = 1
    const noise = Int16Array.from({ length: 1_600 }, () => {
      state = (state * 1_103_515_245 + 12_345) & 0x7fff_ffff
      return (state >> 15) - 32_768
    })
    expect([hearsTone(noise, [440]), hearsTone(new Int16Array(800), [440]), hearsTone(new Int16Array(0), [440])]).toEqual([false, false, false])
  })
})
