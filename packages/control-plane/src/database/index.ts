export { openDatabase } from './open-database.ts'
export type { Database, Sql, Transaction } from './open-database.ts'
export type * from './schema.ts'
export { violatedUniqueIndex } from './sql-state.ts'
