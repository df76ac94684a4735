import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { removeObject } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { removeDeviceWithoutLines } from '../devices/index.ts'
import { afterCommit, type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { removeSipCredentials } from '../sip-credentials/index.ts'
import { attributesOf } from './device-line-attributes.ts'
import { deviceLineChanged } from './device-line-events.ts'
import { deleteLineRow, type DeviceLineRow, lockLine } from './device-line-queries.ts'

/** Removes a line; its phone stops ringing at once, and the device goes with its last line unless it was made as a device (C-49). */
export async function deleteDeviceLine(context: Context, principal: Principal, scope: AccountScope, lineId: string): Promise<Result<undefined, ApiFailure>> {
  const deleted = await write(context, actorOf(principal), async (change) => {
    if ((await lockAccount(change.sql, scope)) === undefined) return err(entityNotFound('Account', scope.accountId))
    const row = await lockLine(change.sql, scope, lineId)
    if (row === undefined) return err(entityNotFound('Device', lineId))
    const refused = (await removeLine(change, scope, row)) ?? (await removeDeviceWithoutLines(change, scope, row.device_id))
    return refused === undefined ? ok(undefined) : err(refused)
  })
  if (deleted.ok) await afterCommit(context, () => context.registrations.dropBindings(lineId))
  return deleted
}

/** @param row a locked line; the caller drops its bindings after the commit. */
export async function removeLine(change: Write, scope: AccountScope, row: DeviceLineRow): Promise<ApiFailure | undefined> {
  const object = { type: 'LINE_APPEARANCE', id: row.id } as const
  const refused = await removeObject(change, scope, object)
  if (refused !== undefined) return refused
  await removeSipCredentials(change, object)
  await deleteLineRow(change.sql, scope, row.id)
  change.emit(deviceLineChanged(scope, row.id, attributesOf(row), undefined))
  return undefined
}
