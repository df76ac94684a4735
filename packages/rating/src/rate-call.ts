import { billedSecondsOf, defaultIncrement } from './billing-increment.ts'
import { costOf, formatMoney } from './money.ts'
import type { Money } from './money.ts'
import { tariffOf } from './tariff.ts'
import type { CallFacts, RateType, Tariff } from './tariff.ts'

export interface CallToRate extends CallFacts {
  /** Seconds from answer to hang-up; 0 for a call that was not answered. */
  readonly answeredSeconds: number
}

export interface CallCharge {
  readonly rateType: RateType
  /** Answered seconds rounded up to the billing increment. */
  readonly billedSeconds: number
  readonly ratePerMinute: Money
  readonly cost: Money
  /** The whole call was covered by the plan's minutes. */
  readonly inPlan: boolean
  /** To be taken from the plan's secondsRemaining; never more than there are. */
  readonly secondsConsumed: number
}

/** What a finished call costs its account (S4-40), by the rule of `tariffOf`. Amounts are exact to a millionth. */
export function rateCall(call: CallToRate): CallCharge {
  const tariff = tariffOf(call)
  const billedSeconds = billedSecondsOf(call.answeredSeconds, call.increment ?? defaultIncrement)
  if (tariff.per === 'CALL') return charge(tariff, billedSeconds, { cost: billedSeconds === 0 ? 0n : tariff.rate })
  if (tariff.per === 'NOTHING') return charge(tariff, billedSeconds, {})
  if (tariff.minutes === undefined) return charge(tariff, billedSeconds, { rate: tariff.rate, cost: costOf(billedSeconds, tariff.rate) })
  return planMinutes(call, tariff, billedSeconds, tariff.minutes)
}

/** The plan's minutes pay as far as they go, the rest is overage. Who may not have overage is not charged for any (S4-40). */
function planMinutes({ answeredSeconds }: CallToRate, tariff: Tariff, billed: number, minutes: NonNullable<Tariff['minutes']>): CallCharge {
  const { secondsLeft, allowOverage } = minutes
  // The last started increment of a call that ended with the minutes is no more than what was left of them.
  const billedSeconds = !allowOverage && answeredSeconds <= secondsLeft ? Math.min(billed, secondsLeft) : billed
  const secondsConsumed = Math.min(billedSeconds, secondsLeft)
  const overageSeconds = billedSeconds - secondsConsumed
  if (overageSeconds === 0) return charge({ ...tariff, rateType: 'OnPlanMinutes' }, billedSeconds, { inPlan: true, secondsConsumed })
  const rate = allowOverage ? tariff.rate : 0n
  return charge({ ...tariff, rateType: 'OnPlanRated' }, billedSeconds, { rate, cost: costOf(overageSeconds, rate), secondsConsumed })
}

interface Amounts {
  readonly rate?: bigint
  readonly cost?: bigint
  readonly inPlan?: boolean
  readonly secondsConsumed?: number
}

function charge({ rateType }: Tariff, billedSeconds: number, { rate = 0n, cost = 0n, inPlan = false, secondsConsumed = 0 }: Amounts): CallCharge {
  return { rateType, billedSeconds, ratePerMinute: formatMoney(rate), cost: formatMoney(cost), inPlan, secondsConsumed }
}
