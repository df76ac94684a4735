import { err, ok, type Result } from '@dialtone/foundation'
import type { AccountScope, Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { swapDevice } from '../device-lines/index.ts'
import { findDevice, type OccupiedPort, type PortPlace, portsOf, releasePort, replacePort } from '../devices/index.ts'
import { afterCommit } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { partOfLineChanged } from './business-line-events.ts'
import { lineOf } from './business-line-queries.ts'
import { changeLine, pointLine } from './change-business-line.ts'

/** Puts a line on its first port (`create`), or on another one in place of the one it has. */
export function assignPort(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  lineId: string,
  place: PortPlace,
  mode: 'create' | 'replace',
): Promise<Result<OccupiedPort, ApiFailure>> {
  return changeLine(context, principal, scope, lineId, async (change, account, row) => {
    const before = (await portsOf(change.sql, scope, [lineId])).get(lineId)
    if (mode === 'create' && before !== undefined)
      return err(inConflict('PortAlreadyAssigned', 'The line is on a port already: replace or delete that assignment.', { portNumber: before.portNumber }))
    if (mode === 'replace' && before === undefined) return err(entityNotFound('PortAssignment', lineId))
    if (before !== undefined && isAt(before, place)) return ok(before)
    // A device that loses its last line goes: the line lets it go first.
    const kept = await pointLine(change, scope, row, null)
    if (kept !== undefined) return err(kept)
    const line = { id: lineId, kind: 'BUSINESS', name: row.name, emergencyNumber: lineOf(row).emergencyCallbackPhoneNumber } as const
    const device = await replacePort(change, scope, account, line, place)
    if (!device.ok) return device
    if (device.value === undefined) return err(entityNotFound('PortAssignment', lineId))
    const refused = await pointLine(change, scope, row, device.value.id)
    if (refused !== undefined) return err(refused)
    change.emit(partOfLineChanged(scope, row, 'PROVISIONING', before, place))
    return ok({ ...place, macAddress: device.value.mac_address ?? undefined, lineId, deviceId: device.value.id })
  })
}

/** Takes the line off its port; its phone is gone with it. The device goes with its last line. */
export async function removePort(context: Context, principal: Principal, scope: AccountScope, lineId: string): Promise<Result<undefined, ApiFailure>> {
  const removed = await changeLine(context, principal, scope, lineId, async (change, _account, row) => {
    const before = (await portsOf(change.sql, scope, [lineId])).get(lineId)
    if (before === undefined) return err(entityNotFound('PortAssignment', lineId))
    const refused = (await pointLine(change, scope, row, null)) ?? (await releasePort(change, scope, lineId))
    if (refused !== undefined) return err(refused)
    change.emit(partOfLineChanged(scope, row, 'PROVISIONING', before, undefined))
    return ok(undefined)
  })
  if (removed.ok) await afterCommit(context, () => context.registrations.dropBindings(lineId))
  return removed
}

/** Another device takes the place of the one the line is on, with all its lines; the port stays. */
export async function swapPort(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  lineId: string,
  swap: Pick<PortPlace, 'deviceTypeId'> & { readonly macAddress: string },
): Promise<Result<OccupiedPort, ApiFailure>> {
  const { sql } = context.database
  const before = (await portsOf(sql, scope, [lineId])).get(lineId)
  const device = before === undefined ? undefined : await findDevice(sql, scope, before.deviceId)
  if (device === undefined) return err(entityNotFound('PortAssignment', lineId))
  const swapped = await swapDevice(context, principal, scope, lineId, { ...swap, deviceName: device.device_name }, 'BUSINESS')
  if (!swapped.ok) return swapped
  const after = (await portsOf(context.database.sql, scope, [lineId])).get(lineId)
  return after === undefined ? err(entityNotFound('PortAssignment', lineId)) : ok(after)
}

function isAt(port: OccupiedPort, { macAddress, deviceTypeId, portNumber, faxEnabled }: PortPlace): boolean {
  return port.macAddress === macAddress && port.deviceTypeId === deviceTypeId && port.portNumber === portNumber && port.faxEnabled === faxEnabled
}
