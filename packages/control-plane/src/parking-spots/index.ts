export { parkingSpotOperations } from './v2-routes.ts'
export type { ParkingSpot } from './v2-routes.ts'
