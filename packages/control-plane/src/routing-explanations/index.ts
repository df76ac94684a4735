export { routingExplanationOperations } from './v2-routes.ts'
