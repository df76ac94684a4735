export { billedSecondsOf, defaultIncrement } from './billing-increment.ts'
export type { Increment } from './billing-increment.ts'
export type { CallCharge, CallToRate, Money, RatedCategory, RatedPlan, RateType } from './rate-call.ts'
