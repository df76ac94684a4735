export { bulkOperations } from './v2-routes.ts'
export { bulkWorker } from './bulk-worker.ts'
