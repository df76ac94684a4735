import { createHash } from 'node:crypto'
import { err, ok, type Result } from '@dialtone/foundation'
import { sourceOf } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { TimeAhead } from '../due-work/index.ts'
import type { Transaction } from '../database/index.ts'
import { type ApiFailure, tooManyLoginAttempts } from '../failures/index.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Tries before waiting begins, and the longest wait. */
const STRANGER = { free: 5, longestMs: 15 * MINUTE_MS }
/** A source the user has logged in from waits less: somebody behind the same address must not be able to keep him out. */
const KNOWN = { free: 10, longestMs: 30_000 }
/** Somebody tries one name from many places: places that name never came from get one try. */
const UNDER_ATTACK = { free: 1, longestMs: 15 * MINUTE_MS }
const NAME_UNDER_ATTACK_FAILURES = 20
/** One source tries many names. */
const SOURCE = { free: 30, longestMs: 15 * MINUTE_MS }
export const LOGIN_WAIT: TimeAhead = { table: 'login_failure', column: 'blocked_until', mostMs: STRANGER.longestMs }
const FORGET_FAILURES_MS = HOUR_MS
const KNOWN_FOR_MS = 30 * DAY_MS
const EVERY = '*'

interface Attempt {
  readonly source: string
  readonly nameHash: string
  readonly now: Date
}

/**
 * Slows down who guesses, by source and user name together, and never locks a user: failures from elsewhere do not touch a source
 * that he has logged in from, and every other place still gets a try. Unknown names are treated like known ones.
 * @returns who tries, or how long to wait.
 */
export async function admitLogin(context: Context, username: string, remoteAddress: string): Promise<Result<Attempt, ApiFailure>> {
  const attempt = {
    source: sourceOf(remoteAddress),
    nameHash: hashOfName(username),
    now: new Date(context.clock.nowMs()),
  }
  const { source, nameHash, now } = attempt
  const rows = await context.database.sql
    .selectFrom('login_failure')
    .select(['name_hash', 'blocked_until'])
    .where('source', '=', source)
    .where('name_hash', 'in', [nameHash, EVERY])
    .where('blocked_until', '>', now)
    .execute()
  const pair = rows.find((row) => row.name_hash === nameHash)
  const blocking = pair ?? (rows.length > 0 && !(await isKnownSource(context.database.sql, attempt)) ? rows[0] : undefined)
  return blocking === undefined ? ok(attempt) : err(tooManyLoginAttempts(Math.ceil((blocking.blocked_until.getTime() - now.getTime()) / 1000)))
}

export async function loginFailed(context: Context, { source, nameHash, now }: Attempt): Promise<void> {
  await context.database.sql.transaction().execute(async (sql) => {
    const total = await count(sql, { source: EVERY, nameHash, now }, undefined)
    const known = await isKnownSource(sql, { source, nameHash, now })
    await count(sql, { source, nameHash: EVERY, now }, SOURCE)
    await count(sql, { source, nameHash, now }, known ? KNOWN : total > NAME_UNDER_ATTACK_FAILURES ? UNDER_ATTACK : STRANGER)
    if (total % 20 === 0) await forgetOld(sql, now)
  })
}

/** The source is one the user logs in from: what others fail at does not slow it down for a month. */
export async function loginSucceeded(context: Context, { source, nameHash, now }: Attempt): Promise<void> {
  const { sql } = context.database
  await sql.deleteFrom('login_failure').where('source', '=', source).where('name_hash', '=', nameHash).execute()
  await sql
    .insertInto('login_source')
    .values({ source, name_hash: nameHash, last_success_at: now })
    .onConflict((conflict) =>
      conflict
        .columns(['name_hash', 'source'])
        .doUpdateSet({ last_success_at: now })
        .where('login_source.last_success_at', '<', new Date(now.getTime() - DAY_MS)),
    )
    .execute()
}

/** Whoever tried this name may try again at once, from anywhere. */
export async function forgetLoginFailures(sql: Transaction, username: string): Promise<void> {
  await sql.deleteFrom('login_failure').where('name_hash', '=', hashOfName(username)).execute()
}

function hashOfName(username: string): string {
  return createHash('sha256').update(username.trim().toLowerCase()).digest('base64url')
}

/** @returns how many failures are on the row now. */
async function count(sql: Transaction, { source, nameHash, now }: Attempt, pace: { free: number; longestMs: number } | undefined): Promise<number> {
  await sql
    .insertInto('login_failure')
    .values({ source, name_hash: nameHash, failures: 0, blocked_until: now, last_failed_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await sql
    .selectFrom('login_failure')
    .select(['failures', 'last_failed_at'])
    .where('source', '=', source)
    .where('name_hash', '=', nameHash)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const failures = now.getTime() - row.last_failed_at.getTime() > FORGET_FAILURES_MS ? 1 : row.failures + 1
  const waitMs = pace === undefined || failures < pace.free ? 0 : Math.min(1000 * 2 ** Math.min(failures - pace.free, 20), pace.longestMs)
  await sql
    .updateTable('login_failure')
    .set({ failures, blocked_until: new Date(now.getTime() + waitMs), last_failed_at: now })
    .where('source', '=', source)
    .where('name_hash', '=', nameHash)
    .execute()
  return failures
}

async function isKnownSource(sql: Pick<Transaction, 'selectFrom'>, { source, nameHash, now }: Attempt): Promise<boolean> {
  const row = await sql
    .selectFrom('login_source')
    .select('source')
    .where('source', '=', source)
    .where('name_hash', '=', nameHash)
    .where('last_success_at', '>', new Date(now.getTime() - KNOWN_FOR_MS))
    .executeTakeFirst()
  return row !== undefined
}

async function forgetOld(sql: Transaction, now: Date): Promise<void> {
  await sql
    .deleteFrom('login_failure')
    .where('last_failed_at', '<', new Date(now.getTime() - FORGET_FAILURES_MS))
    .where('blocked_until', '<', now)
    .execute()
  await sql
    .deleteFrom('login_source')
    .where('last_success_at', '<', new Date(now.getTime() - KNOWN_FOR_MS))
    .execute()
}
