import { err, ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import { enterAccount } from '../access/index.ts'
import { findDevice, invalidMacAddress, normalizeMacAddress } from '../devices/index.ts'
import { type ApiFailure, entityNotFound, fieldRequired } from '../failures/index.ts'
import { accountOperation, freeObject, oneOf, type Operation, partitionOperation, patchedBody } from '../http/index.ts'
import { createDeviceLine } from './create-device-line.ts'
import { deleteDeviceLine } from './delete-device-line.ts'
import { findLine, findPort, type LineFilter, pageOfLines } from './device-line-queries.ts'
import { DeviceLineBody, LOGIN, readLine, shortText, TYPE_NAMES, withDeviceOf } from './line-body.ts'
import { DeviceLineView, lineView } from './line-view.ts'
import { provisioningData, ProvisioningData } from './provisioning-data.ts'
import { updateDeviceLine } from './update-device-line.ts'

const COLLECTION = '/v2/partition/:partitionId/account/:accountId/deviceline'
const ITEM = `${COLLECTION}/:deviceId`
const LinePath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), deviceId: Type.String() })

export const deviceLineOperations: readonly Operation[] = [
  accountOperation({
    method: 'POST',
    path: COLLECTION,
    tag: 'Account Device Line',
    summary: 'Add a line to a device of a user',
    requires: { permission: 'EU_DeviceLine', level: 'CREATE' },
    body: DeviceLineBody,
    responses: { 201: DeviceLineView },
    handle: async (context, { principal, scope, body }) => {
      const request = readLine(body)
      if (!request.ok) return request
      const created = await createDeviceLine(context, principal, scope, request.value.line, request.value.given)
      return created.ok ? ok({ status: 201, body: lineView(created.value) }) : created
    },
  }),
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: 'Account Device Line',
    summary: 'List the lines of an account',
    requires: { permission: 'EU_DeviceLine', level: 'READ' },
    query: Type.Object({
      filterType: Type.Optional(oneOf(['MAC_ADDRESS', 'MAC_ADDRESS_INVENTORY', 'OWNING_USERID', 'REFERENCED_USERID', 'ACCOUNT'])),
      filter: shortText,
    }),
    responses: { 200: Type.Array(DeviceLineView) },
    handle: async (context, { scope, query, page }) => {
      const filter = filterOf(query.filterType, query.filter)
      if (!filter.ok) return filter
      const { rows, following } = await pageOfLines(context.database.sql, scope, filter.value, page)
      return ok({ status: 200, body: rows.map(lineView), following })
    },
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: 'Account Device Line',
    summary: 'Read a line',
    requires: { permission: 'EU_DeviceLine', level: 'READ' },
    params: LinePath,
    responses: { 200: DeviceLineView },
    handle: async (context, { scope, params }) => {
      const row = await findLine(context.database.sql, scope, params.deviceId)
      return row === undefined ? err(entityNotFound('Device', params.deviceId)) : ok({ status: 200, body: lineView(row) })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    tag: 'Account Device Line',
    summary: 'Replace a line',
    requires: { permission: 'EU_DeviceLine', level: 'EDIT' },
    params: LinePath,
    body: DeviceLineBody,
    responses: { 200: DeviceLineView },
    handle: async (context, { principal, scope, params, body }) => {
      const updated = await updateDeviceLine(context, principal, scope, params.deviceId, (before) => readLine(withDeviceOf(before, body)))
      return updated.ok ? ok({ status: 200, body: lineView(updated.value) }) : updated
    },
  }),
  accountOperation({
    method: 'PATCH',
    path: ITEM,
    tag: 'Account Device Line',
    summary: 'Change parts of a line (JSON Merge Patch)',
    requires: { permission: 'EU_DeviceLine', level: 'EDIT' },
    params: LinePath,
    body: freeObject(),
    responses: { 200: DeviceLineView },
    handle: async (context, { principal, scope, params, body }) => {
      const updated = await updateDeviceLine(context, principal, scope, params.deviceId, (before) => {
        const stored = Object.fromEntries(Object.entries(before).filter(([, value]) => value !== undefined))
        const checked = patchedBody(DeviceLineBody, stored, body, LOGIN, TYPE_NAMES)
        return checked.ok ? readLine(checked.value) : checked
      })
      return updated.ok ? ok({ status: 200, body: lineView(updated.value) }) : updated
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    tag: 'Account Device Line',
    summary: 'Remove a line; its phone is no longer registered',
    requires: { permission: 'EU_DeviceLine', level: 'DELETE' },
    params: LinePath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteDeviceLine(context, principal, scope, params.deviceId)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
  accountOperation({
    method: 'GET',
    path: '/v2/partition/:partitionId/deviceprovisioning/account/:accountId/device/:deviceId',
    tag: 'Account Device Line',
    summary: 'What a phone needs to register, with its SIP password',
    requires: { permission: 'SipCredentials', level: 'READ' },
    params: LinePath,
    responses: { 200: ProvisioningData },
    handle: async (context, { scope, params }) => {
      const row = await findPort(context.database.sql, scope, params.deviceId)
      return row === undefined ? err(entityNotFound('Device', params.deviceId)) : ok({ status: 200, body: await provisioningData(context, scope, row) })
    },
  }),
  partitionOperation({
    method: 'GET',
    path: '/v2/partition/:partitionId/deviceprovisioning/:macAddress',
    tag: 'Account Device Line',
    summary: 'What the device with this MAC has to be told, whatever account has it',
    requires: { permission: 'SipCredentials', level: 'READ' },
    params: Type.Object({ partitionId: Type.String(), macAddress: Type.String() }),
    responses: { 200: ProvisioningData },
    handle: async (context, { principal, scope, params }) => {
      const macAddress = normalizeMacAddress(params.macAddress)
      if (macAddress === undefined) return err(invalidMacAddress(params.macAddress))
      const account = await enterAccount(context.database.sql, principal, scope, macAddress, 'MacAddress')
      const device = account.ok ? await findDevice(context.database.sql, account.value, macAddress) : undefined
      if (!account.ok || device === undefined) return err(entityNotFound('Device', params.macAddress))
      const line = { device_id: device.id, mac_address: device.mac_address, device_type_id: device.device_type_id }
      return ok({ status: 200, body: await provisioningData(context, account.value, line) })
    },
  }),
]

function filterOf(filterType: string | undefined, filter: string | undefined): Result<LineFilter, ApiFailure> {
  if (filterType === undefined || filterType === 'ACCOUNT') return ok({})
  if (filter === undefined) return err(fieldRequired('filter'))
  if (filterType === 'OWNING_USERID') return ok({ userId: filter })
  if (filterType === 'REFERENCED_USERID') return ok({ referencedUserId: filter })
  const macAddress = normalizeMacAddress(filter)
  return macAddress === undefined ? err(invalidMacAddress(filter)) : ok({ macAddress, isFree: filterType === 'MAC_ADDRESS_INVENTORY' })
}
