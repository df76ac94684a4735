import { rateCall } from './rate-call.ts'
import type { CallToRate } from './rate-call.ts'

export type PlanRefusal = 'DirectoryAssistanceNotAllowed' | 'OperatorNotAllowed' | 'PlanMinutesExhausted'

/**
 * Whether the plan lets a call begin (S4-40): 411 and operator as the product allows, and no call on used-up minutes without
 * overage. Calls that would cost nothing always begin, emergency calls above all (C-58).
 * @returns undefined when it may.
 */
export function checkCallAllowed(call: Omit<CallToRate, 'answeredSeconds'>): PlanRefusal | undefined {
  const { plan } = call
  if (plan === undefined) return undefined
  const { rateType, inPlan } = rateCall({ ...call, answeredSeconds: 1 })
  if (rateType === '_411') return plan.allow411 === false ? 'DirectoryAssistanceNotAllowed' : undefined
  if (rateType === 'Operator') return plan.allowOperator === false ? 'OperatorNotAllowed' : undefined
  if (rateType !== 'OffPlanRated' || inPlan) return undefined
  const somethingLeft = call.international !== true && plan.secondsRemaining >= 1
  return plan.allowOverage === false && !somethingLeft ? 'PlanMinutesExhausted' : undefined
}
