import type { BusinessClock, Logger } from '@dialtone/foundation'
import type { CallAuthorizer } from '@dialtone/softswitch'
import type { Database } from '../database/index.ts'
import type { DomainEvent } from '../events/index.ts'
import { CallLedger } from './call-ledger.ts'
import { readAccountPlans, readPartitionPlans } from './plan-books.ts'

export interface CallAuthorizationOptions {
  readonly database: Database
  readonly clock: BusinessClock
  readonly logger: Logger
}

/** Says what calls may begin; kept up to date by what was committed. */
export interface CallAuthorization {
  readonly authorizer: CallAuthorizer
  /** Resolves when it goes by what the events say. Repeating it does no harm; it never rejects. */
  refresh(events: readonly Pick<DomainEvent, 'type' | 'partitionId' | 'accountId'>[]): Promise<void>
}

/** Changes of a partition that change what calls cost. */
const PARTITION_EVENT = /^(callingplanproduct|localprefixes|partition)\./

export async function createCallAuthorization({ database, clock, logger }: CallAuthorizationOptions): Promise<CallAuthorization> {
  const ledger = new CallLedger(clock)
  const inTurn = createTurns(logger)

  async function readAccount(accountId: string): Promise<void> {
    const recordIds = ledger.heldBy(accountId)
    const { accounts, charged } = await readAccountPlans(database, new Date(clock.nowMs()), { accountId, recordIds })
    ledger.showAccount(accountId, accounts.get(accountId), charged)
  }

  async function readPartition(partitionId: string): Promise<void> {
    const plans = await readPartitionPlans(database, partitionId)
    ledger.showPartition(partitionId, plans.get(partitionId))
  }

  const [{ accounts }, partitions] = await Promise.all([readAccountPlans(database, new Date(clock.nowMs())), readPartitionPlans(database)])
  for (const [accountId, plans] of accounts) ledger.showAccount(accountId, plans, [])
  for (const [partitionId, plans] of partitions) ledger.showPartition(partitionId, plans)
  return {
    authorizer: ledger,
    refresh: async (events) => {
      const partitionIds = new Set(events.flatMap(({ type, partitionId }) => (PARTITION_EVENT.test(type) ? [partitionId] : [])))
      const accountIds = new Set(events.flatMap(({ accountId }) => accountId ?? []))
      await Promise.all([...partitionIds].map((id) => inTurn(id, () => readPartition(id))))
      await Promise.all([...accountIds].map((id) => inTurn(id, () => readAccount(id))))
    },
  }
}

/** One read after the other for a key, or a slow one could put an older state over a newer one; who waits together is read for once. */
function createTurns(logger: Logger): (key: string, read: () => Promise<void>) => Promise<void> {
  const running = new Map<string, Promise<void>>()
  const waiting = new Map<string, Promise<void>>()
  const start = (key: string, read: () => Promise<void>): Promise<void> => {
    const settled = read().catch((error: unknown) => logger.error('the minutes of calls could not be read', { key, error: String(error) }))
    const turn = settled.finally(() => {
      if (running.get(key) === turn) running.delete(key)
    })
    running.set(key, turn)
    return turn
  }
  return (key, read) => {
    const before = running.get(key)
    if (before === undefined) return start(key, read)
    const next =
      waiting.get(key) ??
      before.then(() => {
        waiting.delete(key)
        return start(key, read)
      })
    waiting.set(key, next)
    return next
  }
}
