import { newId } from '@dialtone/foundation'
import type { Selectable, Updateable } from 'kysely'
import type { AccountScope, PartitionScope } from '../access/index.ts'
import { type DeviceTable, type ListPage, OLDEST_FIRST, type PageOfRows, readPage, type Sql, type Transaction } from '../database/index.ts'
import { normalizeMacAddress } from './mac-address.ts'

export type DeviceRow = Selectable<DeviceTable>

export type Executor = Sql | Transaction

/** A line on a port of a device, whatever its kind. */
export interface PortRow {
  readonly id: string
  readonly kind: string
  readonly device_id: string
  readonly line_number: number
  readonly line_type: string
  readonly user_id: string | null
  readonly first_registered_at: Date | null
}

function devices(sql: Executor, scope: AccountScope) {
  return sql.selectFrom('device').selectAll().where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId)
}

/** @param idOrMac the id of the device, or its MAC in any spelling (C-45). */
export function findDevice(sql: Executor, scope: AccountScope, idOrMac: string): Promise<DeviceRow | undefined> {
  return devices(sql, scope).where(columnOf(idOrMac), '=', keyOf(idOrMac)).executeTakeFirst()
}

export function lockDevice(sql: Transaction, scope: AccountScope, idOrMac: string): Promise<DeviceRow | undefined> {
  return devices(sql, scope).where(columnOf(idOrMac), '=', keyOf(idOrMac)).forUpdate().executeTakeFirst()
}

export function listDevices(sql: Executor, scope: AccountScope, page: ListPage): Promise<PageOfRows<DeviceRow>> {
  return readPage(devices(sql, scope), OLDEST_FIRST, page)
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

/** Who on the platform has this MAC: it exists once. */
export function lockDeviceByMac(sql: Transaction, macAddress: string): Promise<DeviceRow | undefined> {
  return sql.selectFrom('device').selectAll().where('mac_address', '=', macAddress).forUpdate().executeTakeFirst()
}

export function findDeviceByMac(sql: Executor, macAddress: string): Promise<DeviceRow | undefined> {
  return sql.selectFrom('device').selectAll().where('mac_address', '=', macAddress).executeTakeFirst()
}

export interface NewDevice {
  readonly macAddress: string | undefined
  readonly deviceTypeId: string
  readonly deviceName: string
  readonly model?: string | undefined
  readonly description?: string | undefined
  readonly staysWithoutLines?: boolean
}

/** @returns undefined when somebody else took the MAC meanwhile. */
export function insertDevice(sql: Transaction, scope: AccountScope, device: NewDevice, now: Date): Promise<DeviceRow | undefined> {
  return sql
    .insertInto('device')
    .values({
      id: newId(),
      partition_id: scope.partitionId,
      account_id: scope.accountId,
      mac_address: device.macAddress ?? null,
      device_type_id: device.deviceTypeId,
      device_name: device.deviceName,
      model: device.model ?? null,
      description: device.description ?? null,
      stays_without_lines: device.staysWithoutLines ?? false,
      side_car_type_id: null,
      admin_password_sealed: null,
      encryption_key_sealed: null,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.column('mac_address').where('mac_address', 'is not', null).doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** @param row a row that was locked inside the caller's scope. */
export function updateDeviceRow(sql: Transaction, row: DeviceRow, values: Updateable<DeviceTable>, now: Date): Promise<DeviceRow> {
  return sql
    .updateTable('device')
    .set({ ...values, updated_at: now })
    .where('id', '=', row.id)
    .where('account_id', '=', row.account_id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function deleteDeviceRow(sql: Transaction, row: DeviceRow): Promise<void> {
  await sql.deleteFrom('device').where('id', '=', row.id).where('account_id', '=', row.account_id).execute()
}

/** The lines of devices, by their place. */
export function listPorts(sql: Executor, scope: AccountScope, deviceIds: readonly string[]): Promise<PortRow[]> {
  if (deviceIds.length === 0) return Promise.resolve([])
  return ports(sql, deviceIds).where('device_line.account_id', '=', scope.accountId).where('device_line.partition_id', '=', scope.partitionId).execute()
}

/** The same for devices of several accounts of a partition. */
export function listPortsInPartition(sql: Executor, scope: PartitionScope, deviceIds: readonly string[]): Promise<PortRow[]> {
  if (deviceIds.length === 0) return Promise.resolve([])
  return ports(sql, deviceIds).where('device_line.partition_id', '=', scope.partitionId).execute()
}

function ports(sql: Executor, deviceIds: readonly string[]) {
  return sql
    .selectFrom('device_line')
    .leftJoin('sip_credential', 'sip_credential.owner_id', 'device_line.id')
    .select([
      'device_line.id',
      'device_line.kind',
      'device_line.device_id',
      'device_line.line_number',
      'device_line.line_type',
      'device_line.user_id',
      'sip_credential.first_registered_at',
    ])
    .where('device_line.device_id', 'in', deviceIds)
    .orderBy('device_line.line_number')
}

function columnOf(idOrMac: string): 'id' | 'mac_address' {
  return normalizeMacAddress(idOrMac) === undefined ? 'id' : 'mac_address'
}

function keyOf(idOrMac: string): string {
  return normalizeMacAddress(idOrMac) ?? idOrMac
}
