export { numberInventoryWorkers } from './inventory-workers.ts'
export { numberInventoryOperations } from './v2-routes.ts'
