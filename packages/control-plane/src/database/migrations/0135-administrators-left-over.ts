import { type Kysely, sql } from 'kysely'

/**
 * Administrators of accounts that were deleted before an account went with them: nobody can reach them, and their login names and roles
 * were taken for good. Their triggers and keys take the names and roles along; what they did stays in the history under their names.
 */
const LEFT_OVER = `SELECT account_user.id FROM account_user JOIN account ON account.id = account_user.account_id WHERE account.status = 'DELETED'`
const STATEMENTS = [
  ...['session_token', 'password_token', 'password_history'].map((table) => `DELETE FROM ${table} WHERE user_id IN (${LEFT_OVER})`),
  `DELETE FROM account_user WHERE id IN (${LEFT_OVER})`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}
