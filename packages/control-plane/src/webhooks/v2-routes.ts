import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { entityNotFound } from '../failures/index.ts'
import { freeObject, named, type Operation, partitionOperation, patchedBody } from '../http/index.ts'
import { createSubscription, deleteSubscription, rotateSecret, updateSubscription } from './change-subscription.ts'
import type { SubscriptionAttributes } from './subscription.ts'
import { findSubscription, listSubscriptions } from './subscription-queries.ts'
import { NewWebhookView, WebhookView, webhookView } from './webhook-views.ts'

const MAX_EVENTS = 100
const secret = Type.Optional(Type.String({ minLength: 16, maxLength: 256, description: 'Made here when it is left out, and shown once' }))
const WebhookBody = named(
  'WebhookRequest',
  Type.Object({
    url: Type.String({ minLength: 1, maxLength: 2048 }),
    events: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: MAX_EVENTS })),
    secret,
    enabled: Type.Optional(Type.Boolean()),
    description: Type.Optional(Type.String({ maxLength: 1024 })),
    includeSubPartitions: Type.Optional(Type.Boolean()),
  }),
)
const Rotation = named('WebhookSecretRotation', Type.Object({ secret, overlapSeconds: Type.Integer({ minimum: 0, maximum: 30 * 86_400, default: 86_400 }) }))

const COLLECTION = '/v2/partition/:partitionId/webhook'
const ITEM = `${COLLECTION}/:webhookId`
const WebhookPath = Type.Object({ partitionId: Type.String(), webhookId: Type.String() })
const TAG = 'Webhook'
const read = { permission: 'AccountHistory', level: 'READ' } as const
const edit = { permission: 'ProductGroups', level: 'EDIT' } as const

export const webhookOperations: readonly Operation[] = [
  partitionOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Have events posted to a URL',
    requires: { permission: 'ProductGroups', level: 'CREATE' },
    body: WebhookBody,
    responses: { 200: NewWebhookView },
    handle: async (context, { principal, scope, body }) => {
      const created = await createSubscription(context, principal, scope, attributesOf(body), body.secret)
      if (!created.ok) return created
      const shown = body.secret === undefined ? { secret: created.value.secret } : {}
      return ok({ status: 200, body: { ...webhookView(created.value.row), ...shown } })
    },
  }),
  partitionOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'The webhooks of a partition',
    requires: read,
    responses: { 200: Type.Object({ items: Type.Array(WebhookView) }) },
    handle: async (context, { scope }) => ok({ status: 200, body: { items: (await listSubscriptions(context.database.sql, scope)).map(webhookView) } }),
  }),
  partitionOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read a webhook; its secret stays where it is',
    requires: read,
    params: WebhookPath,
    responses: { 200: WebhookView },
    handle: async (context, { scope, params }) => {
      const row = await findSubscription(context.database.sql, scope, params.webhookId)
      return row === undefined ? err(entityNotFound('Webhook', params.webhookId)) : ok({ status: 200, body: webhookView(row) })
    },
  }),
  partitionOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Replace a webhook; without a secret it keeps the one it has',
    requires: edit,
    params: WebhookPath,
    body: WebhookBody,
    responses: { 200: WebhookView },
    handle: async (context, { principal, scope, params, body }) => {
      const wanted = { attributes: attributesOf(body), secret: body.secret }
      const updated = await updateSubscription(context, principal, scope, params.webhookId, () => ok(wanted))
      return updated.ok ? ok({ status: 200, body: webhookView(updated.value) }) : updated
    },
  }),
  partitionOperation({
    method: 'PATCH',
    path: ITEM,
    tag: TAG,
    summary: 'Change parts of a webhook (JSON Merge Patch)',
    requires: edit,
    params: WebhookPath,
    body: freeObject(),
    responses: { 200: WebhookView },
    handle: async (context, { principal, scope, params, body }) => {
      const updated = await updateSubscription(context, principal, scope, params.webhookId, (before) => {
        const { description, ...rest } = before
        const checked = patchedBody(WebhookBody, { ...rest, ...(description === undefined ? {} : { description }) }, body, ['secret'])
        return checked.ok ? ok({ attributes: attributesOf(checked.value), secret: checked.value.secret }) : checked
      })
      return updated.ok ? ok({ status: 200, body: webhookView(updated.value) }) : updated
    },
  }),
  partitionOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'End a webhook',
    requires: { permission: 'ProductGroups', level: 'DELETE' },
    params: WebhookPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteSubscription(context, principal, scope, params.webhookId)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
  partitionOperation({
    method: 'POST',
    path: `${ITEM}/rotate-secret`,
    tag: TAG,
    summary: 'A new secret; until the overlap ends deliveries are signed with the old one too',
    requires: edit,
    params: WebhookPath,
    body: Rotation,
    responses: { 200: NewWebhookView },
    handle: async (context, { principal, scope, params, body }) => {
      const rotated = await rotateSecret(context, principal, scope, params.webhookId, { secret: body.secret, overlapSeconds: body.overlapSeconds })
      if (!rotated.ok) return rotated
      const shown = body.secret === undefined ? { secret: rotated.value.secret } : {}
      return ok({ status: 200, body: { ...webhookView(rotated.value.row), ...shown } })
    },
  }),
]

function attributesOf(body: Static<typeof WebhookBody>): SubscriptionAttributes {
  return {
    url: body.url,
    events: body.events ?? [],
    description: body.description,
    enabled: body.enabled ?? true,
    includeSubPartitions: body.includeSubPartitions ?? false,
  }
}
