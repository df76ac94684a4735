export { startEmbeddedPostgres } from './start-embedded-postgres.ts'
export type { EmbeddedDatabaseFailure, EmbeddedPostgres, EmbeddedPostgresOptions } from './start-embedded-postgres.ts'
export { reachEmbeddedPostgres } from './reach-embedded-postgres.ts'
export type { ReachedPostgres } from './reach-embedded-postgres.ts'
