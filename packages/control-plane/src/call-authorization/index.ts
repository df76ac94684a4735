export { createCallAuthorization } from './create-call-authorization.ts'
export type { CallAuthorization } from './create-call-authorization.ts'
