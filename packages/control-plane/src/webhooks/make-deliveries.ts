import { newId } from '@dialtone/foundation'
import { sql as sqlText } from 'kysely'
import type { Sql, Transaction } from '../database/index.ts'
import { eventBody, isPublic, wants } from '../event-feed/index.ts'
import type { PublishedEvent } from '../events/index.ts'
import type { DeliveryRow, SubscriptionRow } from './subscription-queries.ts'

const ROWS_AT_ONCE = 1000

/** One delivery for every event and every subscription that wants it: in the transaction that publishes the events, so exactly one. */
export async function makeDeliveries(sql: Transaction, events: readonly PublishedEvent[], now: Date): Promise<void> {
  const told = events.filter((event) => isPublic(event.type))
  if (told.length === 0) return
  const above = await ancestorsOf(sql, [...new Set(told.map((event) => event.partitionId))])
  const subscriptions = await sql
    .selectFrom('webhook_subscription')
    .selectAll()
    .where('enabled', '=', true)
    .where('partition_id', 'in', [...new Set([...above.values()].flat())])
    .execute()
  if (subscriptions.length === 0) return
  const rows = told.flatMap((event) => {
    const partitions = above.get(event.partitionId) ?? []
    return subscriptions.filter((subscription) => isTold(subscription, event, partitions)).map((subscription) => deliveryOf(subscription, event, now, false))
  })
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    await sql
      .insertInto('webhook_delivery')
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .onConflict((conflict) =>
        conflict
          .columns(['subscription_id', 'event_id'])
          .where(sqlText<boolean>`NOT is_replay`)
          .doNothing(),
      )
      .execute()
}

function isTold(subscription: SubscriptionRow, event: PublishedEvent, partitionAndAbove: readonly string[]): boolean {
  const inReach =
    subscription.partition_id === event.partitionId || (subscription.include_sub_partitions && partitionAndAbove.includes(subscription.partition_id))
  return inReach && wants(subscription.events, event.type)
}

/** @param isReplay asked for again: then an event may have many. */
export function deliveryOf(
  subscription: Pick<SubscriptionRow, 'id'>,
  event: Pick<PublishedEvent, 'id' | 'type' | 'occurredAt' | 'partitionId' | 'accountId' | 'data' | 'actor'>,
  now: Date,
  isReplay: boolean,
): Omit<DeliveryRow, 'attempts'> {
  return {
    id: newId(),
    subscription_id: subscription.id,
    event_id: event.id,
    event_type: event.type,
    body: JSON.stringify(eventBody(event)),
    is_replay: isReplay,
    status: 'PENDING',
    next_attempt_at: now,
    created_at: now,
    finished_at: null,
  }
}

/** Each partition with itself and all above it. */
async function ancestorsOf(sql: Sql | Transaction, partitionIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await sql
    .withRecursive('up', (query) =>
      query
        .selectFrom('partition')
        .select(['partition.id as origin', 'partition.id as id', 'partition.parent_id as parent'])
        .where('partition.id', 'in', [...partitionIds])
        .unionAll(
          query
            .selectFrom('partition')
            .innerJoin('up', 'up.parent', 'partition.id')
            .select(['up.origin as origin', 'partition.id as id', 'partition.parent_id as parent']),
        ),
    )
    .selectFrom('up')
    .select(['origin', 'id'])
    .execute()
  const found = new Map<string, string[]>()
  for (const row of rows) found.set(row.origin, [...(found.get(row.origin) ?? []), row.id])
  return found
}
