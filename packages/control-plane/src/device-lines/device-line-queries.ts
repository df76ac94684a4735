import { newId } from '@dialtone/foundation'
import type { Insertable, Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { DeviceLineTable, DeviceTable, Sql, Transaction } from '../database/index.ts'
import type { DeviceLineAttributes } from './device-line.ts'

export type DeviceRow = Selectable<DeviceTable>
/** A line with what its device and its login add. */
export type DeviceLineRow = Selectable<DeviceLineTable> & {
  readonly device_type_id: string
  readonly mac_address: string | null
  readonly sip_username: string | null
  readonly sip_password_sealed: string | null
}

type Executor = Sql | Transaction

function lines(sql: Executor, scope: AccountScope) {
  return sql
    .selectFrom('device_line')
    .innerJoin('device', 'device.id', 'device_line.device_id')
    .leftJoin('sip_credential', 'sip_credential.owner_id', 'device_line.id')
    .selectAll('device_line')
    .select(['device.device_type_id', 'device.mac_address', 'sip_credential.sip_username', 'sip_credential.sip_password_sealed'])
    .where('device_line.account_id', '=', scope.accountId)
    .where('device_line.partition_id', '=', scope.partitionId)
}

export function findLine(sql: Executor, scope: AccountScope, lineId: string): Promise<DeviceLineRow | undefined> {
  return lines(sql, scope).where('device_line.id', '=', lineId).executeTakeFirst()
}

export function lockLine(sql: Transaction, scope: AccountScope, lineId: string): Promise<DeviceLineRow | undefined> {
  return lines(sql, scope).where('device_line.id', '=', lineId).forUpdate('device_line').executeTakeFirst()
}

export interface LineFilter {
  readonly userId?: string | undefined
  readonly macAddress?: string | undefined
}

export function listLines(sql: Executor, scope: AccountScope, filter: LineFilter): Promise<DeviceLineRow[]> {
  let query = lines(sql, scope)
  if (filter.userId !== undefined) query = query.where('device_line.user_id', '=', filter.userId)
  if (filter.macAddress !== undefined) query = query.where('device.mac_address', '=', filter.macAddress)
  return query.orderBy('device_line.created_at').orderBy('device_line.line_number').execute()
}

/** The device with this MAC on the whole platform: a MAC exists once. */
export function findDeviceByMac(sql: Executor, macAddress: string): Promise<DeviceRow | undefined> {
  return sql.selectFrom('device').selectAll().where('mac_address', '=', macAddress).executeTakeFirst()
}

export async function countDevices(sql: Transaction, scope: AccountScope): Promise<number> {
  const row = await sql
    .selectFrom('device')
    .select((expression) => expression.fn.countAll<string>().as('total'))
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirstOrThrow()
  return Number(row.total)
}

export function insertDevice(sql: Transaction, scope: AccountScope, line: DeviceLineAttributes, now: Date): Promise<DeviceRow> {
  return sql
    .insertInto('device')
    .values({
      id: newId(),
      partition_id: scope.partitionId,
      account_id: scope.accountId,
      mac_address: line.macAddress ?? null,
      device_type_id: line.deviceTypeId,
      device_name: line.deviceName,
      created_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function insertLine(
  sql: Transaction,
  scope: AccountScope,
  deviceId: string,
  lineId: string,
  line: DeviceLineAttributes,
  now: Date,
): Promise<void> {
  const row: Insertable<DeviceLineTable> = {
    ...columnsOf(line),
    id: lineId,
    partition_id: scope.partitionId,
    account_id: scope.accountId,
    device_id: deviceId,
    first_registered_at: null,
    created_at: now,
    updated_at: now,
  }
  await sql.insertInto('device_line').values(row).execute()
}

export async function updateLine(sql: Transaction, scope: AccountScope, lineId: string, line: DeviceLineAttributes, now: Date): Promise<void> {
  await sql
    .updateTable('device_line')
    .set({ ...columnsOf(line), updated_at: now })
    .where('id', '=', lineId)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .execute()
}

/** Removes the line, and the device with its last line. */
export async function deleteLine(sql: Transaction, scope: AccountScope, line: DeviceLineRow): Promise<void> {
  await sql
    .deleteFrom('device_line')
    .where('id', '=', line.id)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .execute()
  const other = await sql.selectFrom('device_line').select('id').where('device_id', '=', line.device_id).limit(1).executeTakeFirst()
  if (other !== undefined) return
  await sql
    .deleteFrom('device')
    .where('id', '=', line.device_id)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .execute()
}

export async function ownsUser(sql: Transaction, scope: AccountScope, userId: string): Promise<boolean> {
  const row = await sql
    .selectFrom('end_user')
    .select('id')
    .where('id', '=', userId)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  return row !== undefined
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

function columnsOf(line: DeviceLineAttributes) {
  return {
    user_id: line.userId ?? null,
    line_number: line.lineNumber,
    line_type: line.lineType,
    device_name: line.deviceName,
    fax_enabled: line.faxEnabled,
    emergency_number: line.emergencyNumber ?? null,
  }
}
