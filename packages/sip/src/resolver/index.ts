export { dialogDestination } from './dialog-destination.ts'
export { numericDestination } from './numeric-destination.ts'
export type { Resolver } from './resolver.ts'
