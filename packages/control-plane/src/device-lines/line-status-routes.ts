import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import {
  findDevice,
  invalidMacAddress,
  lastProvisioningRequests,
  normalizeMacAddress,
  ProvisioningRequestView,
  provisioningRequestView,
} from '../devices/index.ts'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, named, type Operation } from '../http/index.ts'
import { matchDeviceType } from '../reference-data/index.ts'
import { findLine, findPort, isLineOfAnyKind } from './device-line-queries.ts'
import { DeviceLineView, lineView } from './line-view.ts'
import { swapDevice, swapMacFailure } from './swap-device.ts'

const ITEM = '/v2/partition/:partitionId/account/:accountId/deviceline/:deviceId'
const LinePath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), deviceId: Type.String() })

export const RegistrationStatus = named('RegistrationStatus', Type.Object({ registered: Type.Boolean() }))

/** How the last request of the device for its configuration ended. */
export const DeviceStatus = named(
  'DeviceStatus',
  Type.Object({
    success: Type.Boolean(),
    failureMessage: Type.Optional(Type.String()),
    macAddress: Type.Optional(Type.String()),
    request: Type.Record(Type.String(), Type.String()),
    response: Type.Record(Type.String(), Type.String()),
    updated: Type.Optional(Type.String()),
  }),
)

export const DeviceSwapBody = named(
  'DeviceSwap',
  Type.Object({
    macAddress: Type.String({ maxLength: 64 }),
    deviceTypeId: Type.String({ maxLength: 64 }),
    deviceName: Type.String({ minLength: 1, maxLength: 256 }),
  }),
)

/** Registration, provisioning and swap of a line: what the support desk asks. */
export const lineStatusOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: `${ITEM}/registrationstatus`,
    tag: 'Account Device Line',
    summary: 'Whether the phone of a line is registered now; a line of any kind',
    requires: { permission: 'EU_DeviceLine', level: 'READ' },
    params: LinePath,
    responses: { 200: RegistrationStatus },
    handle: async (context, { scope, params }) => {
      const isKnown = await isLineOfAnyKind(context.database.sql, scope, params.deviceId)
      if (!isKnown) return err(entityNotFound('Device', params.deviceId))
      return ok({ status: 200, body: { registered: context.registrations.isRegistered(params.deviceId) } })
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/provisioning`,
    tag: 'Account Device Line',
    summary: 'The last request of the device for its configuration; null before the first',
    requires: { permission: 'EU_DeviceLine', level: 'READ' },
    params: LinePath,
    responses: { 200: Type.Union([ProvisioningRequestView, Type.Null()]) },
    handle: async (context, { scope, params }) => {
      const line = await findPort(context.database.sql, scope, params.deviceId)
      if (line === undefined) return err(entityNotFound('Device', params.deviceId))
      return ok({ status: 200, body: await lastRequestOf(context, scope, line.device_id) })
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/provisioningstatus`,
    tag: 'Account Device Line',
    summary: 'Whether the device got its configuration',
    requires: { permission: 'EU_DeviceLine', level: 'READ' },
    params: LinePath,
    responses: { 200: DeviceStatus },
    handle: async (context, { scope, params }) => {
      const line = await findPort(context.database.sql, scope, params.deviceId)
      if (line === undefined) return err(entityNotFound('Device', params.deviceId))
      return ok({ status: 200, body: await provisioningStatus(context, scope, line.device_id, line.mac_address) })
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${ITEM}/swap`,
    tag: 'Account Device Line',
    summary: 'Put another device in the place of the one a line is on',
    requires: { permission: 'EU_DeviceSwap', level: 'EDIT' },
    params: LinePath,
    body: DeviceSwapBody,
    responses: { 200: DeviceLineView },
    handle: async (context, { principal, scope, params, body }) => {
      const swap = readSwap(body)
      if ('code' in swap) return err(swap)
      const swapped = await swapDevice(context, principal, scope, params.deviceId, swap)
      return swapped.ok ? ok({ status: 200, body: lineView(swapped.value) }) : swapped
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/swap/prevalidate`,
    tag: 'Account Device Line',
    summary: 'Whether a MAC could take the place of the device a line is on',
    requires: { permission: 'EU_DeviceSwap', level: 'READ' },
    params: LinePath,
    query: Type.Object({ macaddress: Type.String({ maxLength: 64 }) }),
    responses: { 200: Type.Boolean() },
    handle: async (context, { scope, params, query }) => {
      const macAddress = normalizeMacAddress(query.macaddress)
      if (macAddress === undefined) return err(invalidMacAddress(query.macaddress))
      const { sql } = context.database
      const line = await findLine(sql, scope, params.deviceId)
      const device = line === undefined ? undefined : await findDevice(sql, scope, line.device_id)
      if (device === undefined) return err(entityNotFound('Device', params.deviceId))
      const failure = await swapMacFailure(sql, scope, device, macAddress)
      return failure === undefined ? ok({ status: 200, body: true }) : err(failure)
    },
  }),
]

export function readSwap(body: Static<typeof DeviceSwapBody>) {
  const macAddress = normalizeMacAddress(body.macAddress)
  if (macAddress === undefined) return invalidMacAddress(body.macAddress)
  const type = matchDeviceType({ deviceTypeId: body.deviceTypeId })?.deviceType
  return type === undefined ? entityNotFound('DeviceType', body.deviceTypeId) : { macAddress, deviceTypeId: type.id, deviceName: body.deviceName }
}

export async function lastRequestOf(context: Context, scope: AccountScope, deviceId: string): Promise<Static<typeof ProvisioningRequestView> | null> {
  const request = (await lastProvisioningRequests(context.database.sql, scope, [deviceId])).get(deviceId)
  return request === undefined ? null : provisioningRequestView(request)
}

export async function provisioningStatus(
  context: Context,
  scope: AccountScope,
  deviceId: string,
  macAddress: string | null,
): Promise<Static<typeof DeviceStatus>> {
  const mac = macAddress === null ? {} : { macAddress }
  const last = await lastRequestOf(context, scope, deviceId)
  if (last === null) return { success: false, failureMessage: 'The device has not asked for its configuration yet.', ...mac, request: {}, response: {} }
  const success = last.httpStatus >= 200 && last.httpStatus < 300
  return {
    success,
    ...(success ? {} : { failureMessage: `The device was answered ${last.httpStatus}.` }),
    ...mac,
    request: { ipAddress: last.ipAddress, userAgent: last.userAgent },
    response: { httpStatus: String(last.httpStatus) },
    updated: last.requestDate,
  }
}
