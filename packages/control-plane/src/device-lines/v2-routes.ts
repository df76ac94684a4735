import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import Type, { type Static } from 'typebox'
import { type ApiFailure, entityNotFound, fieldRequired, invalidField } from '../failures/index.ts'
import { accountOperation, checkSchema, freeObject, mergePatch, named, oneOf, type Operation } from '../http/index.ts'
import { matchDeviceType } from '../reference-data/index.ts'
import { createDeviceLine } from './create-device-line.ts'
import { deleteDeviceLine } from './delete-device-line.ts'
import { type DeviceLineAttributes, LINE_TYPES, normalizeMacAddress } from './device-line.ts'
import { type DeviceLineRow, findLine, type LineFilter, listLines } from './device-line-queries.ts'
import { provisioningData, ProvisioningData } from './provisioning-data.ts'
import { type RevisedLine, updateDeviceLine } from './update-device-line.ts'

const shortText = Type.Optional(Type.String({ maxLength: 256 }))
/** The device type is written `deviceTypeId` by the interface, `deviceId` by the account guide, `deviceType` or `model` elsewhere (C-46). */
const DeviceLineBody = named(
  'DeviceLineRequest',
  Type.Object({
    userId: shortText,
    deviceName: shortText,
    deviceTypeId: shortText,
    deviceId: shortText,
    deviceType: shortText,
    model: shortText,
    macAddress: shortText,
    lineNumber: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    lineType: Type.Optional(oneOf(LINE_TYPES)),
    faxEnabled: Type.Optional(Type.Boolean()),
    emergencyNumber: shortText,
    sipUsername: shortText,
    sipPassword: shortText,
  }),
)
const DeviceLineView = named(
  'DeviceLine',
  Type.Object({
    id: Type.String(),
    deviceTypeId: Type.String(),
    accountId: Type.String(),
    partitionId: Type.String(),
    macAddress: Type.Optional(Type.String()),
    deviceName: Type.String(),
    emergencyNumber: Type.String(),
    faxEnabled: Type.Boolean(),
    lineNumber: Type.Integer(),
    userId: Type.Optional(Type.String()),
    sipUsername: Type.Optional(Type.String()),
    lineType: Type.String(),
  }),
)

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
      const request = requestOf(body)
      if (!request.ok) return request
      const created = await createDeviceLine(context, principal, scope, request.value.line, request.value.given)
      return created.ok ? ok({ status: 201, body: viewOf(created.value) }) : created
    },
  }),
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: 'Account Device Line',
    summary: 'List the lines of an account',
    requires: { permission: 'EU_DeviceLine', level: 'READ' },
    query: Type.Object({ filterType: Type.Optional(oneOf(['MAC_ADDRESS', 'OWNING_USERID', 'ACCOUNT'])), filter: shortText }),
    responses: { 200: Type.Array(DeviceLineView) },
    handle: async (context, { scope, query }) => {
      const filter = filterOf(query.filterType, query.filter)
      return filter.ok ? ok({ status: 200, body: (await listLines(context.database.sql, scope, filter.value)).map(viewOf) }) : filter
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
      return row === undefined ? err(entityNotFound('Device', params.deviceId)) : ok({ status: 200, body: viewOf(row) })
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
      const updated = await updateDeviceLine(context, principal, scope, params.deviceId, (before) => requestOf({ ...deviceOf(before, body), ...body }))
      return updated.ok ? ok({ status: 200, body: viewOf(updated.value) }) : updated
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
        const checked = checkSchema(DeviceLineBody, mergePatch(stored, body))
        return checked.ok ? requestOf(checked.value) : checked
      })
      return updated.ok ? ok({ status: 200, body: viewOf(updated.value) }) : updated
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
    path: `${ITEM}/registrationstatus`,
    tag: 'Account Device Line',
    summary: 'Whether the phone of a line is registered now',
    requires: { permission: 'EU_DeviceLine', level: 'READ' },
    params: LinePath,
    responses: { 200: named('RegistrationStatus', Type.Object({ registered: Type.Boolean() })) },
    handle: async (context, { scope, params }) => {
      const row = await findLine(context.database.sql, scope, params.deviceId)
      if (row === undefined) return err(entityNotFound('Device', params.deviceId))
      return ok({ status: 200, body: { registered: context.registrations.isRegistered(row.id) } })
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
      const row = await findLine(context.database.sql, scope, params.deviceId)
      return row === undefined ? err(entityNotFound('Device', params.deviceId)) : ok({ status: 200, body: await provisioningData(context, scope, row) })
    },
  }),
]

