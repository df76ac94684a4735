export { accountUserOperations } from './v2-routes.ts'
