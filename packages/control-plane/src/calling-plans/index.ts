export { attachDefaultPlan } from './attach-default-plan.ts'
export { listCallingPlans, removeCallingPlans } from './calling-plan-queries.ts'
export { CallingPlanView, callingPlanView } from './calling-plan-view.ts'
