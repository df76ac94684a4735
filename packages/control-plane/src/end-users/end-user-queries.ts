import { newId } from '@dialtone/foundation'
import { type Insertable, type Selectable, sql as sqlText } from 'kysely'
import type { AccountScope, PartitionScope } from '../access/index.ts'
import {
  type DeviceLineTable,
  type EndUserTable,
  type ListPage,
  OLDEST_FIRST,
  type PageOfRows,
  readPage,
  type Sql,
  type Transaction,
} from '../database/index.ts'
import type { EndUserAttributes } from './end-user.ts'

export type EndUserRow = Selectable<EndUserTable>
export type UserLineRow = Selectable<DeviceLineTable> & {
  readonly device_type_id: string
  readonly mac_address: string | null
  readonly sip_username: string | null
}

type Executor = Sql | Transaction

export interface NewLogin {
  readonly passwordHash: string | undefined
  readonly welcomeEmailSentAt: Date | undefined
}

export async function insertEndUser(sql: Transaction, scope: AccountScope, user: EndUserAttributes, login: NewLogin, now: Date): Promise<EndUserRow> {
  // Unless he is to use another box, or none, a user comes with one (S1-60).
  const ownBox = user.voicemailBoxId === undefined ? await insertVoicemailBox(sql, scope, `${user.firstName} ${user.lastName}`, now) : null
  const row: Insertable<EndUserTable> = {
    ...columnsOf(user),
    id: newId(),
    partition_id: scope.partitionId,
    account_id: scope.accountId,
    password_hash: login.passwordHash ?? null,
    welcome_email_sent_at: login.welcomeEmailSentAt ?? null,
    voicemail_box_id: user.voicemailBoxId ?? ownBox,
    own_voicemail_box_id: ownBox,
    created_at: now,
    updated_at: now,
  }
  return sql.insertInto('end_user').values(row).returningAll().executeTakeFirstOrThrow()
}

export function updateEndUserRow(sql: Transaction, scope: AccountScope, userId: string, user: EndUserAttributes, now: Date): Promise<EndUserRow> {
  return sql
    .updateTable('end_user')
    .set({ ...columnsOf(user), voicemail_box_id: user.voicemailBoxId ?? null, updated_at: now })
    .where('id', '=', userId)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function lockEndUser(sql: Transaction, scope: AccountScope, userId: string): Promise<EndUserRow | undefined> {
  return inAccount(sql, scope).where('id', '=', userId).forUpdate().executeTakeFirst()
}

/** Those who show the number to others, the same order for everybody, so that nobody waits in a circle. */
export function lockUsersShowing(sql: Transaction, scope: AccountScope, phoneNumber: string): Promise<EndUserRow[]> {
  return inAccount(sql, scope)
    .where(sqlText<boolean>`caller_id_config ->> 'callerIdNumber' = ${phoneNumber}`)
    .orderBy('id')
    .forUpdate()
    .execute()
}

export function findEndUser(sql: Executor, scope: AccountScope, userId: string): Promise<EndUserRow | undefined> {
  return inAccount(sql, scope).where('id', '=', userId).executeTakeFirst()
}

export function findEndUserByName(sql: Executor, scope: AccountScope, username: string): Promise<EndUserRow | undefined> {
  return inAccount(sql, scope)
    .where((user) => user(user.fn('lower', ['username']), '=', username.toLowerCase()))
    .executeTakeFirst()
}

export function listEndUsers(sql: Executor, scope: AccountScope, page: ListPage): Promise<PageOfRows<EndUserRow>> {
  return readPage(inAccount(sql, scope), OLDEST_FIRST, page)
}

export function listPartitionUsers(sql: Executor, scope: PartitionScope, page: ListPage & { readonly offset: number }): Promise<PageOfRows<EndUserRow>> {
  const users = sql.selectFrom('end_user').selectAll().where('partition_id', '=', scope.partitionId)
  return readPage(users.offset(page.offset), OLDEST_FIRST, page)
}

export async function countEndUsers(sql: Transaction, scope: AccountScope): Promise<number> {
  const row = await sql
    .selectFrom('end_user')
    .select((expression) => expression.fn.countAll<string>().as('total'))
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirstOrThrow()
  return Number(row.total)
}

/** The lines of the devices that ring for a user. */
export function listUserLines(sql: Executor, scope: AccountScope, userIds: readonly string[]): Promise<UserLineRow[]> {
  if (userIds.length === 0) return Promise.resolve([])
  return sql
    .selectFrom('device_line')
    .innerJoin('device', 'device.id', 'device_line.device_id')
    .leftJoin('sip_credential', 'sip_credential.owner_id', 'device_line.id')
    .selectAll('device_line')
    .select(['device.device_type_id', 'device.mac_address', 'sip_credential.sip_username'])
    .where('device_line.account_id', '=', scope.accountId)
    .where('device_line.partition_id', '=', scope.partitionId)
    .where('device_line.user_id', 'in', userIds)
    .orderBy('device_line.created_at')
    .execute()
}

export async function deleteEndUserRow(sql: Transaction, scope: AccountScope, row: EndUserRow): Promise<void> {
  await sql.deleteFrom('session_token').where('user_id', '=', row.id).execute()
  await sql.deleteFrom('end_user').where('id', '=', row.id).where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId).execute()
}

