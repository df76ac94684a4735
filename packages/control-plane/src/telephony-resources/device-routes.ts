import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { type AccountScope, maySeeCredentials } from '../access/index.ts'
import type { Context } from '../context.ts'
import { keepConfiguration } from '../device-configuration/index.ts'
import { deleteDevice } from '../device-lines/index.ts'
import { type DeviceProvisioning, provisionDevice, reviseDevice, WANTED_LINE_TYPES } from '../device-provisioning/index.ts'
import { type DeviceRow, findDeviceByMac, type NewDevice, normalizeMacAddress } from '../devices/index.ts'
import { type ApiFailure, entityNotFound, fieldRequired, invalidField } from '../failures/index.ts'
import { freeObject, named, oneOf, type Operation } from '../http/index.ts'
import { matchDeviceType } from '../reference-data/index.ts'
import { changedByPut, notChangeable, unchangeable } from './changed-by-put.ts'
import { deviceResource, DeviceResource, INCLUDES, LIVE_DEVICE_MEMBERS } from './device-view.ts'
import { includesOf } from './includes.ts'
import { idOf, ResourceId, shownId } from './prefixed-id.ts'
import type { Reach } from './reach.ts'
import { resourceOperation } from './resource-operation.ts'

export const DEVICE_TAG = 'Devices'
export const devicePermission = (level: 'READ' | 'EDIT') => ({ partition: 'EU_Device', account: 'EU_Device', level }) as const
/** `new` besides the words of the seed (S3-44, C-43): what each is when the body does not say more. */
const ENTITIES: Readonly<Record<string, string>> = { phone: 'GENERIC_SIP', softphone: 'CCSoftphone', ata: 'GENERIC_ATA', new: 'GENERIC_SIP' }
const FIELD_NAMES = {
  macAddress: 'mac_address',
  userId: 'user_id',
  templateId: 'template_id',
  deviceTypeId: 'model',
  organizationId: 'organization_id',
  deviceName: 'name',
} as const
const MAX_LINES = 250

const shortText = Type.Optional(Type.String({ maxLength: 256 }))
const Line = Type.Object({
  line_number: Type.Integer({ minimum: 1, maximum: 1000 }),
  extension: Type.Optional(Type.String({ maxLength: 20, pattern: '^[0-9*#+]*$' })),
  label: Type.Optional(Type.String({ maxLength: 256 })),
  type: Type.Optional(oneOf(WANTED_LINE_TYPES)),
})
const Changeable = {
  name: shortText,
  user_id: Type.Optional(ResourceId),
  template_id: Type.Optional(ResourceId),
  lines: Type.Optional(Type.Array(Line, { maxItems: MAX_LINES })),
  settings: Type.Optional(freeObject()),
}
const Whole = { mac_address: shortText, organization_id: Type.Optional(ResourceId), model: shortText, manufacturer: shortText, ...Changeable }
const Create = named('DeviceResourceRequest', Type.Object(Whole))
const Update = named('DeviceResourceUpdate', Type.Object(Whole))
const Entity = Type.Object({ entity: ResourceId })
const Include = { include: Type.Optional(Type.String({ maxLength: 64 })) }

