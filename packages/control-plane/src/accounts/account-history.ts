import Type, { type Static } from 'typebox'
import type { Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { AccountHistoryTable, Sql } from '../database/index.ts'
import { named } from '../http/index.ts'

/** The 49 kinds of history (public-spec section 7). */
export const HISTORY_TYPES = [
  'PHONE_NUMBER', 'PROVISIONING', 'CALL_FORWARDING', 'CALL_SCREENING', 'ADDRESS', 'ADDRESS_CSR', 'ADDRESS_E911', 'ADDRESS_DIRECTORY_LISTING', 'ACCOUNT_STATUS',
  'VOICEMAIL', 'CALLING_PLAN', 'INBOUND_CALLING_PLAN', 'IVR', 'SIP_TRUNK', 'SIP_TRUNK_FORWARD', 'SIP_TRUNK_GROUP', 'DEVICE', 'DEVICE_METADATA', 'USER',
  'USER_API_AUTH', 'LINE_HUNTGROUP', 'ACCOUNT', 'LINE_APPEARANCE', 'LINE_HARDWARE', 'VFAX', 'PAGING_GROUP', 'PICKUP_GROUP', 'GROUP_OF_REFERENCES',
  'CALL_PARKING_SPOT', 'ACCOUNT_USER', 'SIP_CREDENTIALS', 'BUSINESS_LINE', 'BUSINESS_LINE_HUNT_GROUP', 'CALL_GROUP', 'CALL_QUEUE', 'USER_DEVICE_LINE',
  'EMERGENCY_NOTIFICATION', 'DYNAMIC_RESERVATION', 'SPECIALTY_LINE', 'AUTHORITY', 'AUTO_ATTENDANT', 'CONTACT', 'CONTACT_CENTER', 'CALL_RECORDING', 'ACCOUNT_CODE',
  'SHORT_CODE', 'MEDIA_MANAGEMENT', 'SOUNDS', 'USER_GROUP',
] as const // prettier-ignore

/** How this list writes the kinds of objects that it writes in its own way. */
const REFERENCE_TYPES: Readonly<Record<string, string>> = {
  ACCOUNT: 'Account', LINE_APPEARANCE: 'LineAppearance', DEVICE: 'Device', TELEPHONE_NUMBER: 'Telephone', PHONE_NUMBER: 'Telephone', END_USER: 'EndUser', VFAX: 'VFax',
  VOICEMAIL_BOX: 'VoicemailBox', PAGING_GROUP: 'PagingGroup', PICKUP_GROUP: 'PickupGroup', CALL_PARKING_SPOT: 'CallParkingSpot', ACCOUNT_USER: 'AccountUser',
} // prettier-ignore

export const AccountHistoryView = named(
  'AccountHistory',
  Type.Object({
    id: Type.String(),
    accountId: Type.String(),
    accountNumber: Type.String(),
    oldValue: Type.Optional(Type.String()),
    newValue: Type.Optional(Type.String()),
    userName: Type.String(),
    userId: Type.String(),
    userType: Type.String(),
    partitionName: Type.String(),
    accountHistoryType: Type.String(),
    loggedDate: Type.String(),
    referenceType: Type.Optional(Type.String()),
    referenceId: Type.Optional(Type.String()),
    referenceName: Type.Optional(Type.String()),
    action: Type.String(),
  }),
)
export const AccountHistoryResults = named(
  'AccountHistorySearchResponse',
  Type.Object({
    totalRecords: Type.Integer(),
    accountCreatedDate: Type.String(),
    accountLastUpdatedDate: Type.String(),
    results: Type.Array(AccountHistoryView),
  }),
)

export interface HistorySearch {
  readonly types: readonly string[] | undefined
  /** Both ends inclusive. */
  readonly from: Date | undefined
  readonly to: Date | undefined
  readonly firstResultIndex: number
  readonly maxResult: number
}

/** What happened on an account, newest first; also on one that is deleted by now. */
export async function searchHistory(sql: Sql, scope: AccountScope, search: HistorySearch): Promise<Static<typeof AccountHistoryResults> | undefined> {
  const account = await sql
    .selectFrom('account')
    .innerJoin('partition', 'partition.id', 'account.partition_id')
    .select(['account.account_number', 'account.created_at', 'account.updated_at', 'partition.name as partition_name'])
    .where('account.id', '=', scope.accountId)
    .where('account.partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  if (account === undefined) return undefined
  let matching = sql.selectFrom('account_history').where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId)
  if (search.types !== undefined) matching = matching.where('type', 'in', [...search.types])
  if (search.from !== undefined) matching = matching.where('logged_at', '>=', search.from)
  if (search.to !== undefined) matching = matching.where('logged_at', '<=', search.to)
  const { total } = await matching.select((row) => row.fn.countAll<string>().as('total')).executeTakeFirstOrThrow()
  const rows = await matching.selectAll().orderBy('sequence', 'desc').offset(search.firstResultIndex).limit(search.maxResult).execute()
  return {
    totalRecords: Number(total),
    accountCreatedDate: account.created_at.toISOString(),
    accountLastUpdatedDate: account.updated_at.toISOString(),
    results: rows.map((row) => viewOf(row, account.account_number, account.partition_name)),
  }
}

function viewOf(row: Selectable<AccountHistoryTable>, accountNumber: string, partitionName: string): Static<typeof AccountHistoryView> {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  return {
    id: row.id,
    accountId: row.account_id,
    accountNumber,
    ...(row.old_value === null ? {} : { oldValue: text(row.old_value) }),
    ...(row.new_value === null ? {} : { newValue: text(row.new_value) }),
    userName: row.user_name,
    userId: row.user_id,
    userType: row.user_type,
    partitionName,
    accountHistoryType: row.type,
    loggedDate: row.logged_at.toISOString(),
    ...(row.reference_type === null ? {} : { referenceType: REFERENCE_TYPES[row.reference_type] ?? row.reference_type }),
    ...(row.reference_id === null ? {} : { referenceId: row.reference_id }),
    ...(row.reference_name === null ? {} : { referenceName: row.reference_name }),
    action: row.action,
  }
}
