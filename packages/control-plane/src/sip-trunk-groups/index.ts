export { sipTrunkGroupOperations } from './v2-routes.ts'
