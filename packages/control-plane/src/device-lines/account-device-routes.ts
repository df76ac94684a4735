import { err, ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import { createDevice, DeviceBody, type DeviceRevision, type DeviceRow, DeviceView, deviceViews, findDevice, listDevices, normalizeMacAddress, readDevice, updateDevice } from '../devices/index.ts' // prettier-ignore
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { accountOperation, named, type Operation } from '../http/index.ts'
import { addLineToDevice } from './create-device-line.ts'
import { deleteDevice } from './delete-device.ts'
import type { DeviceLineAttributes } from './device-line.ts'
import { listPortsOfDevice } from './device-line-queries.ts'
import { DeviceLineBody, type DeviceLineRequest, readLineParts, shortText } from './line-body.ts'
import { DeviceLineView, lineView } from './line-view.ts'

const COLLECTION = '/v2/partition/:partitionId/account/:accountId/device'
/** The parameter carries the MAC of the device, or its id (C-45). */
export const DEVICE_ITEM = `${COLLECTION}/:macAddress`
export const DevicePath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), macAddress: Type.String() })

const MAX_LISTED_DEVICES = 1000

const DeviceChangeBody = named(
  'DeviceChangeRequest',
  Type.Object({ status: shortText, adminState: shortText, deviceName: shortText, name: shortText, description: shortText }),
)

/** The device as the workflow guide sees it, and as the public interface does: one resource by MAC or id. */
export const accountDeviceOperations: readonly Operation[] = [
  accountOperation({
    method: 'POST',
    path: COLLECTION,
    tag: 'Account Device',
    summary: 'Add a device; its lines follow',
    requires: { permission: 'EU_Device', level: 'CREATE' },
    body: DeviceBody,
    responses: { 201: DeviceView },
    handle: async (context, { principal, scope, body }) => {
      const device = readDevice(body)
      if (!device.ok) return device
      const created = await createDevice(context, principal, scope, device.value)
      return created.ok ? ok({ status: 201, body: (await deviceViews(context, scope, [created.value]))[0] }) : created
    },
  }),
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: 'Account Device',
    summary: 'List the devices of an account with their lines and states',
    requires: { permission: 'EU_Device', level: 'READ' },
    responses: { 200: Type.Array(DeviceView) },
    handle: async (context, { scope, page = { limit: MAX_LISTED_DEVICES } }) => {
      const { rows, following } = await listDevices(context.database.sql, scope, page)
      return ok({ status: 200, body: await deviceViews(context, scope, rows), following })
    },
  }),
  accountOperation({
    method: 'GET',
    path: DEVICE_ITEM,
    tag: 'Account Device',
    summary: 'The lines on the device with this MAC; with the id of a device, the device and its state',
    requires: { permission: 'EU_Device', level: 'READ' },
    params: DevicePath,
    responses: { 200: Type.Union([Type.Array(DeviceLineView), DeviceView]) },
    handle: async (context, { scope, params }) => {
      const device = await findDevice(context.database.sql, scope, params.macAddress)
      if (device === undefined) return err(entityNotFound('Device', params.macAddress))
      if (normalizeMacAddress(params.macAddress) === undefined) return ok({ status: 200, body: (await deviceViews(context, scope, [device]))[0] })
      return ok({ status: 200, body: (await listPortsOfDevice(context.database.sql, scope, device.id)).map(lineView) })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: DEVICE_ITEM,
    tag: 'Account Device',
    summary: 'Take a device out of service, or back into it',
    requires: { permission: 'EU_Device', level: 'EDIT' },
    params: DevicePath,
    body: DeviceChangeBody,
    responses: { 200: DeviceView },
    handle: async (context, { principal, scope, params, body }) => {
      const revision = readRevision(body)
      if (!revision.ok) return revision
      const updated = await updateDevice(context, principal, scope, params.macAddress, revision.value)
      return updated.ok ? ok({ status: 200, body: (await deviceViews(context, scope, [updated.value]))[0] }) : updated
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: DEVICE_ITEM,
    tag: 'Account Device',
    summary: 'Delete the device with this MAC and its lines; with the id of a device, only one that no user has',
    requires: { permission: 'EU_Device', level: 'DELETE' },
    params: DevicePath,
    responses: { 200: undefined },
    handle: async (context, { principal, scope, params }) => {
      const byMac = normalizeMacAddress(params.macAddress) !== undefined
      const deleted = await deleteDevice(context, principal, scope, params.macAddress, byMac)
      return deleted.ok ? ok({ status: 200 }) : deleted
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${DEVICE_ITEM}/line`,
    tag: 'Account Device',
    summary: 'Add a line to a device',
    requires: { permission: 'EU_DeviceLine', level: 'CREATE' },
    params: DevicePath,
    body: DeviceLineBody,
    responses: { 201: DeviceLineView },
    handle: async (context, { principal, scope, params, body }) => {
      const given = { sipUsername: body.sipUsername, sipPassword: body.sipPassword }
      const created = await addLineToDevice(context, principal, scope, params.macAddress, (device) => lineOn(device, body), given)
      return created.ok ? ok({ status: 201, body: lineView(created.value) }) : created
    },
  }),
]

/** The device is told by the path, whatever the body says of it. */
function lineOn(device: DeviceRow, body: DeviceLineRequest): Result<DeviceLineAttributes, ApiFailure> {
  const parts = readLineParts(body)
  if (!parts.ok) return parts
  return ok({
    ...parts.value,
    deviceName: body.deviceName ?? device.device_name,
    deviceTypeId: device.device_type_id,
    macAddress: device.mac_address ?? undefined,
  })
}

/** States that follow from lines and phones cannot be set; sent back as they were read, they mean "in service" (S0-103). */
const IN_SERVICE = ['ACTIVE', 'CREATED', 'CONFIGURED', 'REGISTERED', 'UNREGISTERED']

function readRevision(body: {
  status?: string
  adminState?: string
  deviceName?: string
  name?: string
  description?: string
}): Result<DeviceRevision, ApiFailure> {
  const wanted = (body.status ?? body.adminState)?.toUpperCase()
  if (wanted !== undefined && wanted !== 'INACTIVE' && !IN_SERVICE.includes(wanted)) {
    return err(invalidField('status', `"${wanted}" cannot be set`, 'ACTIVE or INACTIVE'))
  }
  const deviceName = body.deviceName ?? body.name
  return ok({
    ...(wanted === undefined ? {} : { adminState: wanted === 'INACTIVE' ? 'INACTIVE' : 'ACTIVE' }),
    ...(deviceName === undefined ? {} : { deviceName }),
    ...(body.description === undefined ? {} : { description: body.description }),
  })
}
