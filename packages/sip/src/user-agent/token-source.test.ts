import { describe, expect, it } from 'vitest'
import { createTokenSource } from './token-source.ts'

describe('tokens of tags and branches', () => {
  it('carry as many random bytes as are asked for, in six bits a character, over the ends of pools too (RFC 3261 19.3)', () => {
    const newToken = createTokenSource()
    for (const byteCount of [1, 2, 3, 9, 12, 15, 1_535, 1_536, 1_537, 4_096]) {
      for (let time = 0; time < 300; time++) expect(newToken(byteCount)).toMatch(new RegExp(`^[\\w-]{${Math.ceil((byteCount * 8) / 6)}}$`))
    }
  })

  it('never come again, and use every character alike', () => {
    const newToken = createTokenSource()
    const tokens = Array.from({ length: 20_000 }, () => newToken(9))
    expect(new Set(tokens).size).toBe(tokens.length)
    const counts = new Map<string, number>()
    for (const character of tokens.join('')) counts.set(character, (counts.get(character) ?? 0) + 1)
    const expected = (20_000 * 12) / 64
    expect(counts.size).toBe(64)
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(expected / 5)
  })
})
