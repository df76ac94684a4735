export { insertAdministrator } from './insert-administrator.ts'
export { managementUserOperations } from './v2-routes.ts'
