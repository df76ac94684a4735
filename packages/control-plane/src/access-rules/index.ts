export { createAccessGate } from './access-gate.ts'
export type { AccessGate } from './access-gate.ts'
