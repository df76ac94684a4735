export { pickupGroupOperations } from './v2-routes.ts'
export type { PickupGroup } from './v2-routes.ts'
