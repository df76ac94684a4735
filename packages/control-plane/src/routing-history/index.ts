export { createRoutingHistory } from './routing-history.ts'
export type { PastState, RoutingHistory } from './routing-history.ts'
export { routingHistoryRetentionTask } from './retention.ts'
