import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateCall } from './index.ts'
import type { CallToRate, RatedPlan } from './index.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

const plan: RatedPlan = {
  planMinutes: 20_000,
  secondsRemaining: 1_200_000,
  allowOverage: true,
  ratePerMinute: '0.03',
  rateIntraPartitionAsFree: true,
  allow411: true,
  callRateFor411: '1.25',
  rateTypeFor411: 'PER_CALL',
  allowOperator: false,
  callRateForOperator: '0.50',
  rateTypeForOperator: 'PER_MINUTE',
}

function call(changes: Partial<CallToRate> = {}): CallToRate {
  return { direction: 'OUTBOUND', category: 'OffNet', answeredSeconds: 61, onNet: false, plan, ...changes }
}

describe('rateCall (S4-40)', () => {
  it('takes an outbound call from the plan minutes, in started six seconds (S1-56, C-64)', () => {
    expect(rateCall(call())).toEqual({ rateType: 'OnPlanMinutes', billedSeconds: 66, ratePerMinute: '0.00', cost: '0.00', inPlan: true, secondsConsumed: 66 })
  })

  it('charges the seconds beyond the plan minutes as overage', () => {
    const charge = rateCall(call({ answeredSeconds: 120, plan: { ...plan, secondsRemaining: 60 } }))
    expect(charge).toEqual({ rateType: 'OnPlanRated', billedSeconds: 120, ratePerMinute: '0.03', cost: '0.03', inPlan: false, secondsConsumed: 60 })
  })

  it('charges nobody overage that the plan does not allow', () => {
    const charge = rateCall(call({ answeredSeconds: 120, plan: { ...plan, secondsRemaining: 60, allowOverage: false } }))
    expect(charge).toMatchObject({ rateType: 'OnPlanRated', cost: '0.00', secondsConsumed: 60, inPlan: false })
  })

  it('bills a call that ended with the minutes no more than what was left of them', () => {
    const last = call({ answeredSeconds: 10, plan: { ...plan, secondsRemaining: 10, allowOverage: false } })
    expect(rateCall(last)).toMatchObject({ rateType: 'OnPlanMinutes', billedSeconds: 10, cost: '0.00', secondsConsumed: 10, inPlan: true })
  })

  it('rates without any plan at nothing, and says it is off plan', () => {
    expect(rateCall(call({ plan: undefined }))).toMatchObject({ rateType: 'OffPlanRated', cost: '0.00', inPlan: false, secondsConsumed: 0 })
  })

  it('makes calls within the partition free when the plan says so, and only then', () => {
    expect(rateCall(call({ category: 'OnNet', onNet: true }))).toMatchObject({ rateType: 'IntraPartitionFree', cost: '0.00', secondsConsumed: 0 })
    const rated = rateCall(call({ category: 'OnNet', onNet: true, plan: { ...plan, rateIntraPartitionAsFree: false } }))
    expect(rated).toMatchObject({ rateType: 'OnPlanMinutes', secondsConsumed: 66 })
  })

  it('never uses minutes for a call inside the account', () => {
    const inside = call({ direction: 'INTERNAL', category: 'OnNet', onNet: true })
    expect(rateCall(inside)).toMatchObject({ rateType: 'IntraPartitionFree', secondsConsumed: 0 })
    expect(rateCall({ ...inside, plan: { ...plan, rateIntraPartitionAsFree: false } })).toMatchObject({ rateType: 'Free', secondsConsumed: 0 })
  })

  it.each(['Emergency', 'EmergencyServicesVerification', 'NonEmergencyServices', 'PublicServices', 'TeleRelayService'] as const)(
    'makes %s free',
    (category) => {
      expect(rateCall(call({ category }))).toMatchObject({ rateType: 'Free', cost: '0.00', secondsConsumed: 0 })
    },
  )

  it('makes inbound and toll-free calls free, and local ones with unlimited local', () => {
    expect(rateCall(call({ direction: 'INBOUND' }))).toMatchObject({ rateType: 'Free', secondsConsumed: 0 })
    expect(rateCall(call({ direction: 'INBOUND', trunkInbound: true }))).toMatchObject({ rateType: 'SipTrunkInbound', secondsConsumed: 0 })
    expect(rateCall(call({ tollFree: true }))).toMatchObject({ rateType: 'TollFree', secondsConsumed: 0 })
    expect(rateCall(call({ local: true, plan: { ...plan, allowUnlimitedLocal: true } }))).toMatchObject({ rateType: 'Local', secondsConsumed: 0 })
    expect(rateCall(call({ local: true }))).toMatchObject({ rateType: 'OnPlanMinutes', secondsConsumed: 66 })
  })

  it('rates 411 a call and the operator a minute as the plan has it (S4-39)', () => {
    expect(rateCall(call({ category: 'DirectoryAssistance' }))).toMatchObject({ rateType: '_411', cost: '1.25', ratePerMinute: '0.00' })
    expect(rateCall(call({ category: 'DirectoryAssistance', answeredSeconds: 0 }))).toMatchObject({ rateType: '_411', cost: '0.00' })
    expect(rateCall(call({ category: 'Operator', answeredSeconds: 90 }))).toMatchObject({ rateType: 'Operator', cost: '0.75', ratePerMinute: '0.50' })
  })

  it('keeps international calls off the plan minutes', () => {
    expect(rateCall(call({ answeredSeconds: 60, international: true }))).toMatchObject({ rateType: 'OffPlanRated', cost: '0.03', secondsConsumed: 0 })
  })

  it('bills by the increment it is given', () => {
    expect(rateCall(call({ increment: { initialSeconds: 60, subsequentSeconds: 60 } })).billedSeconds).toBe(120)
    expect(rateCall(call({ increment: { initialSeconds: 30, subsequentSeconds: 6 }, answeredSeconds: 31 })).billedSeconds).toBe(36)
    expect(rateCall(call({ increment: { initialSeconds: 1, subsequentSeconds: 1 }, answeredSeconds: 0.2 })).billedSeconds).toBe(1)
  })

  it('never bills less than was talked, never takes more than the plan has, never gives money back', () => {
    const anyNumber = fc.oneof(fc.integer({ min: 0, max: 1_000_000 }), fc.double())
    const calls = fc.record({
      answeredSeconds: anyNumber,
      secondsRemaining: anyNumber,
      ratePerMinute: fc.constantFrom('0', '0.03', '0.000001', '99999.999999', 'x', '-1'),
      category: fc.constantFrom('OffNet', 'OnNet', 'Operator', 'DirectoryAssistance', 'Emergency', 'Other' as const),
      direction: fc.constantFrom('INBOUND', 'OUTBOUND', 'INTERNAL' as const),
      onNet: fc.boolean(),
    })
    const sound = fc.property(calls, ({ answeredSeconds, secondsRemaining, ratePerMinute, category, direction, onNet }) => {
      const charge = rateCall({ direction, category, onNet, answeredSeconds, plan: { planMinutes: 1, secondsRemaining, ratePerMinute } })
      const billedEnough = !(answeredSeconds > 0 && answeredSeconds < 1e9) || charge.billedSeconds >= answeredSeconds
      const withinPlan = charge.secondsConsumed >= 0 && charge.secondsConsumed <= Math.max(0, secondsRemaining || 0)
      return billedEnough && withinPlan && /^\d+\.\d{2,6}$/.test(charge.cost) && Number.isInteger(charge.secondsConsumed)
    })
    expect(fc.check(sound, { numRuns: 3000 }).counterexample).toBeNull()
  })
})
