export { createAuthenticator } from './authenticator.ts'
export type { Authenticator } from './authenticator.ts'
export { sessionOperations } from './v2-routes.ts'
