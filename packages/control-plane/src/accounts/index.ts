export { attributesOf } from './account-attributes.ts'
export { lockAccount } from './account-queries.ts'
export type { AccountRow } from './account-queries.ts'
export { accountOperations } from './v2-routes.ts'
