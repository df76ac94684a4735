import { describe, expect, it } from 'vitest'
import { NonceMint } from './nonce-mint.ts'

describe('NonceMint', () => {
  it('knows when it made a nonce', () => {
    const mint = new NonceMint(Buffer.from('secret'))
    expect(mint.madeAtMs(mint.make(1_700_000_000_123))).toBe(1_700_000_000_123)
  })

  it('knows a nonce in one spelling only, for memory keeps spellings: + for - and / for _ decode alike', () => {
    const mint = new NonceMint(Buffer.from('secret'))
    const nonces = Array.from({ length: 200 }, (_, n) => mint.make(n))
    const respelled = nonces.map((nonce) => nonce.replaceAll('-', '+').replaceAll('_', '/')).filter((nonce, n) => nonce !== nonces[n])
    expect(respelled.length).toBeGreaterThan(0)
    expect(respelled.filter((nonce) => mint.madeAtMs(nonce) !== undefined)).toEqual([])
  })
})
