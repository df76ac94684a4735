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

  it('knows every count of every nonce after it has grown with its oldest in the middle', () => {
    const memory = new NonceMemory(10_000)
    for (let n = 0; n < 700; n++) memory.use(n, n, 1, 0)
    // 500 expire, then more come than there was room for.
    for (let n = 700; n < 3_000; n++) expect(memory.use(n, n, 1, 500)).toBe(true)
    expect(memory.size).toBe(2_500)
    for (let n = 500; n < 3_000; n++) expect([memory.use(n, n, 1, 500), memory.use(n, n, 2, 500), memory.use(n, n, 2, 500)]).toEqual([false, true, false])
  })

  it('takes a count that was overtaken, once, and none that is 32 behind', () => {
    const memory = new NonceMemory(10)
    const use = (count: number) => memory.use('nonce', 1, count, 0)
    expect([use(40), use(9), use(9), use(8), use(41), use(10), use(40)]).toEqual([true, true, false, false, true, true, false])
    // 169 is within the 32, and what was used long before them is not taken for it.
    expect([use(200), use(199), use(199), use(169), use(169), use(168), use(Number.POSITIVE_INFINITY)]).toEqual([true, true, false, true, false, false, true])
  })
})
