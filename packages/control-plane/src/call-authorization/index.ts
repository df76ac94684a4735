export { createCallAuthorization } from './create-call-authorization.ts'
export { fraudGuardOperations } from './v2-routes.ts'
export type { CallAuthorization } from './create-call-authorization.ts'
export type { CallToPreview } from './call-ledger.ts'
