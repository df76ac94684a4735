import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf, formatMoney, parseMoney } from './money.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

describe('money', () => {
  it('keeps every amount through text, to the millionth', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (amount) => {
        expect(parseMoney(formatMoney(amount))).toBe(amount)
      }),
    )
  })

  it('reads what API numbers look like as text', () => {
    expect(parseMoney('0')).toBe(0n)
    expect(parseMoney('1.5')).toBe(1_500_000n)
    expect(parseMoney('0.0125000000')).toBe(12_500n)
    expect(['', '.', '1.', '1e3', '0.1234567', ' 1', '1,5', 'NaN'].map(parseMoney)).toEqual(Array.from({ length: 8 }))
  })

  it('writes at least two decimals', () => {
    expect([0n, 1_500_000n, 12_500n, -1n].map(formatMoney)).toEqual(['0.00', '1.50', '0.0125', '-0.000001'])
  })

  it('adds up: what floats get wrong stays exact', () => {
    // 0.1 + 0.2, and ten minutes at 0.07 in floats: 0.7000000000000001
    expect(formatMoney((parseMoney('0.1') ?? 0n) + (parseMoney('0.2') ?? 0n))).toBe('0.30')
    expect(formatMoney(costOf(600, 70_000n))).toBe('0.70')
  })

  it('rounds half up to the millionth', () => {
    expect(costOf(30, 1n)).toBe(1n)
    expect(costOf(29, 1n)).toBe(0n)
    expect(costOf(1, 100_000n)).toBe(1_667n)
  })
})
