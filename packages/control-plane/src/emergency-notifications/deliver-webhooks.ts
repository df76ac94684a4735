import { createHmac } from 'node:crypto'
import { systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { EmergencyEventTable } from '../database/index.ts'
import { claimFairly, createDispatch, type Dispatch, type TimeAhead } from '../due-work/index.ts'
import { postWebhook, type WebhookAnswer } from '../events/index.ts'
import { type Selectable, sql as sqlText } from 'kysely'
import type { DeliveryRow } from './event-queries.ts'
import { findGroup } from './group-queries.ts'
import { standardSignature, type TriggerType } from './notify.ts'

/** Accounts that are told at the same time. */
const AT_ONCE = 32
/** Of one of them at the same time, and no more until those are done: receivers that do not answer keep nobody waiting but their account. */
const AT_ONCE_EACH = 50
const LOOKED_AT = 1_000
const TIMEOUT_MS = 5_000
const LEASE_MS = 30_000
/** At once, then after 1, 5, 15 minutes and an hour (public-spec section 16); then it is given up. */
const DELAYS_MS = [60_000, 300_000, 900_000, 3_600_000]
export const NEXT_EMERGENCY_WEBHOOK: TimeAhead = { table: 'emergency_delivery', column: 'next_attempt_at', mostMs: Math.max(...DELAYS_MS) }

/** One that was taken, and the account whose it is. */
type Claimed = DeliveryRow & { readonly owner: string }

/**
 * Posts what emergency calls have to tell to the URLs of the accounts: at least once each.
 * @param isTest what tests tell; calls to 911 are told by another one, and wait for no test of anybody
 */
export function createEmergencyWebhooks(context: () => Context, isTest: boolean): Dispatch {
  const busy = new Set<string>()
  return createDispatch({
    name: isTest ? 'webhooks of emergency tests' : 'emergency webhooks',
    context,
    take: async (now) => {
      const due = Map.groupBy(await claimDue(now, isTest, [...busy]), (delivery) => delivery.owner)
      for (const accountId of due.keys()) busy.add(accountId)
      return [...due].map(([accountId, deliveries]) => async () => {
        await Promise.all(deliveries.map((delivery) => deliver(context(), delivery))).finally(() => busy.delete(accountId))
      })
    },
  })
}

/** @param busy accounts that are being told: they are passed over */
async function claimDue({ database, clock }: Context, isTest: boolean, busy: readonly string[]): Promise<readonly Claimed[]> {
  const owners = AT_ONCE - busy.length
  if (owners <= 0) return []
  const now = new Date(clock.nowMs())
  const due = database.sql
    .selectFrom('emergency_delivery as delivery')
    .innerJoin('emergency_event as event', 'event.id', 'delivery.event_id')
    .select(['delivery.id', 'delivery.next_attempt_at', 'event.account_id as owner'])
    .where('delivery.next_attempt_at', '<=', now)
    .where('event.trigger_type', isTest ? '<>' : '=', REAL)
    .where(sqlText<boolean>`event.account_id <> ALL(${busy})`)
    .orderBy('delivery.next_attempt_at')
    .limit(LOOKED_AT)
  return claimFairly<DeliveryRow>(database.sql, { table: 'emergency_delivery', due, owners, each: AT_ONCE_EACH, now, leaseMs: LEASE_MS })
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

const REAL: TriggerType = 'EMERGENCY_CALL'

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