export const deviceResourceOperations: readonly Operation[] = [
  resourceOperation({
    method: 'GET',
    path: '/devices/:id',
    tag: DEVICE_TAG,
    summary: 'Read a device, with its lines, settings and status if asked for',
    liveMembers: LIVE_DEVICE_MEMBERS,
    requires: devicePermission('READ'),
    params: Type.Object({ id: ResourceId }),
    query: Include,
    data: DeviceResource,
    refuses: [404],
    handle: async (context, { params, query, reach, principal, origin }) => {
      const found = await enterDevice(context, reach, params.id)
      const include = includesOf(query.include, INCLUDES)
      if (!include.ok) return include
      return found.ok
        ? ok({ data: await deviceResource(context, found.value.scope, found.value.device, { include: include.value, origin, principal }) })
        : found
    },
  }),
  resourceOperation({
    method: 'GET',
    path: '/devices/mac/:macAddress',
    tag: DEVICE_TAG,
    summary: 'Read a device by its MAC address in any spelling',
    liveMembers: LIVE_DEVICE_MEMBERS,
    requires: devicePermission('READ'),
    params: Type.Object({ macAddress: Type.String({ maxLength: 64 }) }),
    query: Include,
    data: DeviceResource,
    refuses: [404],
    handle: async (context, { params, query, reach, principal, origin }) => {
      const macAddress = normalizeMacAddress(params.macAddress)
      if (macAddress === undefined) return err(invalidMac(params.macAddress))
      const include = includesOf(query.include, INCLUDES)
      if (!include.ok) return include
      const device = await findDeviceByMac(context.database.sql, macAddress)
      // No 403 is listed here (S3-43): a device of somebody else is not there.
      const scope = device === undefined ? undefined : await accountOf(reach, device)
      if (device === undefined || scope?.ok !== true) return err(entityNotFound('Device', params.macAddress))
      return ok({ data: await deviceResource(context, scope.value, device, { include: include.value, origin, principal }) })
    },
  }),
  resourceOperation({
    method: 'PUT',
    path: '/devices/:entity',
    tag: DEVICE_TAG,
    summary: 'Create a device (`phone`, `softphone`, `ata` or `new`), or change the one with that id',
    requires: devicePermission('EDIT'),
    params: Entity,
    body: Create,
    data: DeviceResource,
    creates: true,
    refuses: [409, 422],
    malformed: ['MacAddressRequired', 'OrganizationIdRequired'],
    fieldNames: FIELD_NAMES,
    handle: async (context, { params, body, reach, principal, origin }) => {
      // Who has the address may fetch the files, with the SIP passwords in them (C-52).
      const include = new Set(['lines', 'settings', ...(maySeeCredentials(principal) ? ['url'] : [])])
      const isWord = Object.hasOwn(ENTITIES, params.entity)
      const found = await changedByPut(isWord, () => enterDevice(context, reach, params.entity))
      if (!found.ok) return found
      if (found.value !== undefined) {
        const { scope, device } = found.value
        const refused = unchangeable(body.organization_id, device, otherDevice(body, device))
        if (refused !== undefined) return err(refused)
        const revised = await reviseDevice(context, principal, scope, device.id, provisioningOf(body))
        if (!revised.ok) return revised
        return ok({ data: await deviceResource(context, scope, revised.value, { include, origin, principal }), message: 'Device updated successfully' })
      }
      const entity = isWord ? params.entity : 'new'
      const wanted = newDevice(body, entity)
      if (!wanted.ok) return wanted
      if (body.organization_id === undefined) return err(fieldRequired('organizationId'))
      const organization = await reach.organization(body.organization_id)
      if (!organization.ok) return organization
      if (!('accountId' in organization.value)) return err(invalidField('organizationId', 'is a partition', 'an account: devices belong to accounts'))
      const given = { ...provisioningOf(body), entity, manufacturer: body.manufacturer }
      const created = await provisionDevice(context, principal, organization.value, wanted.value, given)
      if (!created.ok) return created
      return ok({
        data: await deviceResource(context, organization.value, created.value, { include, origin, principal }),
        message: 'Device created successfully',
        status: 201,
      })
    },
  }),
  resourceOperation({
    method: 'POST',
    path: '/devices/:entity',
    tag: DEVICE_TAG,
    summary: 'Change what is given of a device; its phone has to come for its files again',
    requires: devicePermission('EDIT'),
    params: Entity,
    body: Update,
    data: DeviceResource,
    refuses: [404, 422],
    fieldNames: FIELD_NAMES,
    handle: async (context, { params, body, reach, principal, origin }) => {
      const found = await enterDevice(context, reach, params.entity)
      if (!found.ok) return found
      const refused = unchangeable(body.organization_id, found.value.device, otherDevice(body, found.value.device))
      if (refused !== undefined) return err(refused)
      const revised = await reviseDevice(context, principal, found.value.scope, found.value.device.id, provisioningOf(body))
      if (!revised.ok) return revised
      const include = new Set(['lines', 'settings'])
      return ok({
        data: await deviceResource(context, found.value.scope, revised.value, { include, origin, principal }),
        message: 'Device updated successfully',
      })
    },
  }),
  resourceOperation({
    method: 'DELETE',
    path: '/devices/:entity',
    tag: DEVICE_TAG,
    summary: 'Delete a device with its lines; `keep_config` keeps its settings for when its MAC address comes back to the account',
    requires: devicePermission('EDIT'),
    params: Entity,
    query: { keep_config: Type.Optional(Type.Boolean()) },
    data: Type.Object({ id: Type.String(), deleted_at: Type.String() }),
    refuses: [404],
    handle: async (context, { params, query, reach, principal }) => {
      const found = await enterDevice(context, reach, params.entity)
      if (!found.ok) return found
      const { scope, device } = found.value
      const deletedAt = new Date(context.clock.nowMs())
      const keep = query.keep_config === true
      const deleted = await deleteDevice(context, principal, scope, device.id, true, async (change, row) =>
        keep ? keepConfiguration(change.sql, row, change.now) : undefined,
      )
      if (!deleted.ok) return deleted
      return ok({ data: { id: shownId('device', device.id), deleted_at: deletedAt.toISOString() }, message: 'Device deleted successfully' })
    },
  }),
]

