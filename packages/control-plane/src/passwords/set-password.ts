import { err, ok, type Result } from '@dialtone/foundation'
import { hashPassword, passwordProblem, verifyPassword } from '../access/index.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { type PasswordOwner, TABLE_OF } from './password-owner.ts'

/** How many passwords before the present one are not taken again. */
const REMEMBERED_PASSWORDS = 4
const SHORTEST_NAME = 4

/** The policy as a whole: form, not the user's own name, none of the last ones. @returns the broken rule in words, or undefined. */
export async function brokenPasswordRule(sql: Sql | Transaction, owner: PasswordOwner, password: string): Promise<string | undefined> {
  const broken = brokenFormRule(owner.username, password)
  if (broken !== undefined) return broken
  const rows = await sql
    .selectFrom('password_history')
    .select('password_hash')
    .where('user_id', '=', owner.userId)
    .orderBy('sequence', 'desc')
    .limit(REMEMBERED_PASSWORDS)
    .execute()
  for (const row of rows) if (await verifyPassword(password, row.password_hash)) return `none of the last ${REMEMBERED_PASSWORDS} passwords`
  return undefined
}

/** What a password may not be for a person of that name, whatever the person had before. */
function brokenFormRule(username: string, password: string): string | undefined {
  const name = (username.split('@')[0] ?? '').toLowerCase()
  return passwordProblem(password) ?? (name.length >= SHORTEST_NAME && password.toLowerCase().includes(name) ? 'without the user name in it' : undefined)
}

/** The hash of the password a new person begins with. @param field where the request has it */
export async function firstPasswordHash(username: string, password: string, field = 'password'): Promise<Result<string, ApiFailure>> {
  const broken = brokenFormRule(username, password)
  return broken === undefined ? ok(await hashPassword(password)) : err(invalidField(field, 'breaks the password policy', broken, 'InvalidPassword'))
}

/**
 * The hash that is stored, which stays as it is until the transaction ends: what was proven against one before may be proven no more.
 * @returns undefined when there is nobody of that id any more
 */
export async function holdPasswordHash(sql: Transaction, owner: Pick<PasswordOwner, 'userType' | 'userId'>): Promise<string | null | undefined> {
  const row = await sql.selectFrom(TABLE_OF[owner.userType]).select('password_hash').where('id', '=', owner.userId).forNoKeyUpdate().executeTakeFirst()
  return row?.password_hash
}

/** A new password ends every session and every mail that could set another one. */
export async function storePassword(sql: Transaction, owner: PasswordOwner, passwordHash: string, now: Date): Promise<void> {
  await sql.updateTable(TABLE_OF[owner.userType]).set({ password_hash: passwordHash, must_change_password: false }).where('id', '=', owner.userId).execute()
  await sql.insertInto('password_history').values({ user_id: owner.userId, password_hash: passwordHash, created_at: now }).execute()
  await endSessions(sql, owner.userId)
  const kept = await sql
    .selectFrom('password_history')
    .select('sequence')
    .where('user_id', '=', owner.userId)
    .orderBy('sequence', 'desc')
    .offset(REMEMBERED_PASSWORDS)
    .limit(1)
    .executeTakeFirst()
  if (kept !== undefined) await sql.deleteFrom('password_history').where('user_id', '=', owner.userId).where('sequence', '<=', kept.sequence).execute()
}

/** Every session of a user and every token that could set his password. */
export async function endSessions(sql: Transaction, userId: string): Promise<void> {
  await sql.deleteFrom('session_token').where('user_id', '=', userId).execute()
  await sql.deleteFrom('password_token').where('user_id', '=', userId).execute()
}

/** What a user leaves behind when he is deleted. */
export async function forgetPasswords(sql: Transaction, userId: string): Promise<void> {
  await endSessions(sql, userId)
  await sql.deleteFrom('password_history').where('user_id', '=', userId).execute()
}

/** The code of the public interface for a password against the policy (public-spec section 3). */
export function failedToUpdate(rule: string, field = 'changePassword'): ApiFailure {
  return {
    code: 'FailedToUpdate',
    status: 400,
    message: `The new password breaks the password policy: ${rule}.`,
    details: [{ field, code: 'FailedToUpdate', reason: 'breaks the password policy', rule }],
  }
}
