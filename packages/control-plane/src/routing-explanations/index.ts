export { DecisionView, decisionView } from './explanation-view.ts'
export { routingExplanationOperations } from './v2-routes.ts'
