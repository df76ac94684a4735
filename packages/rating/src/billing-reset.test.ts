import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { billingCycleStart, nextBillingReset } from './index.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

const at = (text: string): number => Date.parse(text)
const next = (billingCycleDay: number, now: string): string => new Date(nextBillingReset({ billingCycleDay, nowMs: at(now) })).toISOString()

describe('nextBillingReset (S1-31, C-13)', () => {
  it.each([
    [1, '2025-02-10T12:00:00Z', '2025-03-01T00:00:00.000Z'],
    [15, '2025-02-10T12:00:00Z', '2025-02-15T00:00:00.000Z'],
    [15, '2025-02-14T23:59:59.999Z', '2025-02-15T00:00:00.000Z'],
    [15, '2025-02-15T00:00:00Z', '2025-03-15T00:00:00.000Z'],
    [31, '2025-01-31T00:00:00Z', '2025-02-28T00:00:00.000Z'],
    [31, '2024-02-01T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    [31, '2025-02-28T00:00:00Z', '2025-03-31T00:00:00.000Z'],
    [31, '2025-04-30T00:00:00Z', '2025-05-31T00:00:00.000Z'],
    [30, '2025-02-01T00:00:00Z', '2025-02-28T00:00:00.000Z'],
    [29, '2100-02-01T00:00:00Z', '2100-02-28T00:00:00.000Z'],
    [5, '2025-12-31T23:59:59Z', '2026-01-05T00:00:00.000Z'],
  ])('day %i, at %s, is %s', (day, now, expected) => {
    expect(next(day, now)).toBe(expected)
  })

  it('gives exactly one reset a month, each after the last, at midnight UTC', () => {
    const soundYear = fc.property(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 0, max: at('2199-01-01T00:00:00Z') }), (billingCycleDay, start) => {
      let nowMs = start
      for (let count = 0; count < 14; count++) {
        const reset = nextBillingReset({ billingCycleDay, nowMs })
        const months = (ms: number): number => new Date(ms).getUTCFullYear() * 12 + new Date(ms).getUTCMonth()
        const ahead = months(reset) - months(nowMs)
        if (reset <= nowMs || reset % 86_400_000 !== 0 || ahead > 1 || (count > 0 && ahead !== 1)) return false
        if (billingCycleStart({ billingCycleDay, nowMs: reset }) !== reset || billingCycleStart({ billingCycleDay, nowMs: reset - 1 }) > nowMs) return false
        nowMs = reset
      }
      return true
    })
    expect(fc.check(soundYear).counterexample).toBeNull()
  })
})
