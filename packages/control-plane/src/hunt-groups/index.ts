export type { HuntGroup } from './hunt-group.ts'
export { generalHuntGroupOperations } from './v2-routes.ts'
