export { createAccessGate } from './access-gate.ts'
export type { AccessGate } from './access-gate.ts'
export { accessRuleOperations } from './v2-routes.ts'