/** A number that the account reserved and has not activated yet: it may be announced as a caller ID already. */
export async function hasReserved(sql: Transaction, scope: AccountScope, phoneNumber: string, now: Date): Promise<boolean> {
  const row = await sql
    .selectFrom('telephone_number')
    .select('phone_number')
    .where('phone_number', '=', phoneNumber)
    .where('reserved_account_id', '=', scope.accountId)
    .where('reserved_until', '>', now)
    .executeTakeFirst()
  return row !== undefined
}

/** The first of these extensions that nothing of the account has. */
export async function unknownExtension(sql: Transaction, scope: AccountScope, extensions: readonly string[]): Promise<string | undefined> {
  if (extensions.length === 0) return undefined
  const rows = await sql
    .selectFrom('account_object_key')
    .select('value')
    .where('account_id', '=', scope.accountId)
    .where('key', '=', 'extension')
    .where('value', 'in', [...new Set(extensions)])
    .execute()
  const known = new Set(rows.map((row) => row.value))
  return extensions.find((extension) => !known.has(extension))
}

/** A caller ID has to be an active number of the account: nobody shows somebody else's number. */
export async function ownsNumber(sql: Transaction, scope: AccountScope, phoneNumber: string): Promise<boolean> {
  const row = await sql
    .selectFrom('telephone_number')
    .select('phone_number')
    .where('phone_number', '=', phoneNumber)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('carrier_status', '=', 'ACTIVE')
    .executeTakeFirst()
  return row !== undefined
}

function inAccount(sql: Executor, scope: AccountScope) {
  return sql.selectFrom('end_user').selectAll().where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId)
}

export async function insertVoicemailBox(sql: Transaction, scope: AccountScope, name: string, now: Date): Promise<string> {
  const id = newId()
  await sql.insertInto('voicemail_box').values({ id, partition_id: scope.partitionId, account_id: scope.accountId, name, created_at: now }).execute()
  return id
}

function columnsOf(user: EndUserAttributes) {
  return {
    first_name: user.firstName,
    last_name: user.lastName,
    username: user.username ?? null,
    email_address: user.emailAddress ?? null,
    language_tag: user.languageTag,
    time_zone: user.timeZone,
    extension: user.extension ?? null,
    end_user_type: user.endUserType,
    user_product_plan: user.userProductPlan ?? null,
    allow_portal_access: user.allowPortalAccess,
    block_email: user.blockEmail,
    caller_id_config: JSON.stringify(user.callerIdConfig),
    call_handling_settings: JSON.stringify(user.callHandlingSettings),
    call_screening_settings: JSON.stringify(user.callScreeningSettings),
    call_handling_schedules: JSON.stringify(user.callHandlingSchedules),
    media_friends: user.mediaFriends === undefined ? null : JSON.stringify(user.mediaFriends),
    softphone_client_type: user.softphoneClientType ?? null,
    tags: user.tags ?? null,
    user_group_id: user.groupId ?? null,
    pin_locked_out: user.pinLockedOut,
  }
}

/** The user of the account who has an e-mail address. */
export async function findEmailOwner(sql: Sql, scope: AccountScope, emailAddress: string): Promise<string | undefined> {
  const row = await sql
    .selectFrom('end_user')
    .select('id')
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where((user) => user(user.fn('lower', ['email_address']), '=', emailAddress.toLowerCase()))
    .executeTakeFirst()
  return row?.id
}
