export type { HuntGroup } from './hunt-group.ts'
export { huntGroupOperations } from './v2-routes.ts'
