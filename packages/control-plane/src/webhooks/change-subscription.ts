import { err, newId, ok, type Result } from '@dialtone/foundation'
import { actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type DomainEvent, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict, invalidFields } from '../failures/index.ts'
import { subscriptionProblems, type SubscriptionAttributes } from './subscription.ts'
import { listSubscriptions, lockSubscription, MAX_SUBSCRIPTIONS, type SubscriptionRow } from './subscription-queries.ts'
import { newSecret } from './webhook-secret.ts'

/** @returns the subscription and its secret; nobody can read the secret later. */
export async function createSubscription(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  wanted: SubscriptionAttributes,
  givenSecret: string | undefined,
): Promise<Result<{ readonly row: SubscriptionRow; readonly secret: string }, ApiFailure>> {
  const problems = subscriptionProblems(wanted, allowsLoopback(context))
  if (problems.length > 0) return err(invalidFields(problems))
  const secret = givenSecret ?? newSecret()
  return write(context, actorOf(principal), async (change) => {
    // One at a time in a partition, so that two at once do not pass the limit together.
    await change.sql.selectFrom('partition').select('id').where('id', '=', scope.partitionId).forNoKeyUpdate().execute()
    const present = await listSubscriptions(change.sql, scope)
    if (present.length >= MAX_SUBSCRIPTIONS) return err(inConflict('WebhookLimitReached', `A partition has at most ${MAX_SUBSCRIPTIONS} webhooks.`))
    const id = newId()
    const row = await change.sql
      .insertInto('webhook_subscription')
      .values({
        ...columnsOf(wanted),
        id,
        partition_id: scope.partitionId,
        disabled_reason: null,
        secret_sealed: context.sealer.seal(secret, id),
        previous_secret_sealed: null,
        previous_secret_until: null,
        created_at: change.now,
        updated_at: change.now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    change.emit(changed('webhook.created', scope, id, 'CREATE', { newValue: wanted }))
    return ok({ row, secret })
  })
}

/** @param revise makes the wanted attributes from the stored ones while the row is locked. Enabled again, it forgets why it was disabled. */
export async function updateSubscription(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  id: string,
  revise: (before: SubscriptionAttributes) => Result<{ readonly attributes: SubscriptionAttributes; readonly secret: string | undefined }, ApiFailure>,
): Promise<Result<SubscriptionRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const stored = await lockSubscription(change.sql, scope, id)
    if (stored === undefined) return err(entityNotFound('Webhook', id))
    const before = attributesOf(stored)
    const revised = revise(before)
    if (!revised.ok) return revised
    const { attributes, secret } = revised.value
    const problems = subscriptionProblems(attributes, allowsLoopback(context))
    if (problems.length > 0) return err(invalidFields(problems))
    const row = await change.sql
      .updateTable('webhook_subscription')
      .set({
        ...columnsOf(attributes),
        disabled_reason: attributes.enabled ? null : stored.disabled_reason,
        ...(secret === undefined ? {} : { secret_sealed: context.sealer.seal(secret, id), previous_secret_sealed: null, previous_secret_until: null }),
        updated_at: change.now,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    change.emit(changed('webhook.updated', scope, id, 'UPDATE', { oldValue: before, newValue: attributes }))
    return ok(row)
  })
}

/** A new secret; deliveries are signed with both until the overlap is over, so that receivers change without losing one. */
export function rotateSecret(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  id: string,
  o: { readonly secret: string | undefined; readonly overlapSeconds: number },
): Promise<Result<{ readonly row: SubscriptionRow; readonly secret: string }, ApiFailure>> {
  const secret = o.secret ?? newSecret()
  return write(context, actorOf(principal), async (change) => {
    const stored = await lockSubscription(change.sql, scope, id)
    if (stored === undefined) return err(entityNotFound('Webhook', id))
    const row = await change.sql
      .updateTable('webhook_subscription')
      .set({
        secret_sealed: context.sealer.seal(secret, id),
        previous_secret_sealed: stored.secret_sealed,
        previous_secret_until: new Date(change.now.getTime() + o.overlapSeconds * 1000),
        updated_at: change.now,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    change.emit(changed('webhook.updated', scope, id, 'UPDATE', { newValue: { secretRotated: true } }))
    return ok({ row, secret })
  })
}

/** Ends a subscription; what waited to be delivered goes with it. */
export function deleteSubscription(context: Context, principal: Principal, scope: PartitionScope, id: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const stored = await lockSubscription(change.sql, scope, id)
    if (stored === undefined) return err(entityNotFound('Webhook', id))
    await change.sql.deleteFrom('webhook_subscription').where('id', '=', id).execute()
    change.emit(changed('webhook.deleted', scope, id, 'DELETE', { oldValue: attributesOf(stored) }))
    return ok(undefined)
  })
}

/** Receivers on this machine are for trying things out. */
export function allowsLoopback(context: Context): boolean {
  return context.settings.environment !== 'production'
}

export function attributesOf(row: SubscriptionRow): SubscriptionAttributes {
  return {
    url: row.url,
    events: row.events,
    description: row.description ?? undefined,
    enabled: row.enabled,
    includeSubPartitions: row.include_sub_partitions,
  }
}

function columnsOf(wanted: SubscriptionAttributes) {
  return {
    url: wanted.url,
    events: JSON.stringify(wanted.events),
    description: wanted.description ?? null,
    enabled: wanted.enabled,
    include_sub_partitions: wanted.includeSubPartitions,
  }
}

function changed(
  type: string,
  scope: PartitionScope,
  id: string,
  action: 'CREATE' | 'UPDATE' | 'DELETE',
  values: { readonly oldValue?: unknown; readonly newValue?: unknown },
): DomainEvent {
  const history = { type: 'PARTITION_SETTINGS', action, ...values, referenceType: 'WEBHOOK', referenceId: id, referenceName: 'webhook' } as const
  return { type, partitionId: scope.partitionId, accountId: undefined, data: { webhookId: id }, history }
}
