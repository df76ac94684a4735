export { RecordingSpool } from './recording-spool.ts'
