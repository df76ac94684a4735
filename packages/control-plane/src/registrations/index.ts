export { createRegistrationStore } from './registration-store.ts'
export type { DatabaseRegistrationStore } from './registration-store.ts'
