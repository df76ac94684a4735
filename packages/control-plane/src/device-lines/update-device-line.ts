import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { credentialsFailure, type GivenCredentials, lineFailure, takenValue } from './create-device-line.ts'
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
      const failure = credentialsFailure(given) ?? (await lineFailure(change.sql, scope, line))
      if (failure !== undefined) return err(failure)
      const sipPasswordSealed = given.sipPassword === undefined ? {} : { sipPasswordSealed: context.sealer.seal(given.sipPassword, lineId) }
      await updateLine(
        change.sql,
        scope,
        lineId,
        line,
        { ...(given.sipUsername === undefined ? {} : { sipUsername: given.sipUsername }), ...sipPasswordSealed },
        change.now,
      )
      change.emit(deviceLineChanged(scope, lineId, before, line))
      const row = await findLine(change.sql, scope, lineId)
      return row === undefined ? err(entityNotFound('Device', lineId)) : ok(row)
    })
    // A phone with the old credentials is no longer this line.
    if (updated.ok && (wanted?.given.sipPassword !== undefined || wanted?.given.sipUsername !== undefined)) await context.registrations.dropBindings(lineId)
    return updated
  } catch (error) {
    if (wanted === undefined) throw error
    return err(takenValue(error, wanted.line, wanted.given.sipUsername ?? ''))
  }
}

function deviceIsFixed(): ApiFailure {
  return invalidField('macAddress', 'cannot be changed on a line', 'swap the device instead', 'InvalidMacAddress')
}
