import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { changeObject } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import { afterCommit, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { deviceChanged } from './device-events.ts'
import { type DeviceRow, listPorts, lockDevice, updateDeviceRow } from './device-queries.ts'

/** `undefined` members stay as they are. */
export interface DeviceRevision {
  readonly adminState?: 'ACTIVE' | 'INACTIVE'
  readonly deviceName?: string
  readonly description?: string
}

/**
 * Changes a device. INACTIVE takes it out of service: its phones are no longer registered when this resolves, cannot
 * register again and cannot call, except for help (S0-103, C-50, C-58).
 */
export async function updateDevice(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  idOrMac: string,
  revision: DeviceRevision,
): Promise<Result<DeviceRow, ApiFailure>> {
  const result = await write(context, actorOf(principal), async (change) => {
    const before = await lockDevice(change.sql, scope, idOrMac)
    if (before === undefined) return err(entityNotFound('Device', idOrMac))
    const values = {
      ...(revision.adminState === undefined ? {} : { admin_state: revision.adminState }),
      ...(revision.deviceName === undefined ? {} : { device_name: revision.deviceName }),
      ...(revision.description === undefined ? {} : { description: revision.description }),
    }
    const after = await updateDeviceRow(change.sql, before, values, change.now)
    const failure = await changeObject(change, scope, { type: 'DEVICE', id: after.id }, { name: after.device_name })
    if (failure !== undefined) return err(failure)
    const lines = await listPorts(change.sql, scope, [after.id])
    change.emit(deviceChanged(scope, before, after))
    return ok({ after, silenced: after.admin_state === 'INACTIVE' ? lines.map((line) => line.id) : [] })
  })
  if (!result.ok) return result
  const { after, silenced } = result.value
  await afterCommit(context, async () => {
    await Promise.all(silenced.map((lineId) => context.registrations.dropBindings(lineId)))
  })
  return ok(after)
}
