import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { changeObject } from '../account-objects/index.ts'
import { type AccountRow, lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import type { Sql, Transaction } from '../database/index.ts'
import {
  deviceChanged,
  deviceFailure,
  type DeviceRow,
  findDeviceByMac,
  lockDevice,
  lockDeviceByMac,
  macInUse,
  removeDevice,
  renewConfigurationAccess,
  updateDeviceRow,
} from '../devices/index.ts'
import { afterCommit, type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict, invalidField } from '../failures/index.ts'
import { settingsForEveryMake, vendorOf } from '../phone-files/index.ts'
import { type DeviceType, deviceType } from '../reference-data/index.ts'
import { changeSipCredentials, newSipPassword } from '../sip-credentials/index.ts'
import { type DeviceLineRow, findPort, listPortsOfDevice } from './device-line-queries.ts'

export interface DeviceSwap {
  readonly macAddress: string
  readonly deviceTypeId: string
  readonly deviceName: string
}

const OWNERS = { USER: 'LINE_APPEARANCE', BUSINESS: 'BUSINESS_LINE', SPECIALTY: 'SPECIALTY_LINE' } as const

/**
 * Another device takes the place of the one a line is on, with all its lines (public-spec section 9). What the old device
 * was told by us no longer logs in: it may be in other hands. @param kind of the line the caller asked by.
 */
export async function swapDevice(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  lineId: string,
  swap: DeviceSwap,
  kind: keyof typeof OWNERS = 'USER',
): Promise<Result<DeviceLineRow, ApiFailure>> {
  const swapped = await write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    const line = account === undefined ? undefined : await findPort(change.sql, scope, lineId)
    const device = line?.kind !== kind ? undefined : await lockDevice(change.sql, scope, line.device_id)
    if (account === undefined || device === undefined) return err(entityNotFound('Device', lineId))
    const lines = await listPortsOfDevice(change.sql, scope, device.id)
    const refused = (await swapFailure(change.sql, scope, account, device, lines, swap)) ?? (await freeMac(change, scope, device, swap.macAddress))
    if (refused !== undefined) return err(refused)
    // Its file key is the old device's too.
    const values = { mac_address: swap.macAddress, device_type_id: swap.deviceTypeId, device_name: swap.deviceName, model: null, encryption_key_sealed: null }
    const after = await updateDeviceRow(change.sql, device, values, change.now)
    await renewConfigurationAccess(change.sql, device.id)
    if (vendorOf(device.device_type_id) !== vendorOf(swap.deviceTypeId)) await leaveMakersOwn(change.sql, device)
    await change.sql
      .updateTable('device_line')
      .set({ device_name: swap.deviceName, updated_at: change.now })
      .where('device_id', '=', device.id)
      .where('kind', '=', 'USER')
      .execute()
    const failure = await renameObjects(change, scope, after, lines)
    if (failure !== undefined) return err(failure)
    if (deviceType(device.device_type_id)?.acceptsRemoteResync === true) await renewPasswords(context, change, scope, lines)
    change.emit(deviceChanged(scope, device, after))
    const row = await findPort(change.sql, scope, lineId)
    return row === undefined ? err(entityNotFound('Device', lineId)) : ok({ row, lines })
  })
  if (!swapped.ok) return swapped
  const { row, lines } = swapped.value
  await afterCommit(context, async () => {
    await Promise.all(lines.map((line) => context.registrations.dropBindings(line.id)))
  })
  return ok(row)
}

/** Whether a MAC could take the place of the device: what a swap would say about it. */
export async function swapMacFailure(sql: Sql | Transaction, scope: AccountScope, device: DeviceRow, macAddress: string): Promise<ApiFailure | undefined> {
  const holder = await findDeviceByMac(sql, macAddress)
  if (holder === undefined || holder.id === device.id) return undefined
  const isEmpty = holder.account_id === scope.accountId && (await listPortsOfDevice(sql, scope, holder.id)).length === 0
  return isEmpty ? undefined : macInUse(macAddress)
}

async function swapFailure(
  sql: Transaction,
  scope: AccountScope,
  account: AccountRow,
  device: DeviceRow,
  lines: readonly DeviceLineRow[],
  swap: DeviceSwap,
): Promise<ApiFailure | undefined> {
  const [before, after] = [deviceType(device.device_type_id), deviceType(swap.deviceTypeId)]
  if (after === undefined) return entityNotFound('DeviceType', swap.deviceTypeId)
  if (device.num_side_cars > 0) return inConflict('DeviceHasSideCars', 'The device has side cars: take them off first.', { numSideCars: device.num_side_cars })
  if (before !== undefined && before.smbDevice !== after.smbDevice) return wrongType(after, `a ${before.id} is replaced by its like`)
  const misfit = lines.map((line) => misfitOf(line, after)).find((failure) => failure !== undefined)
  return misfit ?? deviceFailure(sql, scope, account, swap)
}

function misfitOf(line: DeviceLineRow, type: DeviceType): ApiFailure | undefined {
  if (line.line_number > type.numLines)
    return invalidField('deviceTypeId', `line ${line.line_number} does not exist on a ${type.id}`, `1 to ${type.numLines}`, 'InvalidLineNumber')
  if (line.line_type === 'SipPaging' && !type.sipPagingEnabled) return wrongType(type, 'a device that pages')
  const keys: readonly string[] = type.lineFunctionality['device'] ?? []
  if (!keys.includes(line.line_type)) return wrongType(type, `a device with ${line.line_type} keys`)
  return line.fax_enabled && !type.faxSupported ? wrongType(type, 'a device with a fax port') : undefined
}

function wrongType(type: DeviceType, rule: string): ApiFailure {
  return invalidField('deviceTypeId', `${type.id} does not fit the lines`, rule, 'InvalidDeviceTypeForSwap')
}

/** A P-value of one make is another thing to the next one, and its firmware is none. */
async function leaveMakersOwn(sql: Transaction, { id }: DeviceRow): Promise<void> {
  const row = await sql.selectFrom('device_configuration').select('settings').where('device_id', '=', id).executeTakeFirst()
  if (row === undefined) return
  await sql
    .updateTable('device_configuration')
    .set({ settings: JSON.stringify(settingsForEveryMake(row.settings)) })
    .where('device_id', '=', id)
    .execute()
}

/** A device of the account without lines gives its MAC up to the one that has them. */
async function freeMac(change: Write, scope: AccountScope, device: DeviceRow, macAddress: string): Promise<ApiFailure | undefined> {
  const empty = await lockDeviceByMac(change.sql, macAddress)
  const failure = await swapMacFailure(change.sql, scope, device, macAddress)
  if (failure !== undefined) return failure
  return empty === undefined || empty.id === device.id ? undefined : removeDevice(change, scope, empty)
}

async function renameObjects(change: Write, scope: AccountScope, device: DeviceRow, lines: readonly DeviceLineRow[]): Promise<ApiFailure | undefined> {
  const name = device.device_name
  for (const line of lines.filter((each) => each.kind === 'USER')) {
    const failure = await changeObject(change, scope, { type: 'LINE_APPEARANCE', id: line.id }, { name })
    if (failure !== undefined) return failure
  }
  return changeObject(change, scope, { type: 'DEVICE', id: device.id }, { name })
}

async function renewPasswords(context: Context, change: Write, scope: AccountScope, lines: readonly DeviceLineRow[]): Promise<void> {
  for (const line of lines) {
    const owner = { type: OWNERS[line.kind as keyof typeof OWNERS], id: line.id }
    await changeSipCredentials(context, change, scope, owner, { sipUsername: undefined, sipPassword: newSipPassword() })
  }
}
