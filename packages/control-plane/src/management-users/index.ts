export { insertAdministrator } from './insert-administrator.ts'
