import type { Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import { type DeviceLineTable, type ListPage, type PageOfRows, readPage, type Sql, type Transaction } from '../database/index.ts'
import type { DeviceLineAttributes } from './device-line.ts'

/** A line with what its device and its login add. */
export type DeviceLineRow = Selectable<DeviceLineTable> & {
  readonly device_type_id: string
  readonly mac_address: string | null
  readonly sip_username: string | null
  readonly sip_password_sealed: string | null
}

type Executor = Sql | Transaction

/** More lines than this are listed by device or by user. */
const MAX_LISTED_LINES = 10_000

/** Lines of every kind that are on a device. */
function ports(sql: Executor, scope: AccountScope) {
  return sql
    .selectFrom('device_line')
    .innerJoin('device', 'device.id', 'device_line.device_id')
    .leftJoin('sip_credential', 'sip_credential.owner_id', 'device_line.id')
    .selectAll('device_line')
    .select(['device.device_type_id', 'device.mac_address', 'sip_credential.sip_username', 'sip_credential.sip_password_sealed'])
    .where('device_line.account_id', '=', scope.accountId)
    .where('device_line.partition_id', '=', scope.partitionId)
}

/** Device lines proper: those of users. */
function lines(sql: Executor, scope: AccountScope) {
  return ports(sql, scope).where('device_line.kind', '=', 'USER')
}

export function findLine(sql: Executor, scope: AccountScope, lineId: string): Promise<DeviceLineRow | undefined> {
  return lines(sql, scope).where('device_line.id', '=', lineId).executeTakeFirst()
}

/** A line of any kind on a port. */
export function findPort(sql: Executor, scope: AccountScope, lineId: string): Promise<DeviceLineRow | undefined> {
  return ports(sql, scope).where('device_line.id', '=', lineId).executeTakeFirst()
}

export function lockLine(sql: Transaction, scope: AccountScope, lineId: string): Promise<DeviceLineRow | undefined> {
  return lines(sql, scope).where('device_line.id', '=', lineId).forUpdate('device_line').executeTakeFirst()
}

export interface LineFilter {
  readonly userId?: string | undefined
  readonly referencedUserId?: string | undefined
  readonly macAddress?: string | undefined
  /** Lines that nobody owns yet. */
  readonly isFree?: boolean
}

export async function listLines(sql: Executor, scope: AccountScope, filter: LineFilter): Promise<DeviceLineRow[]> {
  return (await pageOfLines(sql, scope, filter)).rows
}

export function pageOfLines(
  sql: Executor,
  scope: AccountScope,
  filter: LineFilter,
  page: ListPage = { limit: MAX_LISTED_LINES },
): Promise<PageOfRows<DeviceLineRow>> {
  let query = lines(sql, scope)
  if (filter.userId !== undefined) query = query.where('device_line.user_id', '=', filter.userId)
  if (filter.referencedUserId !== undefined) query = query.where('device_line.reference_id', '=', filter.referencedUserId)
  if (filter.macAddress !== undefined) query = query.where('device.mac_address', '=', filter.macAddress)
  if (filter.isFree === true) query = query.where('device_line.user_id', 'is', null)
  return readPage(query, { columns: ['device_line.created_at', 'device_line.line_number', 'device_line.id'] }, page)
}

/** Whether the account has a line with this id: of a user, a business or a specialty line, on a device or not (C-45). */
export async function isLineOfAnyKind(sql: Executor, scope: AccountScope, lineId: string): Promise<boolean> {
  const login = await sql
    .selectFrom('sip_credential')
    .select('owner_id')
    .where('owner_id', '=', lineId)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  return login !== undefined || (await findPort(sql, scope, lineId)) !== undefined
}

/** Everything on a device, by place. */
export function listPortsOfDevice(sql: Executor, scope: AccountScope, deviceId: string): Promise<DeviceLineRow[]> {
  return ports(sql, scope).where('device_line.device_id', '=', deviceId).orderBy('device_line.line_number').execute()
}

/** @param line a line that was locked inside the scope. */
export async function updateLine(sql: Transaction, scope: AccountScope, lineId: string, line: DeviceLineAttributes, now: Date): Promise<void> {
  await sql
    .updateTable('device_line')
    .set({ ...columnsOf(line), line_number: line.lineNumber, updated_at: now })
    .where('id', '=', lineId)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .execute()
}

export async function deleteLineRow(sql: Transaction, scope: AccountScope, lineId: string): Promise<void> {
  await sql.deleteFrom('device_line').where('id', '=', lineId).where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId).execute()
}

export async function ownsNumber(sql: Transaction, scope: AccountScope, phoneNumber: string): Promise<boolean> {
  const row = await sql
    .selectFrom('telephone_number')
    .select('phone_number')
    .where('phone_number', '=', phoneNumber)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  return row !== undefined
}

export function columnsOf(line: DeviceLineAttributes) {
  return {
    user_id: line.userId ?? null,
    line_type: line.lineType,
    reference_id: line.referenceId ?? null,
    device_name: line.deviceName,
    fax_enabled: line.faxEnabled,
    emergency_number: line.emergencyNumber ?? null,
    features: line.features === undefined ? null : JSON.stringify(line.features),
    codecs: line.codecs === undefined ? null : JSON.stringify(line.codecs),
  }
}
