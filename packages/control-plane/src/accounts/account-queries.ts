import type { ExpressionBuilder, Insertable, Selectable } from 'kysely'
import { newId, newUuid } from '@dialtone/foundation'
import type { AccountScope, PartitionScope } from '../access/index.ts'
import type { AccountTable, Schema, Sql, Transaction } from '../database/index.ts'
import type { AccountAttributes } from './account.ts'

export type AccountRow = Selectable<AccountTable>

/** An account as it is shown: its row and what is counted from other slices' rows. */
export interface AccountRecord {
  readonly row: AccountRow
  readonly endUserCount: number
}

type Executor = Sql | Transaction

export async function insertAccount(
  sql: Transaction,
  scope: PartitionScope,
  account: AccountAttributes,
  holdMusicMediaId: string,
  now: Date,
): Promise<AccountRow> {
  const row: Insertable<AccountTable> = {
    ...columnsOf(account),
    id: newId(),
    partition_id: scope.partitionId,
    route_plan_id: newUuid(),
    hold_music_media_id: holdMusicMediaId,
    call_screening_settings: null,
    created_at: now,
    updated_at: now,
  }
  return sql.insertInto('account').values(row).returningAll().executeTakeFirstOrThrow()
}

export async function updateAccountRow(sql: Transaction, scope: AccountScope, account: AccountAttributes, now: Date): Promise<AccountRow> {
  return sql
    .updateTable('account')
    .set((expression) => ({ ...columnsOf(account), updated_at: now, version: expression('version', '+', '1') }))
    .where('id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** The row, locked until the transaction ends, so that two changes of one account follow each other. */
export async function lockAccount(sql: Transaction, scope: AccountScope): Promise<AccountRow | undefined> {
  return sql.selectFrom('account').selectAll().where('id', '=', scope.accountId).where('partition_id', '=', scope.partitionId).forUpdate().executeTakeFirst()
}

export async function findAccount(sql: Executor, scope: AccountScope): Promise<AccountRecord | undefined> {
  const row = await sql
    .selectFrom('account')
    .selectAll('account')
    .select((expression) => endUserCount(expression))
    .where('account.id', '=', scope.accountId)
    .where('account.partition_id', '=', scope.partitionId)
    .where('account.status', '<>', 'DELETED')
    .executeTakeFirst()
  return row === undefined ? undefined : recordOf(row)
}

export interface AccountPage {
  readonly accounts: readonly AccountRecord[]
  readonly totalRecords: number
}

export async function listAccounts(sql: Sql, scope: PartitionScope, page: { limit: number; offset: number }): Promise<AccountPage> {
  const inScope = sql.selectFrom('account').where('account.partition_id', '=', scope.partitionId).where('account.status', '<>', 'DELETED')
  const rows = await inScope
    .selectAll('account')
    .select((expression) => endUserCount(expression))
    .orderBy('account.created_at')
    .orderBy('account.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute()
  const { total } = await inScope.select((expression) => expression.fn.countAll<string>().as('total')).executeTakeFirstOrThrow()
  return { accounts: rows.map(recordOf), totalRecords: Number(total) }
}

/** What still hangs on an account and keeps it from being deleted. */
export async function countDependents(sql: Transaction, scope: AccountScope): Promise<{ telephoneNumbers: number; endUsers: number; deviceLines: number }> {
  const count = async (table: 'telephone_number' | 'end_user' | 'device_line'): Promise<number> => {
    const { total } = await sql
      .selectFrom(table)
      .select((expression) => expression.fn.countAll<string>().as('total'))
      .where('account_id', '=', scope.accountId)
      .where('partition_id', '=', scope.partitionId)
      .executeTakeFirstOrThrow()
    return Number(total)
  }
  return { telephoneNumbers: await count('telephone_number'), endUsers: await count('end_user'), deviceLines: await count('device_line') }
}

/** The number can be given out again; the row stays for call records and history. */
export async function markAccountDeleted(sql: Transaction, scope: AccountScope, now: Date): Promise<void> {
  await sql
    .updateTable('account')
    .set({ status: 'DELETED', updated_at: now })
    .where('id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .execute()
}

function columnsOf(account: AccountAttributes) {
  return {
    account_number: account.accountNumber,
    account_name: account.accountName,
    status: account.status,
    account_type: account.accountType,
    platform_type: account.platformType,
    extension_length: account.extensionLength,
    billing_cycle_day: account.billingCycleDay,
    dialing_behavior_type: account.dialingBehaviorType,
    regulatory_type: account.regulatoryType,
    time_zone: account.timeZone,
    custom_field: account.customField ?? null,
    hold_timeout_seconds: account.holdTimeoutSeconds,
    allow_dangerous_extensions: account.allowDangerousExtensions,
    send_welcome_email: account.sendWelcomeEmail,
    language_tag: account.languageTag,
    service_address: account.serviceAddress === undefined ? null : JSON.stringify(account.serviceAddress),
  }
}

function endUserCount(expression: ExpressionBuilder<Schema, 'account'>) {
  return expression
    .selectFrom('end_user')
    .select((inner) => inner.fn.countAll<string>().as('total'))
    .whereRef('end_user.account_id', '=', 'account.id')
    .as('end_user_count')
}

function recordOf(row: AccountRow & { end_user_count: string | null }): AccountRecord {
  const { end_user_count: count, ...account } = row
  return { row: account, endUserCount: Number(count ?? 0) }
}
