import { err, ok, type Result } from '@dialtone/foundation'
import type { AccountScope } from '../access/index.ts'
import { addObject } from '../account-objects/index.ts'
import type { Transaction } from '../database/index.ts'
import type { Write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, inConflict, invalidField } from '../failures/index.ts'
import { partitionDefaults } from '../partitions/index.ts'
import { deviceType, hasAnalogPorts } from '../reference-data/index.ts'
import { deviceChanged } from './device-events.ts'
import { countDevices, type DeviceRow, insertDevice, lockDeviceByMac, type NewDevice } from './device-queries.ts'
import { inventoryFailure } from './device-inventory.ts'

/** A home phone account has one device (S1-19, C-22). */
const MAX_DEVICES_OF_SIMPLE_ACCOUNT = 1

/** What of the account decides about its devices; its row is locked by the caller. */
export interface AccountOfDevice {
  readonly account_type: string
}

/**
 * The device a line goes onto: known by its MAC, or made now (C-45). A MAC exists once on the platform and has one type.
 * The row is locked, so that it cannot go while the line is added.
 */
export async function claimDevice(change: Write, scope: AccountScope, account: AccountOfDevice, wanted: NewDevice): Promise<Result<DeviceRow, ApiFailure>> {
  const known = wanted.macAddress === undefined ? undefined : await lockDeviceByMac(change.sql, wanted.macAddress)
  if (known === undefined) return addDevice(change, scope, account, wanted)
  // Says the same for a MAC of another account of the same partition and of a stranger's.
  if (known.account_id !== scope.accountId) return err(macInUse(wanted.macAddress))
  if (known.device_type_id !== wanted.deviceTypeId) {
    return err(invalidField('deviceTypeId', `the device with this MAC is a ${known.device_type_id}`, 'one type for a MAC address', 'InvalidDeviceTypeForMac'))
  }
  return ok(known)
}

/** A new device: refused when somebody has its MAC, or when the account may not have it. */
export async function addDevice(change: Write, scope: AccountScope, account: AccountOfDevice, wanted: NewDevice): Promise<Result<DeviceRow, ApiFailure>> {
  const refused = await deviceFailure(change.sql, scope, account, wanted)
  if (refused !== undefined) return err(refused)
  if (account.account_type === 'SIMPLE' && (await countDevices(change.sql, scope)) >= MAX_DEVICES_OF_SIMPLE_ACCOUNT) return err(oneDeviceOnly())
  const row = await insertDevice(change.sql, scope, wanted, change.now)
  if (row === undefined) return err(macInUse(wanted.macAddress))
  const failure = await addObject(change, scope, { type: 'DEVICE', id: row.id, name: row.device_name })
  if (failure !== undefined) return err(failure)
  change.emit(deviceChanged(scope, undefined, row))
  return ok(row)
}

/** Whether the account may have such a device at all: a known type that the partition offers, a MAC of its inventory. */
export async function deviceFailure(
  sql: Transaction,
  scope: AccountScope,
  account: AccountOfDevice,
  wanted: Pick<NewDevice, 'macAddress' | 'deviceTypeId'>,
): Promise<ApiFailure | undefined> {
  const type = deviceType(wanted.deviceTypeId)
  if (type === undefined) return entityNotFound('DeviceType', wanted.deviceTypeId)
  if (wanted.macAddress === undefined && type.macAddressRequired)
    return invalidField('macAddress', 'is missing', `required for a ${type.id}`, 'MacAddressRequired')
  const settings = await partitionDefaults(sql, scope)
  const allowed = settings.allowedDeviceTypes
  if (allowed.length > 0 && !allowed.some((id) => deviceType(id)?.id === type.id)) {
    return invalidField('deviceTypeId', `${type.id} is not offered by this partition`, 'one of the allowedDeviceTypes of the partition', 'DeviceTypeNotAllowed')
  }
  if (account.account_type === 'SIMPLE' && !hasAnalogPorts(type)) {
    return invalidField('deviceTypeId', `${type.id} is no analogue adapter`, 'an ATA or EMTA on a SIMPLE account', 'InvalidDeviceTypeForAccount')
  }
  return settings.requiresDeviceInventory ? inventoryFailure(sql, scope, wanted.macAddress) : undefined
}

export function macInUse(macAddress: string | undefined): ApiFailure {
  return alreadyInUse('DuplicateMACAddress', 'macAddress', macAddress ?? '', 'platform')
}

function oneDeviceOnly(): ApiFailure {
  return inConflict('AccountDeviceLimitReached', 'A SIMPLE account has one device.', { limit: MAX_DEVICES_OF_SIMPLE_ACCOUNT })
}
