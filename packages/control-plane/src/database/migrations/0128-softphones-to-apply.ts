import { type Kysely, sql } from 'kysely'

/** Who had a plan with the app before plans brought it (S1-96): each gets it once, by the use case, and leaves this list. */
const STATEMENTS = [
  `CREATE TABLE softphone_to_apply (user_id text PRIMARY KEY REFERENCES end_user (id) ON DELETE CASCADE)`,
  `INSERT INTO softphone_to_apply
    SELECT id FROM end_user WHERE user_product_plan IN ('ADVANCED', 'PROFESSIONAL') AND NOT EXISTS (SELECT 1 FROM user_softphone WHERE user_id = end_user.id)`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}
