export { reportWorker } from './run-report.ts'
export { reportOperations } from './v2-routes.ts'
