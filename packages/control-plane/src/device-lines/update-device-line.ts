import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { changeObject, pointTo } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import { violatedUniqueIndex } from '../database/index.ts'
import { lockDevice } from '../devices/index.ts'
import { afterCommit, type Write, write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { addSipCredentials, changeSipCredentials, type GivenCredentials, removeSipCredentials } from '../sip-credentials/index.ts'
import { lineFailure, placeFailure } from './create-device-line.ts'
import { type DeviceLineAttributes, referencesOf } from './device-line.ts'
import { attributesOf } from './device-line-attributes.ts'
import { deviceLineChanged } from './device-line-events.ts'
import { type DeviceLineRow, findLine, lockLine, updateLine } from './device-line-queries.ts'
import { registersItself } from './line-reference.ts'

export interface RevisedLine {
  readonly line: DeviceLineAttributes
  readonly given: GivenCredentials
}

/** Changes a line. The device stays: another MAC or type is a swap of the device, not a change of its line. */
export async function updateDeviceLine(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  lineId: string,
  revise: (before: DeviceLineAttributes) => Result<RevisedLine, ApiFailure>,
): Promise<Result<DeviceLineRow, ApiFailure>> {
  let wantedPlace = ''
  let hasNewLogin = false
  try {
    const updated = await write(context, actorOf(principal), async (change) => {
      const stored = await lockLine(change.sql, scope, lineId)
      if (stored === undefined) return err(entityNotFound('Device', lineId))
      const before = attributesOf(stored)
      const revised = revise(before)
      if (!revised.ok) return revised
      wantedPlace = String(revised.value.line.lineNumber)
      const changed = await reviseLine(context, change, scope, stored, revised.value)
      if (!changed.ok) return changed
      hasNewLogin = changed.value.hasNewLogin
      const row = await findLine(change.sql, scope, lineId)
      return row === undefined ? err(entityNotFound('Device', lineId)) : ok(row)
    })
    // A phone with the old credentials is no longer this line.
    if (updated.ok && hasNewLogin) await afterCommit(context, () => context.registrations.dropBindings(lineId))
    return updated
  } catch (error) {
    if (violatedUniqueIndex(error) !== 'device_line_position') throw error
    return err(alreadyInUse('DuplicateMACAddressLineNumber', 'lineNumber', wantedPlace, 'device'))
  }
}

/** Inside a change. @param stored a locked row. The caller drops the bindings of a line with a new login after the commit. */
export async function reviseLine(
  context: Context,
  change: Write,
  scope: AccountScope,
  stored: DeviceLineRow,
  { line, given }: RevisedLine,
): Promise<Result<{ readonly hasNewLogin: boolean }, ApiFailure>> {
  const before = attributesOf(stored)
  if (line.macAddress !== before.macAddress || line.deviceTypeId !== before.deviceTypeId) return err(deviceIsFixed())
  const failure = (await lineFailure(change.sql, scope, line)) ?? (await newPlaceFailure(change, scope, stored, line))
  if (failure !== undefined) return err(failure)
  const login = await reviseLogin(context, change, scope, stored, line, given)
  if (!login.ok) return login
  const object = { type: 'LINE_APPEARANCE', id: stored.id } as const
  const refused =
    (await changeObject(change, scope, object, { name: line.deviceName })) ?? (await pointTo(change, scope, object, referencesOf(line, stored.device_id)))
  if (refused !== undefined) return err(refused)
  await updateLine(change.sql, scope, stored.id, line, change.now)
  change.emit(deviceLineChanged(scope, stored.id, before, line))
  return ok({ hasNewLogin: login.value.changed })
}

async function newPlaceFailure(change: Write, scope: AccountScope, stored: DeviceLineRow, line: DeviceLineAttributes): Promise<ApiFailure | undefined> {
  if (line.lineNumber === stored.line_number && line.lineType === stored.line_type) return undefined
  const device = await lockDevice(change.sql, scope, stored.device_id)
  return device === undefined ? entityNotFound('Device', stored.device_id) : placeFailure(device, line)
}

/** A key that becomes a line gets a login, one that is no line any more loses it. */
async function reviseLogin(
  context: Context,
  change: Write,
  scope: AccountScope,
  stored: DeviceLineRow,
  line: DeviceLineAttributes,
  given: GivenCredentials,
): Promise<Result<{ readonly changed: boolean }, ApiFailure>> {
  const owner = { type: 'LINE_APPEARANCE', id: stored.id } as const
  const hasLogin = stored.sip_username !== null
  if (!registersItself(line.lineType)) {
    if (hasLogin) await removeSipCredentials(change, owner)
    return ok({ changed: hasLogin })
  }
  if (hasLogin) return changeSipCredentials(context, change, scope, owner, given)
  const added = await addSipCredentials(context, change, scope, owner, { ...given, username: stored.id })
  return added.ok ? ok({ changed: true }) : added
}

function deviceIsFixed(): ApiFailure {
  return invalidField('macAddress', 'cannot be changed on a line', 'swap the device instead', 'InvalidMacAddress')
}
