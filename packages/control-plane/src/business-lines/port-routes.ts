import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { findDevice, invalidMacAddress, lastProvisioningRequests, normalizeMacAddress, type OccupiedPort, type PortPlace, portsOf } from '../devices/index.ts'
import { ProvisioningRequestView, provisioningRequestView } from '../devices/index.ts'
import { type ApiFailure, entityNotFound, fieldRequired, invalidField } from '../failures/index.ts'
import { accountOperation, named, type Operation } from '../http/index.ts'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { hasAnalogPorts, matchDeviceType } from '../reference-data/index.ts'
import { PortAssignmentView, portAssignmentView } from './business-line-view.ts'
import { written } from './call-handling-body.ts'
import { foundLine, ITEM, LinePath, TAG } from './line-path.ts'
import { assignPort, removePort, swapPort } from './port-assignment.ts'

const PATH = `${ITEM}/port-assignment`
const MAX_PORT = 100

const PortBody = named(
  'BusinessLinePortAssignmentRequest',
  Type.Object({
    macAddress: Type.Optional(Type.String({ maxLength: 64 })),
    portNumber: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PORT })),
    deviceTypeId: Type.String({ minLength: 1, maxLength: 64 }),
    faxEnabled: Type.Optional(Type.Boolean()),
  }),
)
const SwapBody = named(
  'BusinessLineDeviceSwap',
  Type.Object({ macAddress: Type.String({ minLength: 1, maxLength: 64 }), deviceTypeId: Type.String({ minLength: 1, maxLength: 64 }) }),
)
/** The port, and what its device last asked us for (S0-107). */
const ProvisioningLogView = named('BusinessLineProvisioningLogs', Type.Object({ ...PortAssignmentView.properties, logs: Type.Array(ProvisioningRequestView) }))
const RegistrationView = named('BusinessLineRegistrationStatus', Type.Object({ registered: Type.Boolean(), lockedOut: Type.Boolean() }))
const needs = (level: 'READ' | 'EDIT' | 'CREATE' | 'DELETE') => ({ permission: 'EU_BUSINESS_LINE_PROVISIONING', level }) as const

/** Where the line is plugged in, and whether it is there. */
export const portOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: PATH,
    tag: TAG,
    summary: 'Read the port a business line is on; 404 while it is on none',
    requires: needs('READ'),
    params: LinePath,
    responses: { 200: PortAssignmentView },
    handle: async (context, { scope, params }) => shown(await foundPort(context, scope, params.businessLineId)),
  }),
  assignOperation('POST'),
  assignOperation('PUT'),
  accountOperation({
    method: 'DELETE',
    path: PATH,
    tag: TAG,
    summary: 'Take a business line off its port; its device goes with its last line',
    requires: needs('DELETE'),
    params: LinePath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const removed = await removePort(context, principal, scope, params.businessLineId)
      return removed.ok ? ok({ status: 204 }) : removed
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${PATH}/rpc/swap`,
    tag: TAG,
    summary: 'Put another device in the place of the one a business line is on, with all its lines',
    requires: needs('EDIT'),
    params: LinePath,
    body: SwapBody,
    responses: { 200: PortAssignmentView },
    handle: async (context, { principal, scope, params, body }) => {
      const macAddress = normalizeMacAddress(body.macAddress)
      if (macAddress === undefined) return err(invalidMacAddress(body.macAddress))
      const type = typeIdOf(body.deviceTypeId)
      return type.ok ? shown(await swapPort(context, principal, scope, params.businessLineId, { macAddress, deviceTypeId: type.value })) : type
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${PATH}/push-provisioning-logs`,
    tag: TAG,
    summary: 'Read what the device of a business line last asked for its configuration',
    requires: needs('READ'),
    params: LinePath,
    responses: { 200: ProvisioningLogView },
    handle: async (context, { scope, params }) => {
      const port = await foundPort(context, scope, params.businessLineId)
      if (!port.ok) return port
      const { deviceId } = port.value
      const request = (await lastProvisioningRequests(context.database.sql, scope, [deviceId])).get(deviceId)
      return ok({ status: 200, body: { ...portAssignmentView(port.value), logs: request === undefined ? [] : [provisioningRequestView(request)] } })
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/registration`,
    tag: TAG,
    summary: 'Whether the phone of a business line is registered now, and whether its device is locked out of service',
    requires: needs('READ'),
    params: LinePath,
    responses: { 200: RegistrationView },
    handle: async (context, { scope, params }) => {
      const { sql } = context.database
      const line = await foundLine(context, scope, params.businessLineId)
      if (!line.ok) return line
      const port = (await portsOf(sql, scope, [line.value.id])).get(line.value.id)
      const device = port === undefined ? undefined : await findDevice(sql, scope, port.deviceId)
      const lockedOut = device?.admin_state === 'INACTIVE'
      return ok({ status: 200, body: { registered: context.registrations.isRegistered(line.value.id), lockedOut } })
    },
  }),
]

/** POST for a line on no port, PUT for one that has one. */
function assignOperation(method: 'POST' | 'PUT'): Operation {
  return accountOperation({
    method,
    path: PATH,
    tag: TAG,
    summary: method === 'POST' ? 'Put a business line on a port' : 'Put a business line on another port',
    requires: needs(method === 'POST' ? 'CREATE' : 'EDIT'),
    params: LinePath,
    body: PortBody,
    responses: { 200: PortAssignmentView },
    handle: async (context, { principal, scope, params, body }) => {
      const place = readPlace(body)
      if (!place.ok) return place
      return shown(await assignPort(context, principal, scope, params.businessLineId, place.value, method === 'POST' ? 'create' : 'replace'))
    },
  })
}

async function foundPort(context: Context, scope: AccountScope, lineId: string): Promise<Result<OccupiedPort, ApiFailure>> {
  const line = await foundLine(context, scope, lineId)
  if (!line.ok) return line
  const port = (await portsOf(context.database.sql, scope, [lineId])).get(lineId)
  return port === undefined ? err(entityNotFound('PortAssignment', lineId)) : ok(port)
}

function shown(port: Result<OccupiedPort, ApiFailure>) {
  return port.ok ? ok({ status: 200, body: portAssignmentView(port.value) }) : port
}

function readPlace(body: Static<typeof PortBody>): Result<PortPlace, ApiFailure> {
  const type = typeIdOf(body.deviceTypeId)
  if (!type.ok) return type
  const mac = written(body.macAddress)
  const macAddress = mac === undefined ? undefined : normalizeMacAddress(mac)
  if (mac !== undefined && macAddress === undefined) return err(invalidMacAddress(mac))
  if (macAddress !== undefined && body.portNumber === undefined) return err(fieldRequired('portNumber'))
  return ok({ macAddress, deviceTypeId: type.value, portNumber: body.portNumber ?? 1, faxEnabled: body.faxEnabled ?? false })
}

function typeIdOf(given: string): Result<string, ApiFailure> {
  const type = matchDeviceType({ deviceTypeId: given })?.deviceType
  if (type === undefined) return err(entityNotFound('DeviceType', given))
  // S1-18: a business line is an analog line.
  return hasAnalogPorts(type) ? ok(type.id) : err(invalidField('deviceTypeId', `${type.id} has no analog ports`, 'an ATA or MTA', 'InvalidDeviceType'))
}
