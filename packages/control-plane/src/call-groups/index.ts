export { callGroupOperations } from './v2-routes.ts'
export type { CallGroup } from './call-group.ts'
