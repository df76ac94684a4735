import { err, newId, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { addObject, pointTo } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import { claimDevice, type DeviceRow, lockDevice, portNumberFailure, takePort } from '../devices/index.ts'
import { type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidField, invalidFields } from '../failures/index.ts'
import { deviceType } from '../reference-data/index.ts'
import { addSipCredentials, type GivenCredentials } from '../sip-credentials/index.ts'
import { type DeviceLineAttributes, deviceLineProblems, keyProblem, referencesOf } from './device-line.ts'
import { deviceLineChanged } from './device-line-events.ts'
import { columnsOf, type DeviceLineRow, findLine, ownsNumber } from './device-line-queries.ts'
import { registersItself } from './line-reference.ts'

/** Adds a line to a user's device; the device comes into being with its first line (S1-91 … S1-98, C-45). */
export function createDeviceLine(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  line: DeviceLineAttributes,
  given: GivenCredentials,
): Promise<Result<DeviceLineRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
    const failure = await lineFailure(change.sql, scope, line)
    if (failure !== undefined) return err(failure)
    const { macAddress, deviceTypeId, deviceName } = line
    const device = await claimDevice(change, scope, account, { macAddress, deviceTypeId, deviceName })
    return device.ok ? addLine(context, change, scope, device.value, line, given) : device
  })
}

/** A line on a device that is there: what it is comes from the device (S0-28, S0-100). */
export function addLineToDevice(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  idOrMac: string,
  lineOf: (device: DeviceRow) => Result<DeviceLineAttributes, ApiFailure>,
  given: GivenCredentials,
): Promise<Result<DeviceLineRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    if ((await lockAccount(change.sql, scope)) === undefined) return err(entityNotFound('Account', scope.accountId))
    const device = await lockDevice(change.sql, scope, idOrMac)
    if (device === undefined) return err(entityNotFound('Device', idOrMac))
    const line = lineOf(device)
    if (!line.ok) return line
    const failure = await lineFailure(change.sql, scope, line.value)
    return failure === undefined ? addLine(context, change, scope, device, line.value, given) : err(failure)
  })
}

/** @param device a locked row of the account. */
export async function addLine(
  context: Context,
  change: Write,
  scope: AccountScope,
  device: DeviceRow,
  line: DeviceLineAttributes,
  given: GivenCredentials,
): Promise<Result<DeviceLineRow, ApiFailure>> {
  const id = newId()
  const object = { type: 'LINE_APPEARANCE', id } as const
  const refused =
    placeFailure(device, line) ??
    (await addObject(change, scope, { ...object, name: line.deviceName })) ??
    // Proves what the row refers to, so that it comes first.
    (await pointTo(change, scope, object, referencesOf(line, device.id))) ??
    (await takePort(change.sql, scope, device, { id, kind: 'USER', line_number: line.lineNumber, ...columnsOf(line), now: change.now }))
  if (refused !== undefined) return err(refused)
  if (registersItself(line.lineType)) {
    const login = await addSipCredentials(context, change, scope, object, { ...given, username: id })
    if (!login.ok) return login
  }
  change.emit(deviceLineChanged(scope, id, undefined, line))
  const row = await findLine(change.sql, scope, id)
  return row === undefined ? err(entityNotFound('Device', id)) : ok(row)
}

/** Whether the device has that place, and a key of that type there: side cars add places behind its own (C-53). */
export function placeFailure(device: DeviceRow, line: DeviceLineAttributes): ApiFailure | undefined {
  const beyond = portNumberFailure(device, line.lineNumber, 'lineNumber')
  const type = deviceType(device.device_type_id)
  if (beyond !== undefined || type === undefined || line.lineNumber <= type.numLines) return beyond
  const problem = keyProblem(line.lineType, type, 'sideCar')
  return problem === undefined ? undefined : invalidFields([problem])
}

/** The rules of a line that hold wherever it is. What it points at besides is proven by the registry. */
export async function lineFailure(sql: Transaction, scope: AccountScope, line: DeviceLineAttributes): Promise<ApiFailure | undefined> {
  const type = deviceType(line.deviceTypeId)
  if (type === undefined) return entityNotFound('DeviceType', line.deviceTypeId)
  const problems = deviceLineProblems(line, type)
  if (problems.length > 0) return invalidFields(problems)
  if (line.emergencyNumber !== undefined && !(await ownsNumber(sql, scope, line.emergencyNumber))) {
    return invalidField('emergencyNumber', `"${line.emergencyNumber}" is not on this account`, 'a telephone number of the account')
  }
  return undefined
}
