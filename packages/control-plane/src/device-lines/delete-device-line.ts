import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { removeObject } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import { afterCommit, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { removeSipCredentials } from '../sip-credentials/index.ts'
import { attributesOf } from './device-line-attributes.ts'
import { deviceLineChanged } from './device-line-events.ts'
import { deleteLine, lockLine } from './device-line-queries.ts'

/** Removes a line; its phone stops ringing at once, and the device goes with its last line (C-49). */
export async function deleteDeviceLine(context: Context, principal: Principal, scope: AccountScope, lineId: string): Promise<Result<undefined, ApiFailure>> {
  const deleted = await write(context, actorOf(principal), async (change) => {
    const row = await lockLine(change.sql, scope, lineId)
    if (row === undefined) return err(entityNotFound('Device', lineId))
    const refused = await removeObject(change, scope, { type: 'LINE_APPEARANCE', id: lineId })
    if (refused !== undefined) return err(refused)
    await removeSipCredentials(change, { type: 'LINE_APPEARANCE', id: lineId })
    await deleteLine(change.sql, scope, row)
    change.emit(deviceLineChanged(scope, lineId, attributesOf(row), undefined))
    return ok(undefined)
  })
  if (deleted.ok) await afterCommit(context, () => context.registrations.dropBindings(lineId))
  return deleted
}
