import type { RoutingSnapshot } from '@dialtone/call-routing'
import type { BusinessClock, Logger } from '@dialtone/foundation'
import type { Sealer } from '../access/index.ts'
import type { Database, Sql } from '../database/index.ts'
import { bytesOf, openState, sealState, STATE_FORMAT } from './state-content.ts'

/** How the routing of an account was. */
export interface PastState {
  readonly snapshot: RoutingSnapshot
  /** undefined: for as long as states are kept. */
  readonly from: Date | undefined
  readonly until: Date
}

export interface RoutingHistory {
  /** Told of each picture that a newer one takes the place of. Never waits. */
  readonly noteReplaced: (before: RoutingSnapshot, after: RoutingSnapshot | undefined) => void
  /** What held then: a past state, or `present`, which has held since before; `unknown` when it is not kept, or there was no such account. */
  stateAt(accountId: string, at: Date): Promise<PastState | 'present' | 'unknown'>
  /** Nothing is known of the time before. */
  keptSince(): Promise<Date>
  /** Resolves when everything noted so far is stored. */
  settled(): Promise<void>
}

export const STATES_KEPT_MS = 30 * 86_400_000
/** Of changes that follow one another faster, as in an import, the states in between are not kept. */
const CHANGES_TOGETHER_MS = 2_000
const STATES_AN_ACCOUNT = 1000

export interface HistoryOptions {
  readonly database: Database
  readonly sealer: Sealer
  readonly clock: BusinessClock
  readonly logger: Logger
}

/** Keeps what the routing of accounts was before each change, beside the change: a crash in that instant loses the one state. */
export async function createRoutingHistory(o: HistoryOptions): Promise<RoutingHistory> {
  const { sealer, logger } = o
  const { sql } = o.database
  // Routing goes by the time of the world, not by the business clock that the sandbox may move.
  const now = (): Date => new Date(o.clock.nowMs() - (o.clock.aheadMs ?? 0))
  /** Since when the present state of an account holds, and when one before it was stored last. Of those that changed since the start. */
  const changed = new Map<string, { readonly since: Date; readonly storedAtMs: number }>()
  let storing: Promise<void> = Promise.resolve()
  await sql
    .insertInto('routing_history_start')
    .values({ is_only: true, kept_since: now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute()

  async function store(accountId: string, state: { readonly bytes: Buffer; readonly from: Date | undefined; readonly until: Date }): Promise<void> {
    const content_sealed = await sealState(state.bytes, accountId, sealer)
    const valid_from = state.from ?? (await lastChange(sql, accountId))
    await sql
      .insertInto('routing_state')
      .values({ account_id: accountId, valid_until: state.until, valid_from, format: STATE_FORMAT, content_sealed })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await forgetMany(sql, accountId)
  }

  /** Accounts have their times by the business clock. */
  async function existed(accountId: string, at: Date): Promise<boolean> {
    const account = await sql.selectFrom('account').select('created_at').where('id', '=', accountId).executeTakeFirst()
    return account !== undefined && account.created_at.getTime() - (o.clock.aheadMs ?? 0) <= at.getTime()
  }

  return {
    noteReplaced(before, after) {
      if (after === undefined) return void changed.delete(before.accountId)
      const until = now()
      const last = changed.get(before.accountId)
      if (last !== undefined && until.getTime() - last.storedAtMs < CHANGES_TOGETHER_MS) {
        changed.set(before.accountId, { ...last, since: until })
        return
      }
      const bytes = bytesOf(before)
      if (bytes.equals(bytesOf(after))) return
      changed.set(before.accountId, { since: until, storedAtMs: until.getTime() })
      storing = storing
        .then(() => store(before.accountId, { bytes, from: last?.since, until }))
        .catch((error: unknown) => logger.warn('a past state of the routing could not be stored', { accountId: before.accountId, error: String(error) }))
    },
    async stateAt(accountId, at) {
      await storing
      const row = await firstEndedAfter(sql, accountId, at)
      if (!(await existed(accountId, at))) return 'unknown'
      if (row === undefined) return 'present'
      // Older ones were too many to be kept, or it is written in a way that meant something else.
      const isGap = row.valid_from !== null && row.valid_from.getTime() - at.getTime() > CHANGES_TOGETHER_MS
      if (isGap || row.format !== STATE_FORMAT) return 'unknown'
      return { snapshot: await openState(row.content_sealed, accountId, sealer), from: row.valid_from ?? undefined, until: row.valid_until }
    },
    async keptSince() {
      const row = await sql.selectFrom('routing_history_start').select('kept_since').executeTakeFirst()
      return new Date(Math.max(row?.kept_since.getTime() ?? 0, now().getTime() - STATES_KEPT_MS))
    },
    settled: () => storing,
  }
}

/** The first state that ended after that time. */
async function firstEndedAfter(sql: Sql, accountId: string, at: Date) {
  const states = sql.selectFrom('routing_state').selectAll().where('account_id', '=', accountId)
  return states.where('valid_until', '>', at).orderBy('valid_until').limit(1).executeTakeFirst()
}

/** What held when the server started holds since the last state that is over. */
async function lastChange(sql: Sql, accountId: string): Promise<Date | null> {
  const row = await sql
    .selectFrom('routing_state')
    .select('valid_until')
    .where('account_id', '=', accountId)
    .orderBy('valid_until', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.valid_until ?? null
}

/** Who changes something every few seconds keeps fewer days. */
async function forgetMany(sql: Sql, accountId: string): Promise<void> {
  const oldest = await sql
    .selectFrom('routing_state')
    .select('valid_until')
    .where('account_id', '=', accountId)
    .orderBy('valid_until', 'desc')
    .offset(STATES_AN_ACCOUNT)
    .limit(1)
    .executeTakeFirst()
  if (oldest !== undefined) await sql.deleteFrom('routing_state').where('account_id', '=', accountId).where('valid_until', '<=', oldest.valid_until).execute()
}
