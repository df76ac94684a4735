export { startDueWork } from './due-work.ts'
export type { DueTask, DueWork } from './due-work.ts'
