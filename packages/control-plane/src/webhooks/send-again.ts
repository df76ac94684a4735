import { err, newId, ok, type Result } from '@dialtone/foundation'
import { actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { isPublic, wants } from '../event-feed/index.ts'
import { publishedEvent, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict, invalidField } from '../failures/index.ts'
import { timeOrDayWritten } from '../time-zones/index.ts'
import { deliveryOf } from './make-deliveries.ts'
import { type DeliveryRow, findDelivery, findSubscription, type SubscriptionRow } from './subscription-queries.ts'

/** More than this is a catch-up of `GET …/events`, not a replay. */
const MAX_REPLAYED = 10_000
const ROWS_AT_ONCE = 500

/** Sends a test event, so that a receiver can be tried without waiting for something to happen. */
export function sendTestEvent(context: Context, principal: Principal, scope: PartitionScope, id: string): Promise<Result<DeliveryRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const subscription = await enabled(change.sql, scope, id)
    if (!subscription.ok) return subscription
    const event = {
      id: newId(),
      type: 'webhook.test',
      occurredAt: change.now,
      partitionId: scope.partitionId,
      accountId: undefined,
      data: { webhookId: id, message: 'This is a test.' },
      actor: {},
    }
    return ok(
      await change.sql
        .insertInto('webhook_delivery')
        .values(deliveryOf(subscription.value, event, change.now, true))
        .returningAll()
        .executeTakeFirstOrThrow(),
    )
  })
}

/** Sends one delivery again, as it was: the receiver sees the same `webhook-id`. */
export function replayDelivery(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  id: string,
  deliveryId: string,
): Promise<Result<DeliveryRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const subscription = await enabled(change.sql, scope, id)
    if (!subscription.ok) return subscription
    const before = await findDelivery(change.sql, id, deliveryId)
    if (before === undefined) return err(entityNotFound('WebhookDelivery', deliveryId))
    const again = {
      ...before,
      id: newId(),
      is_replay: true,
      status: 'PENDING',
      attempts: 0,
      next_attempt_at: change.now,
      created_at: change.now,
      finished_at: null,
    }
    return ok(await change.sql.insertInto('webhook_delivery').values(again).returningAll().executeTakeFirstOrThrow())
  })
}

/**
 * Sends everything after an event again, or everything since a time: for a receiver that lost what it had.
 * @param since the id of an event, a position of the feed, or an ISO time.
 * @returns how many deliveries were made.
 */
export function replaySince(context: Context, principal: Principal, scope: PartitionScope, id: string, since: string): Promise<Result<number, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const subscription = await enabled(change.sql, scope, id)
    if (!subscription.ok) return subscription
    const { include_sub_partitions: includesBelow, events: names } = subscription.value
    let rows = change.sql
      .selectFrom('event_outbox')
      .selectAll()
      .where('feed_position', 'is not', null)
      .where('partition_id', 'in', includesBelow ? [...principal.visiblePartitionIds] : [scope.partitionId])
    const time = timeOrDayWritten(since)
    if (/^\d{1,18}$/.test(since)) rows = rows.where('feed_position', '>', since)
    else if (time !== undefined) rows = rows.where('occurred_at', '>=', time)
    else {
      const event = await change.sql
        .selectFrom('event_outbox')
        .select('feed_position')
        .where('id', '=', since)
        .where('partition_id', '=', scope.partitionId)
        .executeTakeFirst()
      if (event === undefined || event.feed_position === null)
        return err(invalidField('since', 'is no event that is still kept', 'the id of an event, a position or an ISO time'))
      rows = rows.where('feed_position', '>', event.feed_position)
    }
    const found = await rows
      .orderBy('feed_position')
      .limit(MAX_REPLAYED + 1)
      .execute()
    if (found.length > MAX_REPLAYED) return err(inConflict('TooManyEvents', `There are more than ${MAX_REPLAYED} events; read them with GET …/events.`))
    const wanted = found.map(publishedEvent).filter((event) => isPublic(event.type) && wants(names, event.type))
    const deliveries = wanted.map((event) => deliveryOf(subscription.value, event, change.now, true))
    for (let from = 0; from < deliveries.length; from += ROWS_AT_ONCE)
      await change.sql
        .insertInto('webhook_delivery')
        .values(deliveries.slice(from, from + ROWS_AT_ONCE))
        .execute()
    return ok(deliveries.length)
  })
}

async function enabled(sql: Parameters<typeof findSubscription>[0], scope: PartitionScope, id: string): Promise<Result<SubscriptionRow, ApiFailure>> {
  const subscription = await findSubscription(sql, scope, id)
  if (subscription === undefined) return err(entityNotFound('Webhook', id))
  return subscription.enabled
    ? ok(subscription)
    : err(inConflict('WebhookDisabled', 'The webhook is disabled; enable it first.', { reason: subscription.disabled_reason }))
}
