import type { WebhookAnswer } from '../events/index.ts'
import type { IntegrationNotice } from '../integration-notices/index.ts'
import type { DeliveryRow, SubscriptionRow } from './subscription-queries.ts'

/** Whose receiver is away that long, some twenty minutes, is told of it; a restart of his is over by then. */
const ATTEMPTS_UNTIL_TOLD = 4
const QUIET_MS = 24 * 3_600_000

/** What is mailed of a webhook that its receiver turned off, or that does not get through. @param answer of an attempt that failed */
export function failureNotice(
  subscription: Pick<SubscriptionRow, 'id' | 'partition_id' | 'url'>,
  delivery: Pick<DeliveryRow, 'attempts' | 'event_type'>,
  answer: WebhookAnswer,
): IntegrationNotice | undefined {
  const { id, partition_id: partitionId } = subscription
  const { origin, pathname } = new URL(subscription.url)
  const where = `${origin}${pathname}`
  const log = `What was tried: GET /v2/partition/${partitionId}/webhook/${id}/delivery`
  if ('status' in answer && answer.status === 410)
    return {
      partitionId,
      accountId: undefined,
      subject: `Webhook ${id} was disabled`,
      body: `${where} answered 410 Gone, so nothing more is sent there until the webhook is enabled again.\n${log}`,
    }
  if (delivery.attempts < ATTEMPTS_UNTIL_TOLD) return undefined
  const said = 'status' in answer ? `answered ${answer.status}` : `could not be reached: ${answer.error}`
  return {
    partitionId,
    accountId: undefined,
    subject: `Webhook ${id} is failing`,
    body: `${where} ${said}, ${delivery.attempts} times in a row for an event ${delivery.event_type}. Each event is tried for six hours, then it has to be sent again by hand.\n${log}`,
    quietMs: QUIET_MS,
  }
}
