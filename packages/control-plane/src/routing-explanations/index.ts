export { DecisionView, decisionView } from './explanation-view.ts'
export { refusalOfDialed } from './explain-routing.ts'
export { findCaller } from './find-caller.ts'
export { routingExplanationOperations } from './v2-routes.ts'
