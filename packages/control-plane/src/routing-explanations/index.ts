export { DecisionView, decisionView } from './explanation-view.ts'
export { findCaller } from './find-caller.ts'
export { routingExplanationOperations } from './v2-routes.ts'
