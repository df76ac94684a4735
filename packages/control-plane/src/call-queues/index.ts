export type { Agent, CallQueue } from './call-queue.ts'
export { changeDuty } from './change-duty.ts'
export { callQueueOperations } from './v2-routes.ts'
