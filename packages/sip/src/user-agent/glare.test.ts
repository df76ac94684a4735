import { describe, expect, it } from 'vitest'
import { glareDelayMs, retryAfter } from './glare.ts'
import { createTokenSource } from './token-source.ts'

const random = { newToken: createTokenSource() }
const draw = <Value>(one: () => Value): ReadonlySet<Value> => new Set(Array.from({ length: 20_000 }, one))
const steps = (from: number, to: number, by: number): readonly number[] => Array.from({ length: (to - from) / by + 1 }, (_, index) => from + index * by)
const sorted = (drawn: ReadonlySet<number>): readonly number[] => [...drawn].toSorted((a, b) => a - b)

describe('the wait after a 491 (RFC 3261 14.1)', () => {
  it('is 2.1 to 4 seconds for who made the Call-ID and 0 to 2 for the other, in steps of 10 ms, every one of them', () => {
    expect(sorted(draw(() => glareDelayMs(random, true)))).toEqual(steps(2100, 4000, 10))
    expect(sorted(draw(() => glareDelayMs(random, false)))).toEqual(steps(0, 2000, 10))
  })
})

describe('Retry-After of a second INVITE (RFC 3261 14.2)', () => {
  it('is 0 to 10 seconds', () => {
    expect(sorted(draw(() => Number(retryAfter(random)[1])))).toEqual(steps(0, 10, 1))
  })
})
