import { ok, type Result } from '@dialtone/foundation'
import { formatMoney } from '@dialtone/rating'
import { type AccountScope, type Actor, type PartitionScope, SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Database, FraudGuardRow, Sql, Transaction } from '../database/index.ts'
import { type Write, write } from '../events/index.ts'
import { queueMessage } from '../messages/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import type { GuardSettings, GuardTrip, StoredGuard, TripReason } from './fraud-guard.ts'

type Scope = PartitionScope | AccountScope

/** The row of an account, or that of its partition for all accounts without one. */
export function readGuardRow(sql: Sql | Transaction, partitionId: string, accountId?: string): Promise<FraudGuardRow | undefined> {
  const scopeId = accountId ?? partitionId
  return sql.selectFrom('fraud_guard').selectAll().where('scope_id', '=', scopeId).where('partition_id', '=', partitionId).executeTakeFirst()
}

export function settingsOfRow(row: FraudGuardRow | undefined): GuardSettings | undefined {
  return row?.settings ?? undefined
}

export function trippedOfRow(row: FraudGuardRow | undefined): StoredGuard['tripped'] {
  if (row === undefined || row.tripped_at === null || row.tripped_reason === null) return undefined
  return { atMs: row.tripped_at.getTime(), reason: row.tripped_reason as TripReason }
}

/** All that is stored, and what the accounts have spent today; nobody pays for that where there is no guard. */
export async function readGuards({ sql }: Database, midnight: Date): Promise<{ rows: readonly FraudGuardRow[]; spent: ReadonlyMap<string, string> }> {
  const rows = await sql.selectFrom('fraud_guard').selectAll().execute()
  if (rows.every((row) => row.settings?.maxSpendPerDay === undefined)) return { rows, spent: new Map() }
  const sums = await sql
    .selectFrom('call_record')
    .select((row) => ['account_id', row.fn.sum<string>('cost').as('spent')])
    .where('started_at', '>=', midnight)
    .groupBy('account_id')
    .execute()
  return { rows, spent: new Map(sums.map((row) => [row.account_id, row.spent])) }
}

export async function spentSince(sql: Sql | Transaction, accountId: string, midnight: Date): Promise<string> {
  const sum = await sql
    .selectFrom('call_record')
    .select((row) => row.fn.sum<string | null>('cost').as('spent'))
    .where('account_id', '=', accountId)
    .where('started_at', '>=', midnight)
    .executeTakeFirst()
  return sum?.spent ?? formatMoney(0n)
}

export function changeGuard(context: Context, actor: Actor, scope: Scope, settings: GuardSettings): Promise<Result<GuardSettings, ApiFailure>> {
  return write(context, actor, async (change) => {
    const text = JSON.stringify(settings)
    const guard = change.sql.selectFrom('fraud_guard').select('settings').where('scope_id', '=', scopeIdOf(scope))
    const before = (await guard.forUpdate().executeTakeFirst())?.settings ?? undefined
    await change.sql
      .insertInto('fraud_guard')
      .values({ scope_id: scopeIdOf(scope), partition_id: scope.partitionId, account_id: accountIdOf(scope), settings: text, updated_at: change.now })
      .onConflict((conflict) => conflict.column('scope_id').doUpdateSet({ settings: text, updated_at: change.now }))
      .execute()
    emit(change, scope, 'fraudguard.changed', { ...settings }, before)
    return ok(settings)
  })
}

/** Outbound calls go again at once. */
export function resetGuard(context: Context, actor: Actor, scope: AccountScope): Promise<Result<undefined, ApiFailure>> {
  return write(context, actor, async (change) => {
    await change.sql.updateTable('fraud_guard').set({ tripped_at: null, tripped_reason: null }).where('scope_id', '=', scope.accountId).execute()
    emit(change, scope, 'fraudguard.reset', {})
    return ok(undefined)
  })
}

/** The trip outlives a restart, and whoever should know is told: events go to webhooks, messages by mail. */
export async function storeTrip(context: Context, trip: GuardTrip): Promise<void> {
  const { partitionId, accountId, reason, calledNumber, sentOn, atMs, notifyEmails } = trip
  const scope = systemScope(partitionId, accountId)
  const stored = await write(context, SYSTEM_ACTOR, async (change) => {
    const account = await change.sql.selectFrom('account').select(['account_name', 'account_number']).where('id', '=', accountId).executeTakeFirst()
    if (account === undefined) return ok(undefined)
    if (reason !== 'HIGH_RISK_PREFIX') await keepTrip(change, trip)
    emit(change, scope, 'fraudguard.tripped', { reason, calledNumber, ...(sentOn === undefined ? {} : { sentOn }), at: new Date(atMs).toISOString() })
    const subject = `Outbound calls of ${account.account_name} look like fraud`
    const cut =
      reason === 'HIGH_RISK_PREFIX'
        ? 'That call was refused; others go on.'
        : 'Outbound calls are refused until the guard is reset, or until midnight UTC. Emergency calls go on.'
    const body = `Account ${account.account_number} (${account.account_name}): ${TEXTS[reason]}, at a call to ${calledNumber}. ${cut}`
    for (const recipient of notifyEmails) await queueMessage(change.sql, { partitionId, accountId, kind: 'EMAIL', recipient, subject, body }, change.now)
    return ok(undefined)
  })
  if (!stored.ok) throw new Error(stored.error.code)
}

const TEXTS: Readonly<Record<TripReason, string>> = {
  CONCURRENT_CALLS: 'more calls at once than allowed',
  CALLS_PER_MINUTE: 'more calls a minute than allowed',
  SPEND_PER_DAY: 'what may be spent a day is spent',
  HIGH_RISK_PREFIX: 'a number with a high-risk prefix was called',
}

async function keepTrip(change: Write, { partitionId, accountId, reason, atMs }: GuardTrip): Promise<void> {
  const tripped = { tripped_at: new Date(atMs), tripped_reason: reason, updated_at: change.now }
  await change.sql
    .insertInto('fraud_guard')
    .values({ scope_id: accountId, partition_id: partitionId, account_id: accountId, settings: null, ...tripped })
    .onConflict((conflict) => conflict.column('scope_id').doUpdateSet(tripped))
    .execute()
}

function emit(change: Write, scope: Scope, type: string, data: Readonly<Record<string, unknown>>, before?: unknown): void {
  const accountId = accountIdOf(scope) ?? undefined
  const history = {
    type: 'FRAUD_GUARD',
    action: 'UPDATE',
    oldValue: before,
    newValue: data,
    referenceType: 'FraudGuard',
    referenceId: scopeIdOf(scope),
    referenceName: 'Fraud guard',
  } as const
  change.emit({ type, partitionId: scope.partitionId, accountId, data, history })
}

function accountIdOf(scope: Scope): string | null {
  return 'accountId' in scope ? scope.accountId : null
}

function scopeIdOf(scope: Scope): string {
  return accountIdOf(scope) ?? scope.partitionId
}
