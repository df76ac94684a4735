export { prevalidationOperations } from './v2-routes.ts'
