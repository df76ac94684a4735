export { emergencyComplianceOperations } from './v2-routes.ts'
