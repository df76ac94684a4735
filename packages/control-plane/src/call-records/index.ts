export { storeCallRecords } from './store-call-records.ts'
export { callRecordCsvWorker } from './call-record-csv.ts'
export { callRecordOperations } from './v2-routes.ts'
