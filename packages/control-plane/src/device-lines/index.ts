export { deviceLineOperations } from './v2-routes.ts'
