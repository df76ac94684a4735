export { findInboundRatePlan, inboundRatesOf, insertDefaultInboundRatePlan } from './inbound-rate-plan.ts'
export { inboundRatePlanOperations } from './v2-routes.ts'
