export { virtualFaxOperations } from './v2-routes.ts'
