import { sql as sqlText } from 'kysely'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import { claimFairly, createDispatch, type Dispatch, type TimeAhead } from '../due-work/index.ts'
import { postWebhook, type WebhookAnswer } from '../events/index.ts'
import { noticeOfIntegration } from '../integration-notices/index.ts'
import { failureNotice } from './failure-notice.ts'
import { isLoopback } from './subscription.ts'
import { allowsLoopback } from './change-subscription.ts'
import type { DeliveryRow, SubscriptionRow } from './subscription-queries.ts'
import { bodySignature, standardSignatures } from './webhook-secret.ts'

/** At once, then after 1, 5, 15 minutes and an hour, and every hour until six have passed (public-spec section 16, C-62). */
const DELAYS_MS = [60_000, 300_000, 900_000, 3_600_000]
const GIVE_UP_AFTER_MS = 6 * 3_600_000
export const NEXT_WEBHOOK: TimeAhead = { table: 'webhook_delivery', column: 'next_attempt_at', mostMs: GIVE_UP_AFTER_MS }
const TIMEOUT_MS = 5_000
/** A node that died while it posted is followed by another one after this: then the receiver gets the event twice. */
const LEASE_MS = 30_000
/** Subscriptions that are posted to at the same time. */
const AT_ONCE = 64
/** Of those whose receiver was slow the last time: however many there are, and whoever has them, the others find a place. */
const AT_ONCE_SLOW = 32
const SLOW_MS = 1_000
const MAX_REMEMBERED_SLOW = 5_000
/** Of one subscription, and no more until those are done: a receiver that does not answer keeps nobody waiting but itself. */
const AT_ONCE_EACH = 4
const LOOKED_AT = 500
const MAX_ERROR_CHARACTERS = 500

/** What is being posted. */
interface Posting {
  /** Subscriptions that are posted to. */
  readonly busy: Set<string>
  /** Subscriptions whose receiver was slow the last time. */
  readonly slow: Set<string>
}

/** Posts what is due, at least once each. */
export function createWebhookSender(context: () => Context): Dispatch {
  const posting: Posting = { busy: new Set(), slow: new Set() }
  return createDispatch({
    name: 'webhooks',
    context,
    take: async (now) => {
      const due = Map.groupBy(await claimBoth(now, posting), (delivery) => delivery.subscription_id)
      for (const subscriptionId of due.keys()) posting.busy.add(subscriptionId)
      return [...due].map(
        ([subscriptionId, deliveries]) =>
          () =>
            postRound(context(), posting, subscriptionId, deliveries),
      )
    },
  })
}

/** Of the quick as long as there is a place; of the slow so many that there always is one. */
async function claimBoth(context: Context, { busy, slow }: Posting): Promise<readonly DeliveryRow[]> {
  const places = AT_ONCE - busy.size
  if (places <= 0) return []
  const quick = await claimDue(context, { besides: [...busy, ...slow] }, places)
  const slowPlaces = AT_ONCE_SLOW - [...busy].filter((id) => slow.has(id)).length
  const waiting = [...slow].filter((id) => !busy.has(id))
  return slowPlaces <= 0 || waiting.length === 0 ? quick : [...quick, ...(await claimDue(context, { of: waiting }, slowPlaces))]
}

/** Never rejects: what could not be noted is posted again when its lease is over. */
async function postRound(context: Context, posting: Posting, subscriptionId: string, deliveries: readonly DeliveryRow[]): Promise<void> {
  const startedMs = performance.now()
  try {
    const subscription = await context.database.sql.selectFrom('webhook_subscription').selectAll().where('id', '=', subscriptionId).executeTakeFirst()
    if (subscription !== undefined) await Promise.all(deliveries.map((delivery) => deliver(context, subscription, delivery)))
  } catch (error) {
    context.logger.warn('webhooks were posted and not noted', { subscriptionId, error: String(error) })
  } finally {
    posting.busy.delete(subscriptionId)
    posting.slow.delete(subscriptionId)
    if (performance.now() - startedMs > SLOW_MS) rememberSlow(posting.slow, subscriptionId)
  }
}

