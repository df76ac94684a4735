import { err, ok, type Result } from '@dialtone/foundation'
import { isStillKnown, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { addressNotAllowed, type ApiFailure, expiredAuthToken, unauthorized } from '../failures/index.ts'
import type { Authenticate } from '../http/index.ts'
import { isProgramKey, readProgramKey, readProgramKeyById } from '../program-keys/index.ts'
import { hashOfToken } from './session-token.ts'
import { principalOf, readLoginUser } from './user-account.ts'

/** How long an answer is remembered: changes made by another process reach a running session within this time. */
const REMEMBER_MS = 2_000
/** The last use is written at most this often; an idle limit of hours does not need it finer. */
const WRITE_LAST_USE_EVERY_MS = 30_000
const MAX_REMEMBERED = 10_000

interface Known {
  readonly principal: Principal
  /** Whether the token may be used from an address. */
  readonly admits: (remoteAddress: string) => boolean
  /** From then on the token is nobody's, remembered or not. */
  readonly endsAtMs: number
}

export interface Authenticator {
  readonly authenticate: Authenticate
  /** Called at logout and when a password changes. */
  forget(token: string): void
  forgetEveryone(): void
}

/** Tokens live until they were idle for `tokenIdleSeconds` (S1-04: 8 hours since the last use), and only in the environment that issued them (C-10). */
export function createAuthenticator(context: Context): Authenticator {
  const remembered = new Map<string, Known & { readonly untilMs: number }>()
  let forgotten = 0

  async function authenticate(token: string, remoteAddress: string): Promise<Result<Principal, ApiFailure>> {
    const nowMs = context.clock.nowMs()
    const hash = hashOfToken(token)
    let known: Known | undefined = remembered.get(hash)
    if (known === undefined || !isStillKnown(remembered.get(hash)?.untilMs ?? 0, nowMs, REMEMBER_MS)) {
      const forgottenBefore = forgotten
      const read = isProgramKey(token) ? await readProgramKey(context, token, remoteAddress) : await readSession(context, hash, remoteAddress)
      if (!read.ok) return read
      known = read.value
      if (remembered.size >= MAX_REMEMBERED) remembered.clear()
      // What was read before somebody was shut out may be of before it: it serves this request and no later one.
      if (forgotten === forgottenBefore) remembered.set(hash, { ...known, untilMs: Math.min(nowMs + REMEMBER_MS, known.endsAtMs) })
    }
    return known.admits(remoteAddress) ? ok(known.principal) : err(addressNotAllowed())
  }

  return {
    authenticate,
    forget: (token) => {
      forgotten++
      remembered.delete(hashOfToken(token))
    },
    forgetEveryone: () => {
      forgotten++
      remembered.clear()
    },
  }
}

async function readSession(context: Context, hash: string, remoteAddress: string): Promise<Result<Known, ApiFailure>> {
  const nowMs = context.clock.nowMs()
  const session = await context.database.sql
    .selectFrom('session_token')
    .select(['user_id', 'user_type', 'last_used_at', 'expires_at'])
    .where('token_hash', '=', hash)
    .where('environment', '=', context.settings.environment)
    .executeTakeFirst()
  if (session === undefined) return err(unauthorized())
  const idleMs = nowMs - session.last_used_at.getTime()
  const endsAtMs = session.expires_at?.getTime() ?? Infinity
  if (idleMs > context.settings.tokenIdleSeconds * 1000 || endsAtMs <= nowMs) return err(expiredAuthToken())
  // Used in the future: the clock was set back.
  if (idleMs > WRITE_LAST_USE_EVERY_MS || idleMs < 0) await touch(context, hash, nowMs)
  if (session.user_type === 'Program') {
    const program = await readProgramKeyById(context, session.user_id, remoteAddress)
    return program.ok ? ok({ ...program.value, endsAtMs: Math.min(endsAtMs, program.value.endsAtMs) }) : program
  }
  const user = await readLoginUser(context, session.user_type, session.user_id)
  return user === undefined ? err(unauthorized()) : ok({ principal: await principalOf(context, user), admits: () => true, endsAtMs })
}

async function touch(context: Context, hash: string, nowMs: number): Promise<void> {
  await context.database.sql
    .updateTable('session_token')
    .set({ last_used_at: new Date(nowMs) })
    .where('token_hash', '=', hash)
    .execute()
}
