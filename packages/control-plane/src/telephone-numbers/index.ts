import type { Operation } from '../http/index.ts'
import { accountNumberOperations } from './account-routes.ts'
import { partitionNumberOperations } from './partition-routes.ts'

export { fillInventory } from './fill-inventory.ts'
export type { InventoryNumber } from './fill-inventory.ts'
export { sandboxInventory } from './sandbox-inventory.ts'
export const telephoneNumberOperations: readonly Operation[] = [...partitionNumberOperations, ...accountNumberOperations]
