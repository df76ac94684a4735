import type { Operation } from '../http/index.ts'
import { dynamicInventoryOperations } from './dynamic-routes.ts'
import { hyphenatedOrderOperations } from './hyphenated-order-routes.ts'
import { hyphenatedSearchOperations } from './hyphenated-search-routes.ts'

export const numberOrderOperations: readonly Operation[] = [...hyphenatedSearchOperations, ...hyphenatedOrderOperations, ...dynamicInventoryOperations]
