import { ManualTime } from '@dialtone/foundation'
import type { RatedPlan } from '@dialtone/rating'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CallLedger, type CallToPreview } from './call-ledger.ts'
import { FraudGuard, type GuardSettings } from './fraud-guard.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

const [ACCOUNT, PARTITION] = ['account', 'partition']
const NEVER_MS = Number.MAX_SAFE_INTEGER
const numbers = ['16075550123', '16075550124', '19005550123'] as const

const OUTSIDE = {
  partitionId: PARTITION,
  accountId: ACCOUNT,
  lineId: undefined,
  callingNumber: '18015550100',
  category: 'OffNet',
  sentOn: 'forwarded',
} as const

const settings: fc.Arbitrary<GuardSettings> = fc.record({
  maxConcurrentCalls: fc.constantFrom(undefined, 1, 2),
  maxCallsPerMinute: fc.constantFrom(undefined, 1, 2, 3),
  maxSpendPerDay: fc.constantFrom(undefined, '0.03', '0.07'),
  highRiskPrefixes: fc.constantFrom(undefined, ['1900']),
})
const legs: fc.Arbitrary<CallToPreview[]> = fc
  .array(fc.record({ userId: fc.constantFrom('ann', 'bob'), calledNumber: fc.constantFrom(...numbers) }), { maxLength: 3 })
  .map((all) => all.map((leg) => ({ ...OUTSIDE, ...leg })))
  // One number is called once by one user at a time.
  .map((all) => all.filter((leg, index) => all.findIndex((one) => keyOf(one) === keyOf(leg)) === index))

function keyOf({ userId, calledNumber }: CallToPreview): string {
  return `${userId} ${calledNumber}`
}

/** Ann and Bob draw from one plan. */
function ledgerWith(guarded: GuardSettings, minutes: { readonly allowOverage: boolean; readonly secondsRemaining: number }): CallLedger {
  const time = new ManualTime()
  const guard = new FraudGuard(time, () => undefined)
  guard.showAccount(ACCOUNT, { settings: guarded, tripped: undefined, spentToday: '0.00' })
  const ledger = new CallLedger(time, guard)
  const plan: RatedPlan = { planMinutes: 10, secondsRemaining: 0, allowOverage: minutes.allowOverage, ratePerMinute: '0.03' }
  ledger.showPartition(PARTITION, { products: new Map([['product', { name: 'Plan', plan, rates: new Map() }]]), localPrefixes: new Map() })
  const use = { referenceType: 'ACCOUNT', referenceId: ACCOUNT, planId: 'plan', startsAtMs: 0, endsAtMs: NEVER_MS }
  const kept = { productId: 'product', secondsRemaining: minutes.secondsRemaining, cycleStartsAtMs: 0, resetsAtMs: NEVER_MS }
  ledger.showAccount(ACCOUNT, { partitionId: PARTITION, uses: [use], minutes: new Map([['plan', kept]]) }, [])
  return ledger
}

/** As the switch asks: the legs of a step one after the other; what nobody answered is given back before the next step. */
function asked(ledger: CallLedger, steps: readonly (readonly CallToPreview[])[]): (string | undefined)[][] {
  return steps.map((step) => {
    const codes = step.map((leg) => {
      let code: string | undefined
      ledger.authorize({ ...leg, reservationId: keyOf(leg), sessionId: 'call', atMs: 0 }, (answer) => (code = answer.allowed ? undefined : answer.code))
      return code
    })
    for (const leg of step) ledger.settle(keyOf(leg), 0)
    return codes
  })
}

describe('what would be said of the legs of a call', () => {
  it('is what is said when it is made, whatever they share: guard, money and minutes; nothing stays behind', () => {
    const seen = new Set<string | undefined>()
    const minutes = fc.record({ allowOverage: fc.boolean(), secondsRemaining: fc.constantFrom(0, 60, 100, 600) })
    fc.assert(
      fc.property(settings, minutes, fc.array(legs, { maxLength: 3 }), (guarded, left, steps) => {
        // A number that is tried again, a step later, is another leg of the call, and the guard counts it again.
        const all = steps.flat().map(keyOf)
        fc.pre(new Set(all).size === all.length)
        const [imagined, real] = [ledgerWith(guarded, left), ledgerWith(guarded, left)]
        const previewed = imagined.preview(steps)
        for (const code of previewed.flat()) seen.add(code)
        expect(previewed).toEqual(asked(real, steps))
        expect([imagined.runningOf(ACCOUNT), imagined.preview(steps)]).toEqual([{ calls: 0, amount: 0n }, previewed])
      }),
      { numRuns: 500 },
    )
    expect([...seen].map(String).toSorted()).toEqual(['FraudGuardTripped', 'PlanMinutesExhausted', 'SpendLimitReached', 'undefined'])
  })

  it('who has rung for his time holds nothing against who begins to ring then', () => {
    const ledger = ledgerWith({ maxConcurrentCalls: 1 }, { allowOverage: true, secondsRemaining: 600 })
    const rung = (calledNumber: string, startsAfterMs: number, ringsForMs?: number): CallToPreview => {
      return { ...OUTSIDE, userId: 'ann', calledNumber, startsAfterMs, ringsForMs }
    }
    expect(ledger.preview([[rung(numbers[1], 10_000), rung(numbers[0], 0, 10_000)]])).toEqual([[undefined, undefined]])
    expect(ledger.preview([[rung(numbers[1], 10_000), rung(numbers[0], 0)]])).toEqual([['FraudGuardTripped', undefined]])
  })
})
