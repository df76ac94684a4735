export { storeCallRecords } from './store-call-records.ts'
export { callRecordOperations } from './v2-routes.ts'
