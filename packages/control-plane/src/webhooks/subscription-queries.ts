import type { Selectable } from 'kysely'
import type { PartitionScope } from '../access/index.ts'
import type { Sql, Transaction, WebhookDeliveryTable, WebhookSubscriptionTable } from '../database/index.ts'

export type SubscriptionRow = Selectable<WebhookSubscriptionTable>
export type DeliveryRow = Selectable<WebhookDeliveryTable>

export const MAX_SUBSCRIPTIONS = 100

export function listSubscriptions(sql: Sql | Transaction, scope: PartitionScope): Promise<SubscriptionRow[]> {
  return sql
    .selectFrom('webhook_subscription')
    .selectAll()
    .where('partition_id', '=', scope.partitionId)
    .orderBy('created_at')
    .orderBy('id')
    .limit(MAX_SUBSCRIPTIONS)
    .execute()
}

export function findSubscription(sql: Sql | Transaction, scope: PartitionScope, id: string): Promise<SubscriptionRow | undefined> {
  return sql.selectFrom('webhook_subscription').selectAll().where('id', '=', id).where('partition_id', '=', scope.partitionId).executeTakeFirst()
}

export function lockSubscription(sql: Transaction, scope: PartitionScope, id: string): Promise<SubscriptionRow | undefined> {
  return sql.selectFrom('webhook_subscription').selectAll().where('id', '=', id).where('partition_id', '=', scope.partitionId).forUpdate().executeTakeFirst()
}

export function findDelivery(sql: Sql | Transaction, subscriptionId: string, id: string): Promise<DeliveryRow | undefined> {
  return sql.selectFrom('webhook_delivery').selectAll().where('id', '=', id).where('subscription_id', '=', subscriptionId).executeTakeFirst()
}
