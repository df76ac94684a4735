import { isDeepStrictEqual } from 'node:util'
import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { changeObject, pointTo } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { changeConfiguration, configurationOf, findKeptConfiguration, holdTemplateFor, revisedConfiguration } from '../device-configuration/index.ts'
import { listPortsOfDevice } from '../device-lines/index.ts'
import { addDevice, deviceChanged, type DeviceRow, lockDevice, type NewDevice, updateDeviceRow } from '../devices/index.ts'
import { afterCommit, type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { setLines } from './set-lines.ts'
import type { WantedLine } from './wanted-line.ts'

export interface DeviceProvisioning {
  readonly name?: string | undefined
  readonly manufacturer?: string | undefined
  readonly entity?: string | undefined
  /** null: nobody's. */
  readonly userId?: string | null | undefined
  readonly templateId?: string | undefined
  readonly settings?: Readonly<Record<string, unknown>> | undefined
  readonly lines?: readonly WantedLine[] | undefined
}

/** A device with everything it is told: one change, all of it or nothing (S3-44 … S3-48). */
export async function provisionDevice(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  device: NewDevice,
  given: DeviceProvisioning,
): Promise<Result<DeviceRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
    const added = await addDevice(change, scope, account, { ...device, staysWithoutLines: true })
    if (!added.ok) return added
    // What was kept when a device with this address was deleted is there again, under what is given now.
    const kept = device.macAddress === undefined ? undefined : await findKeptConfiguration(change.sql, scope, device.macAddress)
    // Its template may be gone since.
    const keptTemplate = kept?.template_id ?? undefined
    const isThere = keptTemplate !== undefined && (await holdTemplateFor(change.sql, scope.partitionId, keptTemplate))
    const restored = kept === undefined ? {} : { settings: kept.settings, templateId: isThere ? keptTemplate : undefined }
    const told = await tell(context, change, scope, added.value, { ...restored, ...withoutUndefined(given) })
    if (!told.ok) return told
    await changeConfiguration(change.sql, added.value, { revised_at: null })
    return ok(added.value)
  })
}

/** Changes what is given and leaves the rest; the phone has to come for its files again (S3-49, S3-50). */
export async function reviseDevice(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  deviceId: string,
  given: DeviceProvisioning,
): Promise<Result<DeviceRow, ApiFailure>> {
  const revised = await write(context, actorOf(principal), async (change) => {
    if ((await lockAccount(change.sql, scope)) === undefined) return err(entityNotFound('Account', scope.accountId))
    const before = await lockDevice(change.sql, scope, deviceId)
    if (before === undefined) return err(entityNotFound('Device', deviceId))
    const after = await updateDeviceRow(change.sql, before, given.name === undefined ? {} : { device_name: given.name }, change.now)
    const refused = await changeObject(change, scope, { type: 'DEVICE', id: after.id }, { name: after.device_name })
    if (refused !== undefined) return err(refused)
    const told = await tell(context, change, scope, after, given)
    if (!told.ok) return told
    change.emit(deviceChanged(scope, before, after))
    return ok({ after, dropped: told.value })
  })
  if (!revised.ok) return revised
  const { after, dropped } = revised.value
  await afterCommit(context, async () => {
    await Promise.all(dropped.map((lineId) => context.registrations.dropBindings(lineId)))
  })
  return ok(after)
}

/** @returns lines whose bindings have to go after the commit. */
async function tell(
  context: Context,
  change: Write,
  scope: AccountScope,
  device: DeviceRow,
  given: DeviceProvisioning,
): Promise<Result<readonly string[], ApiFailure>> {
  const configuration = await configurationOf(change.sql, device)
  const ownerId = given.userId === undefined ? (configuration.user_id ?? undefined) : (given.userId ?? undefined)
  const owner = await ownerFailure(change, scope, device, ownerId)
  if (owner !== undefined) return err(owner)
  const before = await listPortsOfDevice(change.sql, scope, device.id)
  const lines = given.lines === undefined ? ok(undefined) : await setLines(context, change, scope, device, { wanted: given.lines, ownerId })
  if (!lines.ok) return lines
  const changes = await revisedConfiguration(change, device, { settings: given.settings, templateId: given.templateId })
  if (!changes.ok) return changes
  const words = lines.value === undefined ? {} : { line_words: lines.value.words }
  const told = {
    user_id: ownerId ?? null,
    ...(given.entity === undefined ? {} : { entity: given.entity }),
    ...(given.manufacturer === undefined ? {} : { manufacturer: given.manufacturer }),
  }
  const isRevised =
    !isDeepStrictEqual({ ...told, ...words }, pick(configuration, { ...told, ...words })) ||
    !isDeepStrictEqual(before, await listPortsOfDevice(change.sql, scope, device.id))
  await changeConfiguration(change.sql, device, {
    ...told,
    ...(lines.value === undefined ? {} : { line_words: JSON.stringify(lines.value.words) }),
    ...(isRevised ? { revised_at: change.now } : {}),
    ...changes.value,
  })
  return ok(lines.value?.dropped ?? [])
}

function pick(from: object, like: object): object {
  return Object.fromEntries(Object.entries(from).filter(([name]) => name in like))
}

/** Nobody of another account; and who has a device cannot be deleted before it is taken from him. */
async function ownerFailure(change: Write, scope: AccountScope, device: DeviceRow, ownerId: string | undefined): Promise<ApiFailure | undefined> {
  if (ownerId === undefined) return pointTo(change, scope, { type: 'DEVICE', id: device.id }, [])
  const user = await change.sql.selectFrom('end_user').select('id').where('id', '=', ownerId).where('account_id', '=', scope.accountId).executeTakeFirst()
  if (user === undefined) return invalidField('userId', `"${ownerId}" is no user of the account`, 'an end user of the organisation')
  return pointTo(change, scope, { type: 'DEVICE', id: device.id }, [{ role: 'user', type: 'END_USER', id: ownerId }])
}

function withoutUndefined(given: DeviceProvisioning): DeviceProvisioning {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