/** The only way to a device of this surface: 404 when there is none, 403 when it is somebody else's. */
export async function enterDevice(
  context: Context,
  reach: Reach,
  shown: string,
): Promise<Result<{ readonly device: DeviceRow; readonly scope: AccountScope }, ApiFailure>> {
  const device = await context.database.sql.selectFrom('device').selectAll().where('id', '=', idOf('device', shown)).executeTakeFirst()
  if (device === undefined) return err(entityNotFound('Device', shown))
  const scope = await accountOf(reach, device)
  return scope.ok ? ok({ device, scope: scope.value }) : scope
}

async function accountOf(reach: Reach, device: DeviceRow): Promise<Result<AccountScope, ApiFailure>> {
  const owner = await reach.ownerOf(device)
  if (!owner.ok) return owner
  if (!('accountId' in owner.value)) throw new Error('a device belongs to no account')
  return ok(owner.value)
}

function newDevice(body: Static<typeof Create>, entity: string): Result<NewDevice, ApiFailure> {
  if (body.mac_address === undefined) return err(fieldRequired('macAddress'))
  const macAddress = normalizeMacAddress(body.mac_address)
  if (macAddress === undefined) return err(invalidMac(body.mac_address))
  const { model, manufacturer } = body
  const type = model === undefined ? undefined : matchDeviceType({ model, manufacturer })?.deviceType
  const deviceTypeId = type?.id ?? (Object.hasOwn(ENTITIES, entity) ? ENTITIES[entity] : undefined) ?? 'GENERIC_SIP'
  return ok({ macAddress, deviceTypeId, deviceName: body.name ?? model ?? type?.name ?? entity, model })
}

/** A change that means another telephone than the one with that id. */
function otherDevice({ mac_address: mac, model, manufacturer }: Static<typeof Create>, device: DeviceRow): ApiFailure | undefined {
  if (mac !== undefined && normalizeMacAddress(mac) !== device.mac_address) return notChangeable('macAddress', 'another device is swapped in, or made anew')
  const type = model === undefined ? undefined : matchDeviceType({ model, manufacturer })?.deviceType
  const isOther = type !== undefined && type.id !== device.device_type_id
  return isOther ? notChangeable('model', 'another device is swapped in, or made anew') : undefined
}

function provisioningOf(body: Static<typeof Update>): DeviceProvisioning {
  return {
    name: body.name,
    userId: body.user_id === undefined ? undefined : idOf('user', body.user_id),
    templateId: body.template_id === undefined ? undefined : idOf('template', body.template_id),
    settings: body.settings,
    lines: body.lines?.map(({ line_number: lineNumber, extension, label, type = 'primary' }) => ({
      lineNumber,
      extension: extension === '' ? undefined : extension,
      label,
      type,
    })),
  }
}

function invalidMac(text: string): ApiFailure {
  return invalidField('macAddress', `"${text}" is no MAC address`, '12 hexadecimal digits')
}
