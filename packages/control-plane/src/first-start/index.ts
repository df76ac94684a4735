export { firstStart } from './first-start.ts'
export type { FirstStart, FirstStartOptions } from './first-start.ts'
