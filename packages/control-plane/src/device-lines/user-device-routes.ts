import { err, ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import type { AccountScope } from '../access/index.ts'
import { objectExists } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import { placeFailure } from '../devices/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { accountOperation, freeObject, idAnswer, IdText, type Operation, patchedBody } from '../http/index.ts'
import { createDeviceLine } from './create-device-line.ts'
import { deleteDeviceLine } from './delete-device-line.ts'
import type { DeviceLineAttributes } from './device-line.ts'
import { type DeviceLineRow, findLine, listLines } from './device-line-queries.ts'
import { DeviceLineBody, LOGIN, readLine, TYPE_NAMES, withDeviceOf } from './line-body.ts'
import { DeviceStatus, DeviceSwapBody, provisioningStatus, readSwap, RegistrationStatus } from './line-status-routes.ts'
import { DeviceLineView, lineView } from './line-view.ts'
import { swapDevice } from './swap-device.ts'
import { updateDeviceLine } from './update-device-line.ts'

const COLLECTION = '/v2/partition/:partitionId/account/:accountId/user/:userId/device'
const ITEM = `${COLLECTION}/:deviceId`
const UserPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), userId: Type.String() })
const LinePath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), userId: Type.String(), deviceId: Type.String() })
const TAG = 'Device (Deprecated)'

/** An end user sees his own devices (`_MYUSER`). */
const MAY_READ = { permission: 'EU_DeviceLine', level: 'READ', own: { permission: 'EU_DeviceLine', parameter: 'userId' } } as const
const MAY_EDIT = { permission: 'EU_DeviceLine', level: 'EDIT' } as const

/** The old spelling: the same lines, seen from their user. */
export const userDeviceOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the lines of a user',
    requires: MAY_READ,
    params: UserPath,
    responses: { 200: Type.Array(DeviceLineView) },
    handle: async (context, { scope, params }) => {
      const { sql } = context.database
      if (!(await objectExists(sql, scope, { type: 'END_USER', id: params.userId }))) return err(entityNotFound('EndUser', params.userId))
      return ok({ status: 200, body: (await listLines(sql, scope, { userId: params.userId })).map(lineView) })
    },
  }),
  accountOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Add a line to a device of a user',
    requires: { permission: 'EU_DeviceLine', level: 'CREATE' },
    params: UserPath,
    body: DeviceLineBody,
    responses: { 201: DeviceLineView },
    handle: async (context, { principal, scope, params, body }) => {
      const request = readLine({ ...body, userId: params.userId })
      if (!request.ok) return request
      const created = await createDeviceLine(context, principal, scope, request.value.line, request.value.given)
      return created.ok ? ok({ status: 201, body: lineView(created.value) }) : created
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${COLLECTION}/validateproperties`,
    tag: TAG,
    summary: 'Whether a line of a device is free',
    requires: MAY_READ,
    params: UserPath,
    query: Type.Object({ lineno: Type.Integer(), macaddress: Type.String({ maxLength: 64 }) }),
    responses: { 200: Type.Boolean() },
    handle: async (context, { scope, query }) => {
      const failure = await placeFailure(context.database.sql, scope, query.macaddress, query.lineno)
      return failure === undefined ? ok({ status: 200, body: true }) : err(failure)
    },
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read a line of a user',
    requires: MAY_READ,
    params: LinePath,
    responses: { 200: DeviceLineView },
    handle: async (context, { scope, params }) => {
      const line = await lineOfUser(context, scope, params)
      return line.ok ? ok({ status: 200, body: lineView(line.value) }) : line
    },
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Replace a line of a user',
    requires: MAY_EDIT,
    params: LinePath,
    body: DeviceLineBody,
    responses: { 200: DeviceLineView },
    handle: async (context, { principal, scope, params, body }) => {
      const updated = await updateDeviceLine(context, principal, scope, params.deviceId, (before) =>
        isOf(params, before) ? readLine({ ...withDeviceOf(before, body), userId: params.userId }) : err(entityNotFound('Device', params.deviceId)),
      )
      return updated.ok ? ok({ status: 200, body: lineView(updated.value) }) : updated
    },
  }),
  accountOperation({
    method: 'PATCH',
    path: ITEM,
    tag: TAG,
    summary: 'Change parts of a line of a user (JSON Merge Patch)',
    requires: MAY_EDIT,
    params: LinePath,
    body: freeObject(),
    responses: { 200: DeviceLineView },
    handle: async (context, { principal, scope, params, body }) => {
      const updated = await updateDeviceLine(context, principal, scope, params.deviceId, (before) => {
        if (!isOf(params, before)) return err(entityNotFound('Device', params.deviceId))
        const stored = Object.fromEntries(Object.entries(before).filter(([, value]) => value !== undefined))
        const checked = patchedBody(DeviceLineBody, stored, body, ['userId', ...LOGIN], TYPE_NAMES)
        return checked.ok ? readLine({ ...checked.value, userId: params.userId }) : checked
      })
      return updated.ok ? ok({ status: 200, body: lineView(updated.value) }) : updated
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Remove a line of a user; answers its id',
    requires: { permission: 'EU_DeviceLine', level: 'DELETE' },
    params: LinePath,
    responses: { 200: IdText },
    handle: async (context, { principal, scope, params }) => {
      const line = await lineOfUser(context, scope, params)
      if (!line.ok) return line
      const deleted = await deleteDeviceLine(context, principal, scope, params.deviceId)
      return deleted.ok ? ok(idAnswer(params.deviceId)) : deleted
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/provisioningstatus`,
    tag: TAG,
    summary: 'Whether the device of a user got its configuration',
    requires: MAY_READ,
    params: LinePath,
    responses: { 200: DeviceStatus },
    handle: async (context, { scope, params }) => {
      const line = await lineOfUser(context, scope, params)
      if (!line.ok) return line
      return ok({ status: 200, body: await provisioningStatus(context, scope, line.value.device_id, line.value.mac_address) })
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/registrationstatus`,
    tag: TAG,
    summary: 'Whether the phone of a line of a user is registered now',
    requires: MAY_READ,
    params: LinePath,
    responses: { 200: RegistrationStatus },
    handle: async (context, { scope, params }) => {
      const line = await lineOfUser(context, scope, params)
      return line.ok ? ok({ status: 200, body: { registered: context.registrations.isRegistered(line.value.id) } }) : line
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${ITEM}/swap`,
    tag: TAG,
    summary: 'Put another device in the place of the one a line of a user is on',
    requires: { permission: 'EU_DeviceSwap', level: 'EDIT' },
    params: LinePath,
    body: DeviceSwapBody,
    responses: { 200: DeviceLineView },
    handle: async (context, { principal, scope, params, body }) => {
      const line = await lineOfUser(context, scope, params)
      if (!line.ok) return line
      const swap = readSwap(body)
      if ('code' in swap) return err(swap)
      const swapped = await swapDevice(context, principal, scope, params.deviceId, swap)
      return swapped.ok ? ok({ status: 200, body: lineView(swapped.value) }) : swapped
    },
  }),
]

interface LineOfUser {
  readonly userId: string
  readonly deviceId: string
}

async function lineOfUser(context: Context, scope: AccountScope, { userId, deviceId }: LineOfUser): Promise<Result<DeviceLineRow, ApiFailure>> {
  const row = await findLine(context.database.sql, scope, deviceId)
  return row === undefined || row.user_id !== userId ? err(entityNotFound('Device', deviceId)) : ok(row)
}

function isOf({ userId }: LineOfUser, line: DeviceLineAttributes): boolean {
  return line.userId === userId
}
