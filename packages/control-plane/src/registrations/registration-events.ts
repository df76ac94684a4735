import { BoundedQueue, type Logger, newId } from '@dialtone/foundation'
import type { RegistrationChange } from '@dialtone/softswitch'
import { SYSTEM_ACTOR } from '../access/index.ts'
import type { Database } from '../database/index.ts'

const MAX_WAITING = 100_000
const BATCH_SIZE = 500

export interface RegistrationEvents {
  /** Called from the receive path: only remembers. */
  changed(change: RegistrationChange): void
  /** Resolves when everything told so far is in the outbox. */
  flush(): Promise<void>
}

/**
 * Tells integrators that devices came and went (S0-94): `device.registered`, `device.unregistered`, and the same of `siptrunk`.
 * Behind the registrar and in batches. The call plane knows already, so that nothing of its picture is read again.
 */
export function createRegistrationEvents(o: { database: Database; logger: Logger }): RegistrationEvents {
  const waiting = new BoundedQueue<RegistrationChange>(MAX_WAITING)
  let writing: Promise<void> | undefined

  async function drain(): Promise<void> {
    while (waiting.size > 0) {
      const batch: RegistrationChange[] = []
      for (let change = waiting.shift(); change !== undefined; change = waiting.shift()) {
        batch.push(change)
        if (batch.length === BATCH_SIZE) break
      }
      try {
        await publish(o.database, batch)
      } catch (error) {
        o.logger.warn('registrations were not told to subscribers', { count: batch.length, error: String(error) })
      }
    }
    writing = undefined
  }

  return {
    changed: (change) => {
      if (!waiting.push(change)) o.logger.warn('too many registrations wait to be told', { lineId: change.lineId })
      writing ??= drain()
    },
    flush: async () => {
      while (writing !== undefined) await writing
    },
  }
}

async function publish(database: Database, batch: readonly RegistrationChange[]): Promise<void> {
  const lines = await linesOf(database, [...new Set(batch.map((change) => change.lineId))])
  const rows = batch.flatMap((change) => {
    const line = lines.get(change.lineId)
    // Removed meanwhile: its deletion was told.
    if (line === undefined) return []
    const isTrunk = line.owner_type === 'SIP_TRUNK'
    return [
      {
        id: newId(),
        partition_id: change.partitionId,
        account_id: change.accountId,
        type: `${isTrunk ? 'siptrunk' : 'device'}.${change.registered ? 'registered' : 'unregistered'}`,
        payload: JSON.stringify({
          ...(isTrunk ? { sipTrunkId: line.owner_id } : { deviceId: line.device_id ?? line.owner_id, lineId: line.owner_id }),
          ...(line.mac_address === null ? {} : { macAddress: line.mac_address }),
          ...(line.user_id === null ? {} : { userId: line.user_id }),
          at: new Date(change.atMs).toISOString(),
        }),
        actor: JSON.stringify(SYSTEM_ACTOR),
        occurred_at: new Date(change.atMs),
        dispatched_at: null,
      },
    ]
  })
  if (rows.length > 0) await database.sql.insertInto('event_outbox').values(rows).execute()
}

async function linesOf(database: Database, lineIds: readonly string[]) {
  const rows = await database.sql
    .selectFrom('sip_credential')
    .leftJoin('device_line', 'device_line.id', 'sip_credential.owner_id')
    .leftJoin('user_softphone', 'user_softphone.line_id', 'sip_credential.owner_id')
    .leftJoin('device', 'device.id', 'device_line.device_id')
    .select(['owner_id', 'owner_type', 'device_line.device_id', 'device.mac_address'])
    .select((row) => row.fn.coalesce('device_line.user_id', 'user_softphone.user_id').as('user_id'))
    .where('owner_id', 'in', lineIds)
    .execute()
  return new Map(rows.map((row) => [row.owner_id, row]))
}
