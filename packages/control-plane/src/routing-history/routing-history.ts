import type { RoutingSnapshot } from '@dialtone/call-routing'
import type { BusinessClock, Logger } from '@dialtone/foundation'
import type { Sealer } from '../access/index.ts'
import type { Database, Sql } from '../database/index.ts'
import { bytesOf, openState, sealState, STATE_FORMAT } from './state-content.ts'

/** How the routing of an account was. */
export interface PastState {
  /** undefined: the present one, which holds since `from`. */
  readonly snapshot: RoutingSnapshot | undefined
  /** undefined: for as long as states are kept. */
  readonly from: Date | undefined
  readonly until: Date | undefined
  /** What held at that time gave way too soon to be kept. */
  readonly cameNext: boolean
}

export interface RoutingHistory {
  /** Told of each picture that a newer one takes the place of. Never waits. */
  readonly noteReplaced: (before: RoutingSnapshot, after: RoutingSnapshot | undefined) => void
  /**
   * What held then: a past state, or `present`, which has held since before; `unknown` when it is not kept, or there was no such account.
   * Of a time whose state gave way too soon to be kept it is the next one, which says so.
   */
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
  /** Until when nothing was kept after a state, where that is to be stored. In an import it moves on faster than it is written. */
  const notKept = new Map<string, { readonly after: Date; readonly until: Date }>()
  let storing: Promise<void> = Promise.resolve()
  await sql
    .insertInto('routing_history_start')
    .values({ is_only: true, kept_since: now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute()

  async function store(accountId: string, state: { readonly bytes: Buffer; readonly from: Date | undefined; readonly until: Date }): Promise<void> {
    const content_sealed = await sealState(state.bytes, accountId, sealer)
    const valid_from = state.from ?? (await presentSince(sql, accountId))
    await sql
      .insertInto('routing_state')
      .values({ account_id: accountId, valid_until: state.until, valid_from, format: STATE_FORMAT, content_sealed })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await forgetMany(sql, accountId)
  }

  async function storeNotKept(accountId: string): Promise<void> {
    const gap = notKept.get(accountId)
    if (gap === undefined) return
    notKept.delete(accountId)
    await sql.updateTable('routing_state').set({ next_kept_from: gap.until }).where('account_id', '=', accountId).where('valid_until', '=', gap.after).execute()
  }

  function queue(accountId: string, work: () => Promise<void>): void {
    storing = storing.then(work).catch((error: unknown) => logger.warn('a past state of the routing could not be stored', { accountId, error: String(error) }))
  }

  return {
    noteReplaced(before, after) {
      if (after === undefined) return void changed.delete(before.accountId)
      const until = now()
      const last = changed.get(before.accountId)
      if (last !== undefined && until.getTime() - last.storedAtMs < CHANGES_TOGETHER_MS) {
        changed.set(before.accountId, { ...last, since: until })
        notKept.set(before.accountId, { after: new Date(last.storedAtMs), until })
        queue(before.accountId, () => storeNotKept(before.accountId))
        return
      }
      const bytes = bytesOf(before)
      if (bytes.equals(bytesOf(after))) return
      changed.set(before.accountId, { since: until, storedAtMs: until.getTime() })
      queue(before.accountId, () => store(before.accountId, { bytes, from: last?.since, until }))
    },
    async stateAt(accountId, at) {
      await storing
      return (await existed(o, accountId, at)) ? keptStateAt(o, accountId, at) : 'unknown'
    },
    async keptSince() {
      const row = await sql.selectFrom('routing_history_start').select('kept_since').executeTakeFirst()
      return new Date(Math.max(row?.kept_since.getTime() ?? 0, now().getTime() - STATES_KEPT_MS))
    },
    settled: () => storing,
  }
}

/** Accounts have their times by the business clock. */
async function existed({ database, clock }: HistoryOptions, accountId: string, at: Date): Promise<boolean> {
  const account = await database.sql.selectFrom('account').select('created_at').where('id', '=', accountId).executeTakeFirst()
  return account !== undefined && account.created_at.getTime() - (clock.aheadMs ?? 0) <= at.getTime()
}

/** What held at a time at which the account was there. */
async function keptStateAt({ database, sealer }: HistoryOptions, accountId: string, at: Date): Promise<PastState | 'present' | 'unknown'> {
  const row = await firstEndedAfter(database.sql, accountId, at)
  if (row === undefined) {
    const since = await presentSince(database.sql, accountId)
    return since === null || since <= at ? 'present' : { snapshot: undefined, from: since, until: undefined, cameNext: true }
  }
  // Older ones were too many to be kept, or it is written in a way that meant something else.
  const missingMs = row.valid_from === null ? 0 : row.valid_from.getTime() - at.getTime()
  if (missingMs > CHANGES_TOGETHER_MS || row.format !== STATE_FORMAT) return 'unknown'
  const snapshot = await openState(row.content_sealed, accountId, sealer)
  return { snapshot, from: row.valid_from ?? undefined, until: row.valid_until, cameNext: missingMs > 0 }
}

/** The first state that ended after that time. */
async function firstEndedAfter(sql: Sql, accountId: string, at: Date) {
  const states = sql.selectFrom('routing_state').selectAll().where('account_id', '=', accountId)
  return states.where('valid_until', '>', at).orderBy('valid_until').limit(1).executeTakeFirst()
}

/** What held when the server started holds since the last state that is over, or since what followed that was kept. */
async function presentSince(sql: Sql, accountId: string): Promise<Date | null> {
  const row = await sql
    .selectFrom('routing_state')
    .select(['valid_until', 'next_kept_from'])
    .where('account_id', '=', accountId)
    .orderBy('valid_until', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.next_kept_from ?? row?.valid_until ?? null
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
