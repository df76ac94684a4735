import { err, ok, type Result } from '@dialtone/foundation'
import type { AccountScope } from '../access/index.ts'
import { removeObject } from '../account-objects/index.ts'
import type { Transaction } from '../database/index.ts'
import type { Write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { deviceType, lineCountOf, sideCarType } from '../reference-data/index.ts'
import { type AccountOfDevice, claimDevice } from './claim-device.ts'
import { deviceChanged } from './device-events.ts'
import { deleteDeviceRow, type DeviceRow, type Executor, lockDevice } from './device-queries.ts'

/** Kinds of lines that live in other slices and can be put on a port of a device (C-45). */
export interface PortLine {
  /** The id of the line: what the switch and `sip-credentials` know it by. */
  readonly id: string
  readonly kind: 'BUSINESS' | 'SPECIALTY'
  readonly name: string
  /** Shown to the device with the rest of its configuration; the line's own slice decides by its own record. */
  readonly emergencyNumber?: string | undefined
}

export interface PortPlace {
  /** 12 lower-case hex digits. */
  readonly macAddress: string | undefined
  readonly deviceTypeId: string
  readonly portNumber: number
  readonly faxEnabled: boolean
}

export interface OccupiedPort extends PortPlace {
  readonly lineId: string
  readonly deviceId: string
}

/**
 * Puts a line of another slice on a port. The device is made when its MAC is new, and goes with its last line.
 * A line has one port: one that has another is moved with `replacePort`. The account's row is locked by the caller (`lockAccount`).
 * @returns `InvalidLineNumber` beyond the device, `DuplicateMACAddressLineNumber` when the port is taken, `DuplicateMACAddress`
 * for a device of another account, `InvalidDeviceTypeForMac`, `InvalidFaxEnabled`.
 */
export async function occupyPort(
  change: Write,
  scope: AccountScope,
  account: AccountOfDevice,
  line: PortLine,
  place: PortPlace,
): Promise<Result<DeviceRow, ApiFailure>> {
  const type = deviceType(place.deviceTypeId)
  if (type === undefined) return err(entityNotFound('DeviceType', place.deviceTypeId))
  if (place.faxEnabled && !type.faxSupported) return err(noFaxPort(type.id))
  const device = await claimDevice(change, scope, account, { macAddress: place.macAddress, deviceTypeId: type.id, deviceName: line.name })
  return device.ok ? sitDown(change, scope, device.value, line, place) : device
}

/**
 * Puts a line on another port, or on the same one again, or (without a place) on none. A device that keeps the line keeps all
 * it is: its state, its side cars. One that loses its last line goes, so that the line must no longer point at it.
 */
export async function replacePort(
  change: Write,
  scope: AccountScope,
  account: AccountOfDevice,
  line: PortLine,
  place: PortPlace | undefined,
): Promise<Result<DeviceRow | undefined, ApiFailure>> {
  const left = await leavePort(change.sql, scope, line.id)
  const placed = place === undefined ? ok(undefined) : await sitElsewhere(change, scope, account, line, place, left)
  if (!placed.ok || left === undefined || placed.value?.id === left.id) return placed
  const failure = await removeDeviceWithoutLines(change, scope, left.id)
  return failure === undefined ? placed : err(failure)
}

async function sitElsewhere(
  change: Write,
  scope: AccountScope,
  account: AccountOfDevice,
  line: PortLine,
  place: PortPlace,
  left: DeviceRow | undefined,
): Promise<Result<DeviceRow, ApiFailure>> {
  const isSame = left !== undefined && left.mac_address === (place.macAddress ?? null) && left.device_type_id === place.deviceTypeId
  if (!isSame) return occupyPort(change, scope, account, line, place)
  if (place.faxEnabled && deviceType(left.device_type_id)?.faxSupported !== true) return err(noFaxPort(left.device_type_id))
  return sitDown(change, scope, left, line, place)
}

/** @returns the device, locked, when the line was on one. */
async function leavePort(sql: Transaction, scope: AccountScope, lineId: string): Promise<DeviceRow | undefined> {
  const released = await sql
    .deleteFrom('device_line')
    .where('id', '=', lineId)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .returning('device_id')
    .executeTakeFirst()
  return released === undefined ? undefined : lockDevice(sql, scope, released.device_id)
}

async function sitDown(change: Write, scope: AccountScope, device: DeviceRow, line: PortLine, place: PortPlace): Promise<Result<DeviceRow, ApiFailure>> {
  const beyond = portNumberFailure(device, place.portNumber, 'portNumber')
  if (beyond !== undefined) return err(beyond)
  const taken = await takePort(change.sql, scope, device, {
    id: line.id,
    kind: line.kind,
    line_number: place.portNumber,
    line_type: 'Line',
    device_name: line.name,
    fax_enabled: place.faxEnabled,
    emergency_number: line.emergencyNumber ?? null,
    now: change.now,
  })
  return taken === undefined ? ok(device) : err(taken)
}

function noFaxPort(deviceTypeId: string): ApiFailure {
  return invalidField('faxEnabled', `a ${deviceTypeId} has no fax port`, 'false for this device type')
}

/** Takes a line off its port; the device goes with its last line unless it was made as one. Nothing happens when it has none. */
export async function releasePort(change: Write, scope: AccountScope, lineId: string): Promise<ApiFailure | undefined> {
  const left = await leavePort(change.sql, scope, lineId)
  return left === undefined ? undefined : removeDeviceWithoutLines(change, scope, left.id)
}

/** What a line on a port is called now, and whom help calls back; nothing happens when it is on none. */
export async function describePort(change: Write, scope: AccountScope, line: Pick<PortLine, 'id' | 'name' | 'emergencyNumber'>): Promise<void> {
  await change.sql
    .updateTable('device_line')
    .set({ device_name: line.name, emergency_number: line.emergencyNumber ?? null, updated_at: change.now })
    .where('id', '=', line.id)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .execute()
}

/** The ports of lines, by line id. */
export async function portsOf(sql: Executor, scope: AccountScope, lineIds: readonly string[]): Promise<ReadonlyMap<string, OccupiedPort>> {
  if (lineIds.length === 0) return new Map()
  const rows = await sql
    .selectFrom('device_line')
    .innerJoin('device', 'device.id', 'device_line.device_id')
    .select(['device_line.id', 'device_id', 'mac_address', 'device_type_id', 'line_number', 'fax_enabled'])
    .where('device_line.account_id', '=', scope.accountId)
    .where('device_line.partition_id', '=', scope.partitionId)
    .where('device_line.id', 'in', lineIds)
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      {
        lineId: row.id,
        deviceId: row.device_id,
        macAddress: row.mac_address ?? undefined,
        deviceTypeId: row.device_type_id,
        portNumber: row.line_number,
        faxEnabled: row.fax_enabled,
      },
    ]),
  )
}