/** Of too many, and of those that were deleted, the one that was slow the longest ago is forgotten. */
export function rememberSlow(slow: Set<string>, subscriptionId: string, most = MAX_REMEMBERED_SLOW): void {
  slow.add(subscriptionId)
  for (const oldest of slow) {
    if (slow.size <= most) return
    slow.delete(oldest)
  }
}

async function claimDue(
  { database, clock }: Context,
  whose: { readonly of: readonly string[] } | { readonly besides: readonly string[] },
  owners: number,
): Promise<DeliveryRow[]> {
  const now = new Date(clock.nowMs())
  const due = database.sql
    .selectFrom('webhook_delivery')
    .select(['id', 'subscription_id as owner', 'next_attempt_at'])
    .where('next_attempt_at', '<=', now)
    .where('of' in whose ? sqlText<boolean>`subscription_id = ANY(${whose.of})` : sqlText<boolean>`subscription_id <> ALL(${whose.besides})`)
    .orderBy('next_attempt_at')
    .limit(LOOKED_AT)
  return claimFairly<DeliveryRow>(database.sql, { table: 'webhook_delivery', due, owners, each: AT_ONCE_EACH, now, leaseMs: LEASE_MS })
}

async function deliver(context: Context, subscription: SubscriptionRow, delivery: DeliveryRow): Promise<void> {
  const startedMs = context.clock.nowMs()
  const answer = subscription.enabled ? await post(context, subscription, delivery) : { error: 'the webhook is disabled' }
  const next = nextStep(delivery, answer, startedMs, subscription.enabled)
  await context.database.sql.transaction().execute(async (sql) => {
    const stillThere = await sql
      .updateTable('webhook_delivery')
      .set({
        status: next.status,
        next_attempt_at: next.atMs === undefined ? null : new Date(next.atMs),
        finished_at: next.atMs === undefined ? new Date(context.clock.nowMs()) : null,
      })
      .where('id', '=', delivery.id)
      .returning('id')
      .executeTakeFirst()
    // The subscription was deleted while we posted.
    if (stillThere === undefined) return
    await sql
      .insertInto('webhook_attempt')
      .values({
        delivery_id: delivery.id,
        number: delivery.attempts,
        attempted_at: new Date(startedMs),
        duration_ms: Math.max(0, context.clock.nowMs() - startedMs),
        status_code: 'status' in answer ? answer.status : null,
        error: 'status' in answer ? null : answer.error.slice(0, MAX_ERROR_CHARACTERS),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const notice = next.status === 'DELIVERED' || !subscription.enabled ? undefined : failureNotice(subscription, delivery, answer)
    if (notice !== undefined) await noticeOfIntegration(sql, notice, new Date(context.clock.nowMs()))
    // 410: the receiver wants no more of it (Standard Webhooks 1.0.0).
    if ('status' in answer && answer.status === 410)
      await sql
        .updateTable('webhook_subscription')
        .set({ enabled: false, disabled_reason: 'The receiver answered 410 Gone.', updated_at: new Date(context.clock.nowMs()) })
        .where('id', '=', subscription.id)
        .execute()
    if (next.status === 'FAILED' && 'error' in answer) await giveUpWithIt(sql, delivery, startedMs)
  })
}

/**
 * Nobody answers, and one whose time is over has just shown it: whatever else has waited as long is over too. One after the other, each
 * with its five seconds, they would become more and more where much happens.
 */
async function giveUpWithIt(sql: Transaction, { subscription_id: subscriptionId }: DeliveryRow, nowMs: number): Promise<void> {
  await sql
    .updateTable('webhook_delivery')
    .set({ status: 'FAILED', next_attempt_at: null, finished_at: new Date(nowMs) })
    .where('id', 'in', (query) =>
      query
        .selectFrom('webhook_delivery')
        .select('id')
        .where('subscription_id', '=', subscriptionId)
        .where('next_attempt_at', '<=', new Date(nowMs))
        .where('created_at', '<', new Date(nowMs - GIVE_UP_AFTER_MS))
        // Four end at a time, and the next are being taken: whoever waited for the rows of another here would meet it in a deadlock.
        .forUpdate()
        .skipLocked(),
    )
    .execute()
}

/** What breaks on our side, such as a secret that was sealed with another key, is a try as well: else it would be tried without end. */
async function post(context: Context, subscription: SubscriptionRow, delivery: DeliveryRow): Promise<WebhookAnswer> {
  try {
    return await postWebhook({
      url: subscription.url,
      body: delivery.body,
      headers: headersOf(context, subscription, delivery),
      timeoutMs: TIMEOUT_MS,
      allowPrivateAddresses: allowsLoopback(context) && isLoopback(new URL(subscription.url)),
    })
  } catch (error) {
    const { id: deliveryId, subscription_id: subscriptionId } = delivery
    context.logger.error('a webhook broke', { deliveryId, subscriptionId, error: error instanceof Error ? error.stack : String(error) })
    return { error: 'something failed on our side' }
  }
}

interface NextStep {
  readonly status: 'DELIVERED' | 'PENDING' | 'FAILED'
  /** Of the next attempt; undefined when there is none. */
  readonly atMs?: number
}

/** What follows from an answer. A redirect is a failure; what the receiver asks for with Retry-After is waited for. */
export function nextStep(delivery: Pick<DeliveryRow, 'id' | 'attempts' | 'created_at'>, answer: WebhookAnswer, nowMs: number, isEnabled = true): NextStep {
  if ('status' in answer && answer.status >= 200 && answer.status < 300) return { status: 'DELIVERED' }
  if (!isEnabled || ('status' in answer && answer.status === 410)) return { status: 'FAILED' }
  const delayMs = DELAYS_MS[delivery.attempts - 1] ?? DELAYS_MS.at(-1) ?? 0
  const askedMs = 'status' in answer ? (answer.retryAfterSeconds ?? 0) * 1000 : 0
  const atMs = nowMs + Math.max(delayMs + jitterMs(delivery.id, delayMs), askedMs)
  return atMs - delivery.created_at.getTime() > GIVE_UP_AFTER_MS ? { status: 'FAILED' } : { status: 'PENDING', atMs }
}

/** Up to a tenth more, different for each delivery: what failed together does not come back together. */
function jitterMs(id: string, delayMs: number): number {
  let spread = 7
  for (let place = 0; place < id.length; place++) spread = (spread * 31 + id.charCodeAt(place)) % 1000
  return Math.floor((delayMs / 10) * (spread / 1000))
}

/** Both signatures in use, and the names of the public guides beside neutral ones (C-62). */
function headersOf(context: Context, subscription: SubscriptionRow, delivery: DeliveryRow): Record<string, string> {
  const timestampSeconds = Math.floor(context.clock.nowMs() / 1000)
  const secret = context.sealer.open(subscription.secret_sealed, subscription.id)
  const isRotating = subscription.previous_secret_until !== null && subscription.previous_secret_until.getTime() > context.clock.nowMs()
  const previous = isRotating && subscription.previous_secret_sealed !== null ? [context.sealer.open(subscription.previous_secret_sealed, subscription.id)] : []
  const named = {
    signature: bodySignature(secret, delivery.body),
    event: delivery.event_type,
    'delivery-id': delivery.id,
    timestamp: String(timestampSeconds),
  }
  return {
    'webhook-id': delivery.event_id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': standardSignatures([secret, ...previous], { id: delivery.event_id, timestampSeconds, body: delivery.body }),
    ...Object.fromEntries(['x-alianza', 'x-dialtone'].flatMap((prefix) => Object.entries(named).map(([name, value]) => [`${prefix}-${name}`, value]))),
  }
}
