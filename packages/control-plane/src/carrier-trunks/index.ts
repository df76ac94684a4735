export { isAddressOfCarrier } from './carrier-trunk-queries.ts'
export { ownCarriers } from './own-carriers.ts'
export type { OwnCarrier } from './own-carriers.ts'
export { carrierTrunkOperations } from './v2-routes.ts'
