import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { type DeviceRow, lockDevice, removeDevice } from '../devices/index.ts'
import { afterCommit, type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { removeLine } from './delete-device-line.ts'
import { type DeviceLineRow, listPortsOfDevice } from './device-line-queries.ts'

/**
 * Deletes a device; its MAC is free again (S0-104). Lines of other kinds keep it: they are taken off their port first.
 * @param cascade false: a device that still belongs to a user is refused (S0-109); true: its lines go with it.
 */
export async function deleteDevice(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  idOrMac: string,
  cascade: boolean,
  /** Of the locked device, in the same change. */
  before?: (change: Write, device: DeviceRow) => Promise<void>,
): Promise<Result<undefined, ApiFailure>> {
  const deleted = await write(context, actorOf(principal), async (change) => {
    if ((await lockAccount(change.sql, scope)) === undefined) return err(entityNotFound('Account', scope.accountId))
    const device = await lockDevice(change.sql, scope, idOrMac)
    if (device === undefined) return err(entityNotFound('Device', idOrMac))
    const lines = await listPortsOfDevice(change.sql, scope, device.id)
    const refused = deletionFailure(lines, cascade)
    if (refused !== undefined) return err(refused)
    await before?.(change, device)
    for (const line of lines) {
      const failure = await removeLine(change, scope, line)
      if (failure !== undefined) return err(failure)
    }
    const failure = await removeDevice(change, scope, device)
    return failure === undefined ? ok(lines.map((line) => line.id)) : err(failure)
  })
  if (!deleted.ok) return deleted
  await afterCommit(context, async () => {
    await Promise.all(deleted.value.map((lineId) => context.registrations.dropBindings(lineId)))
  })
  return ok(undefined)
}

function deletionFailure(lines: readonly DeviceLineRow[], cascade: boolean): ApiFailure | undefined {
  const others = lines.filter((line) => line.kind !== 'USER')
  if (others.length > 0) {
    const usedBy = others.map((line) => ({ type: `${line.kind}_LINE`, id: line.id, name: line.device_name, role: 'device' }))
    return { code: 'DeviceInUse', status: 400, message: `${others.length} business or specialty lines are on this device.`, data: { usedBy } }
  }
  const owned = lines.filter((line) => line.user_id !== null)
  if (cascade || owned.length === 0) return undefined
  return {
    code: 'DeviceAssignedToUser',
    status: 409,
    message: 'The device still belongs to a user: remove its lines first.',
    data: { lines: owned.map((line) => ({ id: line.id, lineNumber: line.line_number, userId: line.user_id })) },
  }
}
