export { startEmbeddedPostgres } from './start-embedded-postgres.ts'
export type { EmbeddedDatabaseFailure, EmbeddedPostgres, EmbeddedPostgresOptions } from './start-embedded-postgres.ts'
