import { describe, expect, it } from 'vitest'
import { SipHash } from './sip-hash.ts'

/** The first vectors of the reference implementation: key 00…0f, inputs of 0, 1, 2, … bytes 00 01 02 …; the 15 byte one stands in the paper. */
const VECTORS = [
  [0, '310e0edd47db6f72'],
  [1, 'fd67dc93c539f874'],
  [2, '5a4fa9d909806c0d'],
  [3, '2d7efbd796666785'],
  [7, '37d1018bf50002ab'],
  [8, '6224939a79f5f593'],
  [15, 'e545be4961ca29a1'],
] as const

describe('SipHash-2-4 (RFC 9018 4.4)', () => {
  it.each(VECTORS)('of %i bytes is that of the reference implementation', (length, expected) => {
    const bytes = Buffer.alloc(length + 8)
    for (let at = 0; at < length; at++) bytes[at] = at
    new SipHash(Buffer.from(Array.from({ length: 16 }, (_, at) => at))).append(bytes, length)
    expect(bytes.subarray(length).toString('hex')).toBe(expected)
  })
})
