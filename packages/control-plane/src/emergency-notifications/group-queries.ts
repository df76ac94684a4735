import type { Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { EmergencyGroupTable, Sql, Transaction } from '../database/index.ts'
import type { NotificationGroup } from './notification-group.ts'

export interface GroupRecord {
  readonly group: NotificationGroup
  readonly webhookSecretSealed: string | undefined
  readonly isStored: boolean
}

/** The group of an account: before anybody configured it there is one without recipients. */
export async function findGroup(sql: Sql | Transaction, scope: AccountScope): Promise<GroupRecord | undefined> {
  const account = await sql
    .selectFrom('account')
    .select(['account_name', 'time_zone', 'created_at'])
    .where('id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  if (account === undefined) return undefined
  const row = await sql
    .selectFrom('emergency_group')
    .selectAll()
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  return {
    group: groupOf(row, account),
    webhookSecretSealed: row?.webhook_secret_sealed ?? undefined,
    isStored: row !== undefined,
  }
}

export async function storeGroup(
  sql: Transaction,
  scope: AccountScope,
  group: NotificationGroup,
  webhookSecretSealed: string | undefined,
  now: Date,
): Promise<void> {
  const values = {
    name: group.name,
    time_zone: group.timeZone,
    install_date: group.installDate,
    using_alternative_solution: group.isUsingAlternativeSolution,
    email_recipients: JSON.stringify(group.emailRecipients),
    sms_recipients: JSON.stringify(group.smsRecipients),
    webhook_urls: JSON.stringify(group.webhookUrls),
    webhook_secret_sealed: webhookSecretSealed ?? null,
    updated_at: now,
  }
  await sql
    .insertInto('emergency_group')
    .values({ account_id: scope.accountId, partition_id: scope.partitionId, created_at: now, ...values })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet(values))
    .execute()
}

function groupOf(
  row: Selectable<EmergencyGroupTable> | undefined,
  account: { readonly account_name: string; readonly time_zone: string; readonly created_at: Date },
): NotificationGroup {
  return {
    name: row?.name ?? account.account_name,
    timeZone: row?.time_zone ?? account.time_zone,
    installDate: row?.install_date ?? account.created_at,
    isUsingAlternativeSolution: row?.using_alternative_solution ?? false,
    emailRecipients: row?.email_recipients ?? [],
    smsRecipients: row?.sms_recipients ?? [],
    webhookUrls: row?.webhook_urls ?? [],
  }
}
