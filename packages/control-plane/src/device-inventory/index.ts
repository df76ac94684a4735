export { deviceInventoryWorkers } from './inventory-jobs.ts'
export { deviceInventoryOperations } from './v2-routes.ts'
