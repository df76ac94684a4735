import type { ExpressionBuilder, Insertable, Selectable } from 'kysely'
import { newId, newUuid } from '@dialtone/foundation'
import type { AccountScope, PartitionScope } from '../access/index.ts'
import {
  type AccountTable,
  type AccountUserTable,
  type ListPage,
  type PagePosition,
  prepared,
  readPage,
  type Schema,
  type Sql,
  type Transaction,
} from '../database/index.ts'
import type { AccountAttributes } from './account.ts'

export type AccountRow = Selectable<AccountTable>

/** An account as it is shown: its row and what is counted from other slices' rows. */
export interface AccountRecord {
  readonly row: AccountRow
  readonly endUserCount: number
  /** Whether the account itself ever used a calling plan; unknown when it was not asked. */
  readonly hasUsedPlans?: boolean
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
    deleted_at: null,
    platform_changed_at: null,
    created_at: now,
    updated_at: now,
  }
  return sql.insertInto('account').values(row).returningAll().executeTakeFirstOrThrow()
}

export async function updateAccountRow(
  sql: Transaction,
  scope: AccountScope,
  account: AccountAttributes,
  at: { now: Date; platformChangedAt: Date | null },
): Promise<AccountRow> {
  return sql
    .updateTable('account')
    .set((expression) => ({ ...columnsOf(account), updated_at: at.now, platform_changed_at: at.platformChangedAt, version: expression('version', '+', '1') }))
    .where('id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/**
 * The row, locked until the transaction ends, so that two changes of one account follow each other; who only writes something that belongs to the
 * account, such as a call record, goes on meanwhile.
 */
export async function lockAccount(sql: Transaction, scope: AccountScope): Promise<AccountRow | undefined> {
  return sql
    .selectFrom('account')
    .selectAll()
    .where('id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .forNoKeyUpdate()
    .executeTakeFirst()
}

export async function findAccount(sql: Executor, { partitionId, accountId }: AccountScope): Promise<AccountRecord | undefined> {
  const [row] = await accountShown(sql, { partitionId, accountId })
  return row === undefined ? undefined : recordOf(row)
}

const accountShown = prepared((sql, { partitionId, accountId }: { readonly partitionId: string; readonly accountId: string }) =>
  sql
    .selectFrom('account')
    .selectAll('account')
    .select((expression) => [endUserCount(expression), planUseCount(expression)])
    .where('account.id', '=', accountId)
    .where('account.partition_id', '=', partitionId)
    .where('account.status', '<>', 'DELETED'),
)

export interface AccountPage {
  readonly accounts: readonly AccountRecord[]
  readonly following: PagePosition | null
}

export async function listAccounts(sql: Sql, scope: PartitionScope, page: ListPage & { readonly offset: number }): Promise<AccountPage> {
  const shown = inScope(sql, scope)
    .selectAll('account')
    .select((expression) => [endUserCount(expression), planUseCount(expression)])
    .offset(page.offset)
  const { rows, following } = await readPage(shown, { columns: ['account.created_at', 'account.id'] }, page)
  return { accounts: rows.map(recordOf), following }
}

export async function countAccounts(sql: Sql, scope: PartitionScope): Promise<number> {
  const { total } = await inScope(sql, scope)
    .select((expression) => expression.fn.countAll<string>().as('total'))
    .executeTakeFirstOrThrow()
  return Number(total)
}

function inScope(sql: Sql, scope: PartitionScope) {
  return sql.selectFrom('account').where('account.partition_id', '=', scope.partitionId).where('account.status', '<>', 'DELETED')
}

/** What still hangs on an account and keeps it from being deleted: whatever it holds, by kind, and activations that are under way. */
export async function countDependents(sql: Transaction, scope: AccountScope): Promise<Readonly<Record<string, number>>> {
  const objects = await sql
    .selectFrom('account_object')
    .select((object) => ['type', object.fn.countAll<string>().as('total')])
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    // A setting that nobody can delete; the number it shows is counted as what it is.
    .where('type', '!=', 'VFAX_OUTBOUND')
    .groupBy('type')
    .orderBy('type')
    .execute()
  const { open } = await sql
    .selectFrom('telephone_number')
    .select((number) => number.fn.countAll<string>().as('open'))
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirstOrThrow()
  const counts = Object.fromEntries(objects.map((row) => [row.type, Number(row.total)]))
  return Number(open) > 0 ? { ...counts, TELEPHONE_NUMBER: Number(open) } : counts
}

export function deleteAccountUsers(sql: Transaction, scope: AccountScope): Promise<Selectable<AccountUserTable>[]> {
  return sql.deleteFrom('account_user').where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId).returningAll().execute()
}

/** The number can be given out again; the row stays for call records and history. */
export async function markAccountDeleted(sql: Transaction, scope: AccountScope, now: Date): Promise<void> {
  await sql
    .updateTable('account')
    .set({ status: 'DELETED', deleted_at: now, updated_at: now })
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
    products: JSON.stringify(account.products),
    call_screening_settings: account.callScreeningSettings === undefined ? null : JSON.stringify(account.callScreeningSettings),
    inbound_rate_plan_product_id: account.inboundRatePlanProductId ?? null,
    domain: account.domain ?? null,
  }
}

function endUserCount(expression: ExpressionBuilder<Schema, 'account'>) {
  return expression
    .selectFrom('end_user')
    .select((inner) => inner.fn.countAll<string>().as('total'))
    .whereRef('end_user.account_id', '=', 'account.id')
    .as('end_user_count')
}

/** Of the account itself, past ones too: most accounts have none, and nothing more is read for them. */
function planUseCount(expression: ExpressionBuilder<Schema, 'account'>) {
  return expression
    .selectFrom('calling_plan_use')
    .select((inner) => inner.fn.countAll<string>().as('total'))
    .whereRef('calling_plan_use.account_id', '=', 'account.id')
    .where('calling_plan_use.reference_type', '=', 'ACCOUNT')
    .as('plan_use_count')
}

function recordOf(row: AccountRow & { end_user_count: string | null; plan_use_count: string | null }): AccountRecord {
  return { row, endUserCount: Number(row.end_user_count ?? 0), hasUsedPlans: Number(row.plan_use_count ?? 0) > 0 }
}
