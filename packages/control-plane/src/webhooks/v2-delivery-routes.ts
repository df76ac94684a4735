import { err, ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import type { PartitionScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ListPage, NEWEST_FIRST, type PageOfRows, readPage } from '../database/index.ts'
import type { Dispatch } from '../due-work/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { freeObject, named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import { replayDelivery, replaySince, sendTestEvent } from './send-again.ts'
import { type DeliveryRow, findDelivery, findSubscription } from './subscription-queries.ts'
import { DeliveryView, deliveryView } from './webhook-views.ts'

const ITEM = '/v2/partition/:partitionId/webhook/:webhookId'
const WebhookPath = Type.Object({ partitionId: Type.String(), webhookId: Type.String() })
const DeliveryPath = Type.Object({ partitionId: Type.String(), webhookId: Type.String(), deliveryId: Type.String() })
const DeliveryDetails = named(
  'WebhookDeliveryDetails',
  Type.Object({
    ...DeliveryView.properties,
    body: freeObject(),
    log: Type.Array(
      Type.Object({
        attempt: Type.Integer(),
        date: Type.String(),
        durationMs: Type.Integer(),
        statusCode: Type.Optional(Type.Integer()),
        error: Type.Optional(Type.String()),
      }),
    ),
  }),
)
const TAG = 'Webhook'
const MAX_PAGE = 200
const read = { permission: 'AccountHistory', level: 'READ' } as const
const edit = { permission: 'ProductGroups', level: 'EDIT' } as const

/** What was sent and what was answered, successes too; and sending it again. */
export function webhookDeliveryOperations(sender: Pick<Dispatch, 'kick'>): readonly Operation[] {
  const sent = (made: Result<DeliveryRow, ApiFailure>) => {
    if (!made.ok) return made
    sender.kick()
    return ok({ status: 202, body: deliveryView(made.value) })
  }
  return [
    ...deliveryLog,
    partitionOperation({
      method: 'POST',
      path: `${ITEM}/test`,
      tag: TAG,
      summary: 'Send a test event now',
      requires: edit,
      params: WebhookPath,
      responses: { 202: DeliveryView },
      handle: async (context, { principal, scope, params }) => sent(await sendTestEvent(context, principal, scope, params.webhookId)),
    }),
    partitionOperation({
      method: 'POST',
      path: `${ITEM}/delivery/:deliveryId/replay`,
      tag: TAG,
      summary: 'Send a delivery again',
      requires: edit,
      params: DeliveryPath,
      responses: { 202: DeliveryView },
      handle: async (context, { principal, scope, params }) => sent(await replayDelivery(context, principal, scope, params.webhookId, params.deliveryId)),
    }),
    partitionOperation({
      method: 'POST',
      path: `${ITEM}/replay`,
      tag: TAG,
      summary: 'Send again what happened after an event, or since a time',
      requires: edit,
      params: WebhookPath,
      body: named('WebhookReplay', Type.Object({ since: Type.String({ minLength: 1, maxLength: 64 }) })),
      responses: { 202: Type.Object({ deliveries: Type.Integer() }) },
      handle: async (context, { principal, scope, params, body }) => {
        const replayed = await replaySince(context, principal, scope, params.webhookId, body.since)
        if (!replayed.ok) return replayed
        sender.kick()
        return ok({ status: 202, body: { deliveries: replayed.value } })
      },
    }),
  ]
}

const deliveryLog: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: `${ITEM}/delivery`,
    tag: TAG,
    summary: 'The deliveries of a webhook, newest first',
    requires: read,
    params: WebhookPath,
    query: Type.Object({
      status: Type.Optional(oneOf(['PENDING', 'DELIVERED', 'FAILED'])),
      event: Type.Optional(Type.String({ maxLength: 64 })),
      before: Type.Optional(Type.String({ maxLength: 64, description: 'The id of the last delivery of the page before' })),
      limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 50 }),
    }),
    responses: { 200: Type.Object({ items: Type.Array(DeliveryView) }) },
    handle: async (context, { scope, params, query, page = query }) => {
      const found = await listDeliveries(context, scope, params.webhookId, query, page)
      if (found === undefined) return err(entityNotFound('Webhook', params.webhookId))
      return ok({ status: 200, body: { items: found.rows.map(deliveryView) }, following: found.following })
    },
  }),
  partitionOperation({
    method: 'GET',
    path: `${ITEM}/delivery/:deliveryId`,
    tag: TAG,
    summary: 'One delivery: what was sent, and each attempt with its answer',
    requires: read,
    params: DeliveryPath,
    responses: { 200: DeliveryDetails },
    handle: async (context, { scope, params }) => {
      const { sql } = context.database
      const subscription = await findSubscription(sql, scope, params.webhookId)
      const row = subscription === undefined ? undefined : await findDelivery(sql, subscription.id, params.deliveryId)
      if (row === undefined) return err(entityNotFound('WebhookDelivery', params.deliveryId))
      const attempts = await sql.selectFrom('webhook_attempt').selectAll().where('delivery_id', '=', row.id).orderBy('number').execute()
      const log = attempts.map((attempt) => ({
        attempt: attempt.number,
        date: attempt.attempted_at.toISOString(),
        durationMs: attempt.duration_ms,
        ...(attempt.status_code === null ? {} : { statusCode: attempt.status_code }),
        ...(attempt.error === null ? {} : { error: attempt.error }),
      }))
      return ok({ status: 200, body: { ...deliveryView(row), body: JSON.parse(row.body) as Record<string, unknown>, log } })
    },
  }),
]

async function listDeliveries(
  context: Context,
  scope: PartitionScope,
  webhookId: string,
  query: { readonly status?: string; readonly event?: string; readonly before?: string },
  page: ListPage,
): Promise<PageOfRows<DeliveryRow> | undefined> {
  const { sql } = context.database
  const subscription = await findSubscription(sql, scope, webhookId)
  if (subscription === undefined) return undefined
  let rows = sql.selectFrom('webhook_delivery').selectAll().where('subscription_id', '=', subscription.id)
  if (query.status !== undefined) rows = rows.where('status', '=', query.status)
  if (query.event !== undefined) rows = rows.where('event_type', '=', query.event)
  const before = query.before === undefined ? undefined : await findDelivery(sql, subscription.id, query.before)
  if (before !== undefined) rows = rows.where((row) => row(row.refTuple('created_at', 'id'), '<', row.tuple(before.created_at, before.id)))
  return readPage(rows, NEWEST_FIRST, page)
}
