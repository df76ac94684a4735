export { userGroupOperations } from './v2-routes.ts'
