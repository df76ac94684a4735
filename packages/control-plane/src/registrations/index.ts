export { createRegistrationStore } from './registration-store.ts'
export type { DatabaseRegistrationStore } from './registration-store.ts'
export { createRegistrationEvents } from './registration-events.ts'
export type { RegistrationEvents } from './registration-events.ts'
