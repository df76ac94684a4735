export { activationHoldOperations } from './v2-routes.ts'
