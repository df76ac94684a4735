import type { BusinessClock, Logger } from '@dialtone/foundation'
import type { CallAuthorizer } from '@dialtone/softswitch'
import type { Context } from '../context.ts'
import type { Database } from '../database/index.ts'
import { type DomainEvent, readInTurns } from '../events/index.ts'
import { CallLedger, type CallToPreview } from './call-ledger.ts'
import { FraudGuard } from './fraud-guard.ts'
import { readAccountPlans, readPartitionPlans } from './plan-books.ts'
import { readGuardRow, readGuards, settingsOfRow, storeTrip, trippedOfRow } from './stored-guards.ts'

export interface CallAuthorizationOptions {
  readonly database: Database
  readonly clock: BusinessClock
  readonly logger: Logger
  /** Read when it is used: it is made after this. */
  readonly context: () => Context
}

/** Says what calls may begin; kept up to date by what was committed. */
export interface CallAuthorization {
  readonly authorizer: CallAuthorizer
  /** With which codes the legs of a call would be refused now, step by step; undefined: they would not. Nothing stays reserved. */
  preview(steps: readonly (readonly CallToPreview[])[]): readonly (readonly (string | undefined)[])[]
  /** For how long a call of a minute would be let go on. */
  previewSeconds(asked: CallToPreview): number
  /** Resolves when it goes by what the events say. Repeating it does no harm; it never rejects. */
  refresh(events: readonly Pick<DomainEvent, 'type' | 'partitionId' | 'accountId'>[]): Promise<void>
}

/** Changes of a partition that change what calls cost. */
const PARTITION_EVENT = /^(callingplanproduct|localprefixes|partition|fraudguard)\./
const DAY_MS = 86_400_000

export async function createCallAuthorization({ database, clock, logger, context }: CallAuthorizationOptions): Promise<CallAuthorization> {
  const guard = new FraudGuard(clock, (trip) => {
    logger.warn('a fraud guard tripped', { accountId: trip.accountId, partitionId: trip.partitionId, reason: trip.reason })
    storeTrip(context(), trip).then(
      () => {
        guard.tripStored(trip.accountId)
        return context().dueWork.runNow()
      },
      (error: unknown) => logger.error('that a fraud guard tripped could not be stored', { accountId: trip.accountId, error: String(error) }),
    )
  })
  const ledger = new CallLedger(clock, guard)
  const inTurn = readInTurns((key, error) => logger.error('the minutes of calls could not be read', { key, error: String(error) }))

  async function readAccount(accountId: string): Promise<void> {
    const recordIds = ledger.heldBy(accountId)
    const {
      accounts,
      charged,
      guard: stored,
    } = await readAccountPlans(database, new Date(clock.nowMs()), {
      accountId,
      recordIds,
      since: midnight(clock),
    })
    ledger.showAccount(accountId, accounts.get(accountId), charged)
    guard.showAccount(accountId, stored)
  }

  async function readPartition(partitionId: string): Promise<void> {
    const plans = await readPartitionPlans(database, partitionId)
    ledger.showPartition(partitionId, plans.get(partitionId))
    guard.showPartition(partitionId, settingsOfRow(await readGuardRow(database.sql, partitionId)))
  }

  const [{ accounts }, partitions] = await Promise.all([readAccountPlans(database, new Date(clock.nowMs())), readPartitionPlans(database)])
  for (const [accountId, plans] of accounts) ledger.showAccount(accountId, plans, [])
  for (const [partitionId, plans] of partitions) ledger.showPartition(partitionId, plans)
  const { rows, spent } = await readGuards(database, midnight(clock))
  for (const row of rows) if (row.account_id === null) guard.showPartition(row.partition_id, settingsOfRow(row))
  const rowOf = new Map(rows.flatMap((row) => (row.account_id === null ? [] : [[row.account_id, row] as const])))
  for (const accountId of new Set([...rowOf.keys(), ...spent.keys()])) {
    const row = rowOf.get(accountId)
    guard.showAccount(accountId, { settings: settingsOfRow(row), tripped: trippedOfRow(row), spentToday: spent.get(accountId) ?? '0.00' })
  }
  return {
    authorizer: ledger,
    preview: (steps) => ledger.preview(steps),
    previewSeconds: (asked) => ledger.previewSeconds(asked),
    refresh: async (events) => {
      const partitionIds = new Set(events.flatMap(({ type, partitionId }) => (PARTITION_EVENT.test(type) ? [partitionId] : [])))
      const accountIds = new Set(events.flatMap(({ accountId }) => accountId ?? []))
      await Promise.all([...partitionIds].map((id) => inTurn(id, () => readPartition(id))))
      await Promise.all([...accountIds].map((id) => inTurn(id, () => readAccount(id))))
    },
  }
}

/** Of this day in UTC, by the clock that times calls. */
function midnight(clock: BusinessClock): Date {
  return new Date(Math.floor(clock.nowMs() / DAY_MS) * DAY_MS - (clock.aheadMs ?? 0))
}
