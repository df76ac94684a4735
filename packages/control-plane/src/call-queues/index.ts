export type { CallQueue } from './call-queue.ts'
export { callQueueOperations } from './v2-routes.ts'
