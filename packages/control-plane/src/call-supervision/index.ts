export type { CallSupervision } from './call-supervision.ts'
export { SUPERVISION_MODES } from './call-supervision.ts'
export { callSupervisionOperations } from './v2-routes.ts'
