import { createHash } from 'node:crypto'
import { err, ok, randomToken, type Result } from '@dialtone/foundation'
import { hashPassword } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import { type ApiFailure, inConflict, invalidField } from '../failures/index.ts'
import { queueMessage } from '../messages/index.ts'
import { mailboxOf, type PasswordOwner } from './password-owner.ts'
import { brokenPasswordRule, failedToUpdate, storePassword } from './set-password.ts'

export type TokenPurpose = 'INVITATION' | 'RESET'

const TOKEN_BYTES = 24
const HOUR_MS = 3_600_000
const LIFE_MS = { INVITATION: 7 * 24 * HOUR_MS, RESET: HOUR_MS } as const
const MAX_TOKENS = 3

/** Mails a token that sets a password once. It goes out if and only if the change commits. */
export async function mailPasswordToken(
  context: Context,
  sql: Transaction,
  owner: PasswordOwner,
  purpose: TokenPurpose,
  now: Date,
): Promise<Result<undefined, ApiFailure>> {
  const recipient = mailboxOf(owner)
  if (recipient === undefined && purpose === 'INVITATION')
    return err(invalidField('emailAddress', 'is missing', 'required without a password: the invitation goes there', 'EmailAddressRequired'))
  if (recipient === undefined) return err(inConflict('EmailAddressRequired', 'The user has no e-mail address to send the password mail to.'))
  const token = randomToken(TOKEN_BYTES)
  await dropOldest(sql, owner.userId)
  await sql
    .insertInto('password_token')
    .values({
      token_hash: hashOf(token),
      environment: context.settings.environment,
      purpose,
      user_type: owner.userType,
      user_id: owner.userId,
      expires_at: new Date(now.getTime() + LIFE_MS[purpose]),
      created_at: now,
    })
    .execute()
  await queueMessage(sql, { partitionId: owner.partitionId, accountId: owner.accountId, kind: 'EMAIL', recipient, ...textOf(owner, purpose, token) }, now)
  return ok(undefined)
}

/** The holder of a token, without using it up. */
export async function findTokenHolder(context: Context, sql: Transaction, token: string): Promise<{ userType: string; userId: string } | undefined> {
  const row = await sql
    .selectFrom('password_token')
    .select(['user_type', 'user_id'])
    .where('token_hash', '=', hashOf(token))
    .where('environment', '=', context.settings.environment)
    .where('expires_at', '>', new Date(context.clock.nowMs()))
    // Two at once: the second finds it gone.
    .forUpdate()
    .executeTakeFirst()
  return row === undefined ? undefined : { userType: row.user_type, userId: row.user_id }
}

/** Sets the password of a token's holder; the token, and every other of his, is used up by it. */
export async function setPasswordByToken(sql: Transaction, owner: PasswordOwner, password: string, now: Date): Promise<Result<undefined, ApiFailure>> {
  const broken = await brokenPasswordRule(sql, owner, password)
  if (broken !== undefined) return err(failedToUpdate(broken, 'newPassword'))
  await storePassword(sql, owner, await hashPassword(password), now)
  return ok(undefined)
}

/** Used, expired, of another environment, or never given out: the answer is the same. */
export function passwordTokenInvalid(): ApiFailure {
  return invalidField('token', 'is not valid', 'the token of the newest mail, once, before it expires', 'PasswordTokenInvalid')
}

async function dropOldest(sql: Transaction, userId: string): Promise<void> {
  const rows = await sql
    .selectFrom('password_token')
    .select('token_hash')
    .where('user_id', '=', userId)
    .orderBy('created_at', 'desc')
    .offset(MAX_TOKENS - 1)
    .execute()
  for (const row of rows) await sql.deleteFrom('password_token').where('token_hash', '=', row.token_hash).execute()
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

function textOf(owner: PasswordOwner, purpose: TokenPurpose, token: string): { subject: string; body: string } {
  const [subject, reason, life] =
    purpose === 'INVITATION'
      ? ['You are invited to the voice platform', 'an account on the voice platform was made for you.', '7 days']
      : ['Set a new password', 'somebody asked for a new password for you. If it was not you, do nothing: your password stays as it is.', 'one hour']
  const lines = [
    `Hello ${owner.firstName} ${owner.lastName},`,
    '',
    reason,
    '',
    `  user name: ${owner.username}`,
    `  token:     ${token}`,
    '',
    `The token sets your password once, within ${life}: in the portal, or with PUT /v2/authorize/resetpassword {"token", "newPassword"}.`,
  ]
  return { subject, body: lines.join('\n') }
}
