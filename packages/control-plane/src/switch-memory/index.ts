export { createSwitchMemory } from './switch-memory.ts'
export type { DatabaseSwitchMemory } from './switch-memory.ts'
