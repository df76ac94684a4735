import { describe, expect, it } from 'vitest'
import { decodeG711, decodeG711Sample, encodeG711, encodeG711Sample, G711_SILENCE } from './g711.ts'

const CODES = Array.from({ length: 256 }, (_unused, code) => code)

describe('G.711', () => {
  it.each([
    ['PCMU', 0xff, 0],
    ['PCMU', 0x00, -32_124],
    ['PCMU', 0x80, 32_124],
    ['PCMU', 0xfe, 8],
    ['PCMU', 0xef, 132],
    ['PCMU', 0x0f, -16_764],
    ['PCMU', 0x10, -15_996],
    ['PCMA', 0xd5, 8],
    ['PCMA', 0x55, -8],
    ['PCMA', 0xaa, 32_256],
    ['PCMA', 0x2a, -32_256],
    ['PCMA', 0xc5, 264],
    ['PCMA', 0x80, 5_504],
    ['PCMA', 0x00, -5_504],
  ] as const)('%s code %i is the sample %i (ITU-T G.711 tables)', (encoding, code, sample) => {
    expect(decodeG711Sample(encoding, code)).toBe(sample)
  })

  it.each(['PCMU', 'PCMA'] as const)('%s: every code survives decoding and encoding; only the negative zero of mu-law becomes the positive one', (encoding) => {
    const expected = CODES.map((code) => (encoding === 'PCMU' && code === 0x7f ? 0xff : code))
    expect(CODES.map((code) => encodeG711Sample(encoding, decodeG711Sample(encoding, code)))).toEqual(expected)
  })

  it.each(['PCMU', 'PCMA'] as const)('%s encodes to the nearest code: no other code lies closer', (encoding) => {
    const samples = CODES.map((code) => decodeG711Sample(encoding, code))
    for (let sample = -32_768; sample <= 32_767; sample += 7) {
      const distance = Math.abs(decodeG711Sample(encoding, encodeG711Sample(encoding, sample)) - sample)
      const best = Math.min(...samples.map((candidate) => Math.abs(candidate - sample)))
      // Truncation at a segment border may miss by one step of the finer segment.
      expect(distance - best).toBeLessThanOrEqual(Math.max(8, Math.abs(sample) / 32))
    }
  })

  it.each(['PCMU', 'PCMA'] as const)('%s encodes and decodes whole payloads', (encoding) => {
    const payload = new Uint8Array(4)
    encodeG711(encoding, Int16Array.of(0, 1000, -1000), payload, 1)
    expect([...decodeG711(encoding, payload)].slice(1).map((sample) => Math.round(sample / 50))).toEqual([0, 20, -20])
    expect(Math.abs(decodeG711Sample(encoding, G711_SILENCE[encoding]))).toBeLessThanOrEqual(8)
  })
})
