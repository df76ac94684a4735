import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { authorizeCall, callFactsOf, rateCall, rateOfPrefix } from './index.ts'
import type { CallFacts, CallToAuthorize, DestinationRate, RatedPlan } from './index.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

const plan: RatedPlan = {
  planMinutes: 10,
  secondsRemaining: 600,
  allowOverage: false,
  ratePerMinute: '0.03',
  allow411: true,
  callRateFor411: '1.25',
  rateTypeFor411: 'PER_CALL',
  allowOperator: true,
  callRateForOperator: '0.50',
  rateTypeForOperator: 'PER_MINUTE',
}
const exhausted: RatedPlan = { ...plan, secondsRemaining: 0 }

function ask(call: Partial<CallFacts> = {}, more: Partial<CallToAuthorize> = {}) {
  const facts: CallFacts = { direction: 'OUTBOUND', category: 'OffNet', onNet: false, plan, ...call }
  return authorizeCall({ call: facts, forwarded: false, destinationAllowed: undefined, authorizedSeconds: 0, sliceSeconds: 60, spendLeft: undefined, ...more })
}

describe('authorizeCall (S4-39, S4-40)', () => {
  const unlimited = { allowed: true, maxSeconds: undefined, secondsReserved: 0, amountReserved: '0.00' }

  it.each<[string, Partial<CallFacts>, Partial<CallToAuthorize>, object]>([
    ['a minute of the plan at a time without overage', {}, {}, { allowed: true, maxSeconds: 60, secondsReserved: 60, amountReserved: '0.00' }],
    ['more when it goes on', {}, { authorizedSeconds: 60 }, { allowed: true, maxSeconds: 120, secondsReserved: 120 }],
    [
      'the rest of the minutes',
      { plan: { ...plan, secondsRemaining: 130 } },
      { authorizedSeconds: 120 },
      { allowed: true, maxSeconds: 130, secondsReserved: 130 },
    ],
    ['nothing after the rest', { plan: { ...plan, secondsRemaining: 130 } }, { authorizedSeconds: 130 }, { allowed: false, code: 'PlanMinutesExhausted' }],
    ['nothing on used-up minutes', { plan: exhausted }, {}, { allowed: false, code: 'PlanMinutesExhausted' }],
    ['everything with overage', { plan: { ...exhausted, allowOverage: true } }, {}, { ...unlimited, ratePerMinute: '0.03' }],
    ['everything without any plan', { plan: undefined }, {}, { ...unlimited, rateType: 'OffPlanRated' }],
    ['help, whatever is used up', { plan: exhausted, category: 'Emergency' }, { spendLeft: '0.00', forwarded: true }, { ...unlimited, rateType: 'Free' }],
    ['933, whatever is used up', { plan: exhausted, category: 'EmergencyServicesVerification' }, { spendLeft: '0.00' }, unlimited],
    ['the relay service', { plan: exhausted, category: 'TeleRelayService' }, {}, unlimited],
    ['calls in the partition', { plan: exhausted, category: 'OnNet', onNet: true }, { spendLeft: '0.00' }, { ...unlimited, rateType: 'IntraPartitionFree' }],
    [
      'no call in the partition that the plan rates',
      { plan: { ...exhausted, rateIntraPartitionAsFree: false }, category: 'OnNet', onNet: true },
      {},
      { allowed: false, code: 'PlanMinutesExhausted' },
    ],
    ['toll-free numbers', { plan: exhausted, tollFree: true }, { spendLeft: '0.00' }, { ...unlimited, rateType: 'TollFree' }],
    ['local calls when those are unlimited', { plan: { ...exhausted, allowUnlimitedLocal: true }, local: true }, {}, { ...unlimited, rateType: 'Local' }],
    ['no local calls when they are not', { plan: exhausted, local: true }, {}, { allowed: false, code: 'PlanMinutesExhausted' }],
    ['no international calls without overage', { international: true }, {}, { allowed: false, code: 'DestinationNotInPlan' }],
    ['international calls with overage', { plan: { ...plan, allowOverage: true }, international: true }, {}, { ...unlimited, rateType: 'OffPlanRated' }],
    ['no destination that the rate table forbids', {}, { destinationAllowed: false }, { allowed: false, code: 'DestinationNotAllowed' }],
    ['411', { category: 'DirectoryAssistance' }, {}, { ...unlimited, rateType: '_411', ratePerMinute: '0.00' }],
    [
      'no 411 where it is not sold',
      { plan: { ...plan, allow411: false }, category: 'DirectoryAssistance' },
      {},
      { allowed: false, code: 'DirectoryAssistanceNotAllowed' },
    ],
    ['the operator', { category: 'Operator' }, {}, { ...unlimited, rateType: 'Operator', ratePerMinute: '0.50' }],
    ['no operator where there is none', { plan: { ...plan, allowOperator: false }, category: 'Operator' }, {}, { allowed: false, code: 'OperatorNotAllowed' }],
    ['forwarding', {}, { forwarded: true }, { allowed: true, maxSeconds: 60 }],
    [
      'no forwarding where it is prevented',
      { plan: { ...plan, preventForwarding: true } },
      { forwarded: true },
      { allowed: false, code: 'ForwardingNotAllowed' },
    ],
    // 0.03 a minute, started six seconds: 0.003 each.
    [
      'what the money is enough for',
      { international: true, plan: { ...plan, allowOverage: true } },
      { spendLeft: '0.01' },
      { allowed: true, maxSeconds: 18, amountReserved: '0.009' },
    ],
    [
      'nothing without money',
      { international: true, plan: { ...plan, allowOverage: true } },
      { spendLeft: '0.002' },
      { allowed: false, code: 'SpendLimitReached' },
    ],
    ['no 411 beyond the money', { category: 'DirectoryAssistance' }, { spendLeft: '1.249999' }, { allowed: false, code: 'SpendLimitReached' }],
    ['411 for the money', { category: 'DirectoryAssistance' }, { spendLeft: '1.25' }, { allowed: true, maxSeconds: 60, amountReserved: '1.25' }],
    [
      'minutes of the plan without money',
      { plan: { ...plan, allowOverage: true } },
      { spendLeft: '0.00' },
      { allowed: true, maxSeconds: 60, secondsReserved: 60 },
    ],
  ])('allows %s', (_name, call, more, expected) => {
    expect(ask(call, more)).toMatchObject(expected)
  })

  it('never allows what costs more, or takes more minutes, than there is', () => {
    const any = fc.record({
      secondsRemaining: fc.integer({ min: 0, max: 700 }),
      allowOverage: fc.boolean(),
      ratePerMinute: fc.constantFrom('0', '0.03', '0.000001', '9.999999'),
      cents: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }),
      authorizedSeconds: fc.integer({ min: 0, max: 200 }),
      international: fc.boolean(),
    })
    const sound = fc.property(any, ({ cents, authorizedSeconds, international, ...terms }) => {
      const call: CallFacts = { direction: 'OUTBOUND', category: 'OffNet', onNet: false, international, plan: { ...plan, ...terms } }
      const spendLeft = cents === undefined ? undefined : (cents / 100).toFixed(2)
      const allowance = authorizeCall({ call, forwarded: false, destinationAllowed: true, authorizedSeconds, sliceSeconds: 60, spendLeft })
      if (!allowance.allowed || allowance.maxSeconds === undefined) return allowance.allowed ? spendLeft === undefined : true
      const charge = rateCall({ ...call, answeredSeconds: allowance.maxSeconds })
      const isPaid = spendLeft === undefined || Number(charge.cost) <= Number(spendLeft)
      const isCovered = terms.allowOverage || allowance.maxSeconds <= terms.secondsRemaining
      return isPaid && isCovered && allowance.maxSeconds > authorizedSeconds && charge.secondsConsumed === allowance.secondsReserved
    })
    expect(fc.check(sound, { numRuns: 3000 }).counterexample).toBeNull()
  })
})

