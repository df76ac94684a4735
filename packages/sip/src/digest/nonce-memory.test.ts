import { describe, expect, it } from 'vitest'
import { NonceMemory } from './nonce-memory.ts'

describe('NonceMemory', () => {
  it('never holds more nonces than it may, and lets go of expired ones first', () => {
    const memory = new NonceMemory(100)
    for (let n = 0; n < 1000; n++) expect(memory.use(`nonce-${n}`, n, 1, n - 50)).toBe(true)
    expect(memory.size).toBeLessThanOrEqual(51)
    for (let n = 1000; n < 2000; n++) memory.use(`nonce-${n}`, n, 1, 0)
    expect(memory.size).toBe(100)
    expect(memory.use('nonce-1999', 1999, 1, 0)).toBe(false)
    expect(memory.use('nonce-1000', 1000, 1, 0)).toBe(false)
  })
})
