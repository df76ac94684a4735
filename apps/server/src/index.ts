export { readEnvironment, toConfig } from './configuration/index.ts'
export type { Config, ConfigurationProblem } from './configuration/index.ts'
export { startEmbeddedPostgres } from './embedded-database/index.ts'
export type { EmbeddedPostgres } from './embedded-database/index.ts'
