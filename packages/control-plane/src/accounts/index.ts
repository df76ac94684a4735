import type { Operation } from '../http/index.ts'
import { accountOperations as resourceOperations } from './v2-routes.ts'
import { accountSearchOperations } from './v2-search-routes.ts'

export { createAccount } from './create-account.ts'
export { attributesOf } from './account-attributes.ts'
export { lockAccount } from './account-queries.ts'
export { extensionProblem } from './extension-rule.ts'
export type { AccountRow } from './account-queries.ts'
export type { AccountRequest } from './account.ts'
export { AccountBody, accountRequestOf } from './account-body.ts'
export { AccountView, accountView } from './account-view.ts'
export { statusChangeWorker } from './status-change-worker.ts'
export const accountOperations: readonly Operation[] = [...resourceOperations, ...accountSearchOperations]
