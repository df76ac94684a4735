import { describe, expect, it } from 'vitest'
import { NonceMint } from './nonce-mint.ts'

describe('NonceMint', () => {
  it('knows when it made a nonce', () => {
    const mint = new NonceMint(Buffer.from('secret'))
    expect(mint.read(mint.make(1_700_000_000_123))?.madeAtMs).toBe(1_700_000_000_123)
  })

  it('knows a nonce in one spelling only, for memory keeps spellings: + for - and / for _ decode alike', () => {
    const mint = new NonceMint(Buffer.from('secret'))
    const nonces = Array.from({ length: 200 }, (_, n) => mint.make(n))
    const respelled = nonces.map((nonce) => nonce.replaceAll('-', '+').replaceAll('_', '/')).filter((nonce, n) => nonce !== nonces[n])
    expect(respelled.length).toBeGreaterThan(0)
    expect(respelled.filter((nonce) => mint.read(nonce) !== undefined)).toEqual([])
  })

  it('tells every nonce from every other, and knows none but those made with its secret', () => {
    const secret = Buffer.from('secret')
    const [mint, other, stranger] = [new NonceMint(secret), new NonceMint(secret), new NonceMint(Buffer.from('other'))]
    const nonces = [mint.make(1), mint.make(1), other.make(1), other.make(2)]
    expect(new Set(nonces.map((nonce) => mint.read(nonce)?.key)).size).toBe(nonces.length)
    expect(mint.read(stranger.make(1))).toBeUndefined()
    for (const nonce of nonces) {
      for (let at = 0; at < nonce.length; at++) expect(mint.read(`${nonce.slice(0, at)}${nonce[at] === 'A' ? 'B' : 'A'}${nonce.slice(at + 1)}`)).toBeUndefined()
    }
  })
})