describe('the rate of a destination', () => {
  const rate = (ratePerMinute: string, inPlan: boolean): DestinationRate => ({
    ratePerMinute,
    inPlan,
    allowed: true,
    increment: { initialSeconds: 60, subsequentSeconds: 60 },
  })
  const table = new Map([
    ['1', rate('0.01', true)],
    ['44', rate('0.03', false)],
    ['447', rate('0.30', false)],
  ])

  it.each([
    ['447700900123', '0.30'],
    ['442079460000', '0.03'],
    ['16075550123', '0.01'],
    ['33140000000', undefined],
  ])('of %s is that of its longest prefix', (number, expected) => {
    expect(rateOfPrefix(table, number)?.ratePerMinute).toBe(expected)
  })

  it('says what the minutes of the plan cover; without one that is home', () => {
    const facts = (calledNumber: string, found: DestinationRate | undefined) =>
      callFactsOf({ direction: 'OUTBOUND', category: 'OffNet', calledNumber, local: false, plan, rate: found })
    expect(facts('442079460000', undefined)).toMatchObject({ international: true, tollFree: false, onNet: false })
    expect(facts('442079460000', rate('0.03', true))).toMatchObject({ international: false, plan: { ratePerMinute: '0.03' } })
    expect(facts('16075550123', undefined).international).toBe(false)
    expect(facts('18005550123', undefined).tollFree).toBe(true)
    expect(facts('411', undefined)).toMatchObject({ international: false, tollFree: false })
  })
})
