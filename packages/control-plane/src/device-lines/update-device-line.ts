import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { changeObject, pointTo } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import { afterCommit, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { changeSipCredentials, type GivenCredentials } from '../sip-credentials/index.ts'
import { lineFailure, referencesOf, takenValue } from './create-device-line.ts'
import type { DeviceLineAttributes } from './device-line.ts'
import { attributesOf } from './device-line-attributes.ts'
import { deviceLineChanged } from './device-line-events.ts'
import { type DeviceLineRow, findLine, lockLine, updateLine } from './device-line-queries.ts'

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
  let wanted: RevisedLine | undefined
  let hasNewLogin = false
  try {
    const updated = await write(context, actorOf(principal), async (change) => {
      const stored = await lockLine(change.sql, scope, lineId)
      if (stored === undefined) return err(entityNotFound('Device', lineId))
      const before = attributesOf(stored)
      const revised = revise(before)
      if (!revised.ok) return revised
      wanted = revised.value
      const { line, given } = revised.value
      if (line.macAddress !== before.macAddress || line.deviceTypeId !== before.deviceTypeId) return err(deviceIsFixed())
      const failure = await lineFailure(change.sql, scope, line)
      if (failure !== undefined) return err(failure)
      const login = await changeSipCredentials(context, change, scope, { type: 'LINE_APPEARANCE', id: lineId }, given)
      if (!login.ok) return login
      hasNewLogin = login.value.changed
      await updateLine(change.sql, scope, lineId, line, change.now)
      const object = { type: 'LINE_APPEARANCE', id: lineId } as const
      const refused = (await changeObject(change, scope, object, { name: line.deviceName })) ?? (await pointTo(change, scope, object, referencesOf(line)))
      if (refused !== undefined) return err(refused)
      change.emit(deviceLineChanged(scope, lineId, before, line))
      const row = await findLine(change.sql, scope, lineId)
      return row === undefined ? err(entityNotFound('Device', lineId)) : ok(row)
    })
    // A phone with the old credentials is no longer this line.
    if (updated.ok && hasNewLogin) await afterCommit(context, () => context.registrations.dropBindings(lineId))
    return updated
  } catch (error) {
    if (wanted === undefined) throw error
    return err(takenValue(error, wanted.line))
  }
}

function deviceIsFixed(): ApiFailure {
  return invalidField('macAddress', 'cannot be changed on a line', 'swap the device instead', 'InvalidMacAddress')
}
