export { createEndUser } from './create-end-user.ts'
export { endUserOperations } from './v2-routes.ts'
export { findEndUser, lockEndUser } from './end-user-queries.ts'
