export { defaultsOf, partitionDefaults } from './partition-defaults.ts'
export type { PartitionDefaults } from './partition-defaults.ts'
export { partitionOperations } from './v2-routes.ts'
