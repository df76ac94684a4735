export type { VirtualFaxLine } from './fax-line.ts'
export { keepFax } from './keep-fax.ts'
export type { ReceivedFax } from './keep-fax.ts'
export { virtualFaxOperations } from './v2-routes.ts'
