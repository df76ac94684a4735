import type { Operation } from '../http/index.ts'
import { hyphenatedOrderOperations } from './hyphenated-order-routes.ts'
import { hyphenatedSearchOperations } from './hyphenated-search-routes.ts'

export const numberOrderOperations: readonly Operation[] = [...hyphenatedSearchOperations, ...hyphenatedOrderOperations]
