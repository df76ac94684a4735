export { auditOperations } from './v2-routes.ts'
