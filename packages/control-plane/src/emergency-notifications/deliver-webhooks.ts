import { createHmac } from 'node:crypto'
import { systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { EmergencyEventTable } from '../database/index.ts'
import type { DueTask, TimeAhead } from '../due-work/index.ts'
import { postWebhook, type WebhookAnswer } from '../events/index.ts'
import type { Selectable } from 'kysely'
import type { DeliveryRow } from './event-queries.ts'
import { findGroup } from './group-queries.ts'
import { standardSignature } from './notify.ts'

const BATCH = 20
const TIMEOUT_MS = 5_000
/** While one node posts, no other takes it up; after a crash the next one does. */
const LEASE_MS = 30_000
/** At once, then after 1, 5, 15 minutes and an hour (public-spec section 16); then it is given up. */
const DELAYS_MS = [60_000, 300_000, 900_000, 3_600_000]
export const NEXT_EMERGENCY_WEBHOOK: TimeAhead = { table: 'emergency_delivery', column: 'next_attempt_at', mostMs: Math.max(...DELAYS_MS) }

/** Posts what emergency calls have to tell to the URLs of the accounts: at least once each. */
export const emergencyWebhooksTask: DueTask = {
  name: 'emergency webhooks',
  isBackground: true,
  run: async (context) => {
    for (let due = await claimDue(context); due.length > 0; due = await claimDue(context)) {
      await Promise.all(due.map((delivery) => deliver(context, delivery)))
      if (due.length < BATCH) return
    }
  },
}

function claimDue(context: Context): Promise<DeliveryRow[]> {
  const nowMs = context.clock.nowMs()
  return context.database.sql
    .updateTable('emergency_delivery')
    .set((row) => ({ attempts: row('attempts', '+', 1), next_attempt_at: new Date(nowMs + LEASE_MS), updated_at: new Date(nowMs) }))
    .where('id', 'in', (query) =>
      query
        .selectFrom('emergency_delivery')
        .select('id')
        .where('next_attempt_at', '<=', new Date(nowMs))
        .orderBy('next_attempt_at')
        .limit(BATCH)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute()
}

async function deliver(context: Context, delivery: DeliveryRow): Promise<void> {
  const event = await context.database.sql.selectFrom('emergency_event').selectAll().where('id', '=', delivery.event_id).executeTakeFirst()
  if (event === undefined) return
  const answer = await post(context, event, delivery)
  const isDelivered = 'status' in answer && answer.status >= 200 && answer.status < 300
  // 410: the receiver wants no more of it.
  const delayMs = 'status' in answer && answer.status === 410 ? undefined : DELAYS_MS[delivery.attempts - 1]
  const nextMs = isDelivered || delayMs === undefined ? undefined : context.clock.nowMs() + delayMs
  await context.database.sql
    .updateTable('emergency_delivery')
    .set({
      status: isDelivered ? 'SENT' : nextMs === undefined ? 'FAILED' : 'PENDING',
      next_attempt_at: nextMs === undefined ? null : new Date(nextMs),
      last_error: isDelivered ? null : 'status' in answer ? `HTTP ${answer.status}` : answer.error.slice(0, 500),
      updated_at: new Date(context.clock.nowMs()),
    })
    .where('id', '=', delivery.id)
    .execute()
}

/** What breaks on our side is a try as well: else the same would be tried without end. */
async function post(context: Context, event: Selectable<EmergencyEventTable>, delivery: DeliveryRow): Promise<WebhookAnswer> {
  try {
    const body = JSON.stringify(payloadOf(event))
    return await postWebhook({
      url: delivery.recipient,
      body,
      headers: await headersOf(context, event, delivery, body),
      timeoutMs: TIMEOUT_MS,
      allowPrivateAddresses: context.settings.environment !== 'production',
    })
  } catch (error) {
    context.logger.error('an emergency webhook broke', { deliveryId: delivery.id, error: error instanceof Error ? error.stack : String(error) })
    return { error: 'something failed on our side' }
  }
}

const NAMES: Readonly<Record<string, string>> = {
  EMERGENCY_CALL: 'emergency.call',
  EMERGENCY_TEST_CALL: 'emergency.test_call',
  NOTIFICATION_TEST: 'emergency.notification_test',
}

function payloadOf(event: Selectable<EmergencyEventTable>) {
  const name = NAMES[event.trigger_type] ?? event.trigger_type
  return {
    id: event.id,
    event: name,
    type: name,
    timestamp: event.created_at.toISOString(),
    partitionId: event.partition_id,
    data: {
      accountId: event.account_id,
      triggerType: event.trigger_type,
      triggeringPhoneNumber: event.phone_number,
      callTime: event.called_at.toISOString(),
      timeZoneId: event.time_zone,
      callId: event.call_id,
      ...event.details,
    },
  }
}

/** Both signatures in use: Standard Webhooks 1.0.0, and the one of the public guides (C-62). */
async function headersOf(context: Context, event: Selectable<EmergencyEventTable>, delivery: DeliveryRow, body: string): Promise<Record<string, string>> {
  const seconds = Math.floor(context.clock.nowMs() / 1000)
  const found = await findGroup(context.database.sql, systemScope(event.partition_id, event.account_id))
  const name = NAMES[event.trigger_type] ?? event.trigger_type
  const plain = {
    'webhook-id': delivery.id,
    'webhook-timestamp': String(seconds),
    'x-alianza-event': name,
    'x-alianza-delivery-id': delivery.id,
    'x-alianza-timestamp': String(seconds),
  }
  if (found?.webhookSecretSealed === undefined) return plain
  const secret = context.sealer.open(found.webhookSecretSealed, event.account_id)
  return {
    ...plain,
    'webhook-signature': standardSignature(secret, delivery.id, seconds, body),
    'x-alianza-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  }
}
