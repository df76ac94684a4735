import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hearsTone } from '../tones/tone-detector.ts'
import { ToneGenerator } from '../tones/tone-generator.ts'
import { G722Decoder, G722Encoder } from './g722.ts'

/*
 * The reference figures were computed with an independent implementation of ITU-T G.722 (libspandsp 0.0.6, 64 kbit/s, at 8000 Hz) from the same
 * integer signals: digests of the lower-band codes, and of the samples that come out of them.
 */

function noise(count: number): Int16Array {
  let state = 7
  return Int16Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return (state >> 15) - 32_768
  })
}

function triangle(count: number, period: number, peak: number): Int16Array {
  return Int16Array.from({ length: count }, (_unused, index) => {
    const rise = Math.floor((4 * peak * (index % period)) / period)
    return index % period < Math.floor(period / 2) ? rise - peak : 3 * peak - rise
  })
}

function encoded(samples: Int16Array): Uint8Array {
  const codes = new Uint8Array(samples.length)
  new G722Encoder().encode(samples, codes)
  return codes
}

function decoded(codes: Uint8Array): Int16Array {
  const samples = new Int16Array(codes.length)
  expect(new G722Decoder().decode(codes, 0, samples)).toBe(codes.length)
  return samples
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}

describe('G.722', () => {
  it.each<[string, Int16Array, string, string]>([
    ['noise at full scale', noise(4_000), '4a7fbf4460f82eea', '3b6fa1dea838150e'],
    ['a triangle', triangle(4_000, 20, 12_000), 'f77496fa53e29af8', '912cb20bfe069f4c'],
    ['a soft one', triangle(4_000, 27, 12_000).map((sample) => Math.floor(sample / 64)), 'b0bb249a2fed7210', '5f1a415bce761c44'],
    [
      'a square at full scale',
      Int16Array.from({ length: 4_000 }, (_unused, index) => (Math.floor(index / 40) % 2 === 1 ? 32_767 : -32_768)),
      'a5dd33fd13bfae27',
      'c6c30a90ef61989b',
    ],
    ['silence', new Int16Array(800), '8706a784d04bf8cf', '4d8dfd6e0150b8a2'],
  ])('codes %s as the reference does, bit for bit, and so decodes it', (_name, samples, codes, heard) => {
    const payload = encoded(samples)
    expect(digest(payload.map((code) => code & 0x3f))).toBe(codes)
    expect(digest(new Uint8Array(decoded(payload).buffer))).toBe(heard)
  })

  it('decodes any octets as the reference does, whatever the upper band says', () => {
    const codes = Uint8Array.from(noise(4_000), (sample) => (sample >> 8) & 0xff)
    expect(digest(new Uint8Array(decoded(codes).buffer))).toBe('8bf60470e5e826c7')
    expect(decoded(codes.map((code) => code ^ 0xc0))).toEqual(decoded(codes))
  })

  it('begins with these octets', () => {
    const expected = [196, 196, 196, 196, 197, 252, 234, 229, 229, 230, 231, 235, 239, 244, 248, 255]
    expect([...encoded(triangle(40, 20, 12_000)).subarray(0, 16)]).toEqual(expected)
  })

  it('keeps a tone, its level and its silence, also for who comes in the middle', () => {
    const samples = new Int16Array(8_000)
    new ToneGenerator({ frequenciesHz: [1_000], levelDbm0: -10 }).fill(samples)
    const payload = encoded(samples)
    const late = decoded(payload.subarray(3_000)).subarray(800)
    expect(hearsTone(late, [1_000])).toBe(true)
    const power = (part: Int16Array): number => part.reduce((sum, sample) => sum + sample * sample, 0) / part.length
    expect(10 * Math.log10(power(late) / power(samples))).toBeCloseTo(0, 0)
    expect(decoded(encoded(new Int16Array(800))).every((sample) => Math.abs(sample) <= 4)).toBe(true)
  })
})