/** Removes a device that came with its lines, once the last of them is gone. */
export async function removeDeviceWithoutLines(change: Write, scope: AccountScope, deviceId: string): Promise<ApiFailure | undefined> {
  const row = await change.sql
    .selectFrom('device')
    .selectAll()
    .where('id', '=', deviceId)
    .where('account_id', '=', scope.accountId)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined || row.stays_without_lines) return undefined
  const line = await change.sql.selectFrom('device_line').select('id').where('device_id', '=', deviceId).limit(1).executeTakeFirst()
  return line === undefined ? removeDevice(change, scope, row) : undefined
}

/** @param row a locked device whose lines are gone. */
export async function removeDevice(change: Write, scope: AccountScope, row: DeviceRow): Promise<ApiFailure | undefined> {
  const failure = await removeObject(change, scope, { type: 'DEVICE', id: row.id })
  if (failure !== undefined) return failure
  await deleteDeviceRow(change.sql, row)
  change.emit(deviceChanged(scope, row, undefined))
  return undefined
}

/** Lines of the device itself, and the keys of its side cars behind them. */
export function portNumberFailure(
  device: Pick<DeviceRow, 'device_type_id' | 'num_side_cars' | 'side_car_type_id'>,
  lineNumber: number,
  field: string,
): ApiFailure | undefined {
  const last = lineCountOf(device.device_type_id) + sideCarKeysOf(device)
  if (Number.isInteger(lineNumber) && lineNumber >= 1 && lineNumber <= last) return undefined
  return invalidField(field, `${lineNumber} does not exist on this ${device.device_type_id}`, `1 to ${last}`, 'InvalidLineNumber')
}

/** Keys that the side cars of a device add. */
export function sideCarKeysOf(device: Pick<DeviceRow, 'num_side_cars' | 'side_car_type_id'>): number {
  const type = device.side_car_type_id === null ? undefined : sideCarType(device.side_car_type_id)
  return type === undefined ? 0 : device.num_side_cars * type.numLinesPerPage * type.numPages
}

interface LineOnPort {
  readonly id: string
  readonly kind: 'USER' | PortLine['kind']
  readonly line_number: number
  readonly line_type: string
  readonly device_name: string
  readonly fax_enabled: boolean
  readonly user_id?: string | null
  readonly reference_id?: string | null
  readonly emergency_number?: string | null
  readonly features?: string | null
  readonly codecs?: string | null
  readonly now: Date
}

/** The index decides who gets a port, and a taken one does not break the transaction. */
export async function takePort(sql: Transaction, scope: AccountScope, device: DeviceRow, { now, ...line }: LineOnPort): Promise<ApiFailure | undefined> {
  const inserted = await sql
    .insertInto('device_line')
    .values({
      user_id: null,
      reference_id: null,
      emergency_number: null,
      features: null,
      codecs: null,
      ...line,
      partition_id: scope.partitionId,
      account_id: scope.accountId,
      device_id: device.id,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.columns(['device_id', 'line_number']).doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted === undefined ? alreadyInUse('DuplicateMACAddressLineNumber', 'lineNumber', String(line.line_number), 'device') : undefined
}
