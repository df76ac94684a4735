import { err, newId, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { addObject, type ObjectReference, pointTo } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { type Transaction, violatedUniqueIndex } from '../database/index.ts'
import { write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, inConflict, invalidField, invalidFields } from '../failures/index.ts'
import { deviceType } from '../reference-data/index.ts'
import { addSipCredentials, type GivenCredentials } from '../sip-credentials/index.ts'
import { type DeviceLineAttributes, deviceLineProblems } from './device-line.ts'
import { deviceLineChanged } from './device-line-events.ts'
import {
  countDevices,
  type DeviceLineRow,
  type DeviceRow,
  findDeviceByMac,
  findLine,
  insertDevice,
  insertLine,
  ownsNumber,
  ownsUser,
} from './device-line-queries.ts'

/** A home phone account has one device (S1-19, C-22). */
const MAX_DEVICES_OF_SIMPLE_ACCOUNT = 1

/** Adds a line to a user's device; the device comes into being with its first line (S1-91 … S1-98, C-45). */
export async function createDeviceLine(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  line: DeviceLineAttributes,
  given: GivenCredentials,
): Promise<Result<DeviceLineRow, ApiFailure>> {
  const id = newId()
  try {
    return await write(context, actorOf(principal), async (change) => {
      const account = await lockAccount(change.sql, scope)
      if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
      const failure = await lineFailure(change.sql, scope, line)
      if (failure !== undefined) return err(failure)
      const misplaced = account.account_type === 'SIMPLE' ? homePhoneFailure(line) : undefined
      if (misplaced !== undefined) return err(misplaced)
      const device = await deviceFor(change.sql, scope, line, account.account_type, change.now)
      if (!device.ok) return device
      const login = await addSipCredentials(context, change, scope, { type: 'LINE_APPEARANCE', id }, { ...given, username: id })
      if (!login.ok) return login
      await insertLine(change.sql, scope, device.value.id, id, line, change.now)
      const refused =
        (await addObject(change, scope, { type: 'LINE_APPEARANCE', id, name: line.deviceName })) ??
        (await pointTo(change, scope, { type: 'LINE_APPEARANCE', id }, referencesOf(line)))
      if (refused !== undefined) return err(refused)
      change.emit(deviceLineChanged(scope, id, undefined, line))
      const row = await findLine(change.sql, scope, id)
      return row === undefined ? err(entityNotFound('Device', id)) : ok(row)
    })
  } catch (error) {
    return err(takenValue(error, line))
  }
}

export function referencesOf(line: DeviceLineAttributes): readonly ObjectReference[] {
  return [
    ...(line.userId === undefined ? [] : [{ role: 'user', type: 'END_USER', id: line.userId } as const]),
    ...(line.emergencyNumber === undefined ? [] : [{ role: 'emergencyNumber', type: 'TELEPHONE_NUMBER', id: line.emergencyNumber } as const]),
  ]
}

/** What a line points at has to exist inside the account. */
export async function lineFailure(sql: Transaction, scope: AccountScope, line: DeviceLineAttributes): Promise<ApiFailure | undefined> {
  const type = deviceType(line.deviceTypeId)
  if (type === undefined) return entityNotFound('DeviceType', line.deviceTypeId)
  const problems = deviceLineProblems(line, type)
  if (problems.length > 0) return invalidFields(problems)
  if (line.userId !== undefined && !(await ownsUser(sql, scope, line.userId))) return entityNotFound('EndUser', line.userId)
  if (line.emergencyNumber !== undefined && !(await ownsNumber(sql, scope, line.emergencyNumber))) {
    return invalidField('emergencyNumber', `"${line.emergencyNumber}" is not on this account`, 'a telephone number of the account')
  }
  return undefined
}

async function deviceFor(
  sql: Transaction,
  scope: AccountScope,
  line: DeviceLineAttributes,
  accountType: string,
  now: Date,
): Promise<Result<DeviceRow, ApiFailure>> {
  const known = line.macAddress === undefined ? undefined : await findDeviceByMac(sql, line.macAddress)
  if (known === undefined) {
    if (accountType === 'SIMPLE' && (await countDevices(sql, scope)) >= MAX_DEVICES_OF_SIMPLE_ACCOUNT) return err(oneDeviceOnly())
    return ok(await insertDevice(sql, scope, line, now))
  }
  // Says the same for a MAC of another account of the same partition and of a stranger's.
  if (known.account_id !== scope.accountId) return err(alreadyInUse('DuplicateMACAddress', 'macAddress', line.macAddress ?? '', 'platform'))
  if (known.device_type_id !== line.deviceTypeId) {
    return err(invalidField('deviceTypeId', `the device with this MAC is a ${known.device_type_id}`, 'one type for a MAC address', 'InvalidDeviceTypeForMac'))
  }
  return ok(known)
}

export function takenValue(error: unknown, line: DeviceLineAttributes): ApiFailure {
  switch (violatedUniqueIndex(error)) {
    case 'device_line_position':
      return alreadyInUse('DuplicateMACAddressLineNumber', 'lineNumber', String(line.lineNumber), 'device')
    case 'device_mac_address':
      return alreadyInUse('DuplicateMACAddress', 'macAddress', line.macAddress ?? '', 'platform')
    default:
      throw error
  }
}

/** A home phone hangs on an analogue adapter (S1-19). A device keeps its type, so that this is asked once. */
function homePhoneFailure(line: DeviceLineAttributes): ApiFailure | undefined {
  const kind = deviceType(line.deviceTypeId)?.deviceKind
  if (kind === 'ATA' || kind === 'EMTA') return undefined
  return invalidField('deviceTypeId', `${line.deviceTypeId} is no analogue adapter`, 'an ATA or EMTA on a SIMPLE account', 'InvalidDeviceTypeForAccount')
}

function oneDeviceOnly(): ApiFailure {
  return inConflict('AccountDeviceLimitReached', 'A SIMPLE account has one device.', { limit: MAX_DEVICES_OF_SIMPLE_ACCOUNT })
}
