export { pagingGroupOperations } from './v2-routes.ts'
export type { PagingGroup } from './v2-routes.ts'
