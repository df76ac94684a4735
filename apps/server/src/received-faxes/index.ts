export { FaxSpool } from './fax-spool.ts'