function filterOf(filterType: string | undefined, filter: string | undefined): Result<LineFilter, ApiFailure> {
  if (filterType === undefined || filterType === 'ACCOUNT') return ok({})
  if (filter === undefined) return err(fieldRequired('filter'))
  if (filterType === 'OWNING_USERID') return ok({ userId: filter })
  const macAddress = normalizeMacAddress(filter)
  return macAddress === undefined ? err(invalidMac(filter)) : ok({ macAddress })
}

function requestOf(body: Static<typeof DeviceLineBody>): Result<RevisedLine, ApiFailure> {
  const given = body.deviceTypeId ?? body.deviceId ?? body.deviceType ?? body.model
  if (given === undefined) return err(fieldRequired('deviceTypeId'))
  const type = matchDeviceType(body)?.deviceType
  if (type === undefined) return err(entityNotFound('DeviceType', given))
  const macAddress = body.macAddress === undefined || body.macAddress === '' ? undefined : normalizeMacAddress(body.macAddress)
  if (macAddress === undefined && body.macAddress !== undefined && body.macAddress !== '') return err(invalidMac(body.macAddress))
  const written = body.emergencyNumber === '' ? undefined : body.emergencyNumber
  const emergencyNumber = written === undefined ? undefined : normalizePhoneNumber(written)
  if (written !== undefined && emergencyNumber === undefined) return err(invalidField('emergencyNumber', 'is no telephone number', '10 or 11 digits'))
  return ok({
    line: {
      userId: body.userId,
      deviceName: body.deviceName ?? type.name,
      deviceTypeId: type.id,
      macAddress,
      lineNumber: body.lineNumber ?? 1,
      lineType: body.lineType ?? 'Line',
      faxEnabled: body.faxEnabled ?? false,
      emergencyNumber,
    },
    given: { sipUsername: body.sipUsername, sipPassword: body.sipPassword },
  })
}

function invalidMac(text: string): ApiFailure {
  return invalidField('macAddress', `"${text}" is no MAC address`, '12 hexadecimal digits')
}

/** A replace that leaves out what names the device keeps it. */
function deviceOf(line: DeviceLineAttributes, body: Static<typeof DeviceLineBody>): Static<typeof DeviceLineBody> {
  const namesType = (body.deviceTypeId ?? body.deviceId ?? body.deviceType ?? body.model) !== undefined
  return {
    ...(namesType ? {} : { deviceTypeId: line.deviceTypeId }),
    lineNumber: line.lineNumber,
    ...(line.macAddress === undefined ? {} : { macAddress: line.macAddress }),
  }
}

function viewOf(row: DeviceLineRow): Static<typeof DeviceLineView> {
  return {
    id: row.id,
    deviceTypeId: row.device_type_id,
    accountId: row.account_id,
    partitionId: row.partition_id,
    ...(row.mac_address === null ? {} : { macAddress: row.mac_address }),
    deviceName: row.device_name,
    emergencyNumber: row.emergency_number ?? '',
    faxEnabled: row.fax_enabled,
    lineNumber: row.line_number,
    ...(row.user_id === null ? {} : { userId: row.user_id }),
    ...(row.sip_username === null ? {} : { sipUsername: row.sip_username }),
    lineType: row.line_type,
  }
}
