import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { entityNotFound, inConflict } from '../failures/index.ts'
import { accountOperation, freeObject, type Operation, patchedBody } from '../http/index.ts'
import {
  DeviceMetadataBody,
  DeviceMetadataView,
  generateAdminPassword,
  metadataView,
  resetEncryptionKey,
  storedMetadata,
  updateDeviceMetadata,
} from './device-metadata.ts'
import { findDevice, findDeviceByMac, listPorts } from './device-queries.ts'
import { invalidMacAddress, normalizeMacAddress } from './mac-address.ts'
import { macInUse } from './claim-device.ts'
import { portNumberFailure } from './ports.ts'
import { lastProvisioningRequests, ProvisioningRequestView, provisioningRequestView } from './provisioning-requests.ts'

const ITEM = '/v2/partition/:partitionId/account/:accountId/device/:macAddress'
const DevicePath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), macAddress: Type.String() })
const TAG = 'Account Device'

/** What the support desk and the provisioning of a device ask by its MAC. */
export const deviceMetadataOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: `${ITEM}/metadata`,
    tag: TAG,
    summary: 'Side cars, provisioner and admin password of a device',
    requires: { permission: 'EU_Device', level: 'READ' },
    params: DevicePath,
    responses: { 200: DeviceMetadataView },
    handle: async (context, { principal, scope, params }) => {
      const row = await findDevice(context.database.sql, scope, params.macAddress)
      return row === undefined ? err(entityNotFound('Device', params.macAddress)) : ok({ status: 200, body: metadataView(context, principal, row) })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/metadata`,
    tag: TAG,
    summary: 'Replace side cars and provisioner of a device',
    requires: { permission: 'EU_Device', level: 'EDIT' },
    params: DevicePath,
    body: DeviceMetadataBody,
    responses: { 200: DeviceMetadataView },
    handle: async (context, { principal, scope, params, body }) => {
      const updated = await updateDeviceMetadata(context, principal, scope, params.macAddress, () => ok(body))
      return updated.ok ? ok({ status: 200, body: metadataView(context, principal, updated.value) }) : updated
    },
  }),
  accountOperation({
    method: 'PATCH',
    path: `${ITEM}/metadata`,
    tag: TAG,
    summary: 'Change side cars or provisioner of a device (JSON Merge Patch)',
    requires: { permission: 'EU_Device', level: 'EDIT' },
    params: DevicePath,
    body: freeObject(),
    responses: { 200: DeviceMetadataView },
    handle: async (context, { principal, scope, params, body }) => {
      const updated = await updateDeviceMetadata(context, principal, scope, params.macAddress, (before) =>
        patchedBody(DeviceMetadataBody, storedMetadata(before), body, ['adminPassword']),
      )
      return updated.ok ? ok({ status: 200, body: metadataView(context, principal, updated.value) }) : updated
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${ITEM}/metadata/generateadminpassword`,
    tag: TAG,
    summary: 'Give a device a new admin password; shown this once',
    requires: { permission: 'SipCredentials', level: 'EDIT' },
    params: DevicePath,
    responses: { 201: Type.String() },
    handle: async (context, { principal, scope, params }) => {
      const password = await generateAdminPassword(context, principal, scope, params.macAddress)
      return password.ok ? ok({ status: 201, body: JSON.stringify(password.value), contentType: 'application/json; charset=utf-8' }) : password
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${ITEM}/metadata/resetencryptionkey`,
    tag: TAG,
    summary: 'Give a device a new key for its configuration file',
    requires: { permission: 'EU_Device', level: 'EDIT' },
    params: DevicePath,
    responses: { 201: undefined },
    handle: async (context, { principal, scope, params }) => {
      const reset = await resetEncryptionKey(context, principal, scope, params.macAddress)
      return reset.ok ? ok({ status: 201 }) : reset
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/provisioning`,
    tag: TAG,
    summary: 'The last request of a device for its configuration; null before the first',
    requires: { permission: 'EU_Device', level: 'READ' },
    params: DevicePath,
    responses: { 200: Type.Union([ProvisioningRequestView, Type.Null()]) },
    handle: async (context, { scope, params }) => {
      const row = await findDevice(context.database.sql, scope, params.macAddress)
      if (row === undefined) return err(entityNotFound('Device', params.macAddress))
      const request = (await lastProvisioningRequests(context.database.sql, scope, [row.id])).get(row.id)
      return ok({ status: 200, body: request === undefined ? null : provisioningRequestView(request) })
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/validateproperties`,
    tag: TAG,
    summary: 'Whether a line of a device is free, on this account or for it',
    requires: { permission: 'EU_Device', level: 'READ' },
    params: DevicePath,
    query: Type.Object({ lineno: Type.Integer() }),
    responses: { 200: Type.Boolean() },
    handle: async (context, { scope, params, query }) => {
      const failure = await placeFailure(context.database.sql, scope, params.macAddress, query.lineno)
      return failure === undefined ? ok({ status: 200, body: true }) : err(failure)
    },
  }),
]

/** A MAC that nobody has is free for every line its device will turn out to have. */
export async function placeFailure(sql: Parameters<typeof findDeviceByMac>[0], scope: Parameters<typeof listPorts>[1], mac: string, lineNumber: number) {
  const macAddress = normalizeMacAddress(mac)
  if (macAddress === undefined) return invalidMacAddress(mac)
  const device = await findDeviceByMac(sql, macAddress)
  if (device === undefined)
    return lineNumber >= 1 ? undefined : portNumberFailure({ device_type_id: '', num_side_cars: 0, side_car_type_id: null }, lineNumber, 'lineno')
  if (device.account_id !== scope.accountId) return macInUse(macAddress)
  const beyond = portNumberFailure(device, lineNumber, 'lineno')
  if (beyond !== undefined) return beyond
  const taken = (await listPorts(sql, scope, [device.id])).some((port) => port.line_number === lineNumber)
  return taken ? inConflict('DuplicateMACAddressLineNumber', `Line ${lineNumber} of this device is taken.`, { lineNumber }) : undefined
}
