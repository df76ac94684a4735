import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { type AccountScope, enterAccount, enterPartition, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { findDeviceByMac, invalidMacAddress, normalizeMacAddress } from '../devices/index.ts'
import { entityNotFound, unauthorized } from '../failures/index.ts'
import { freeObject, named, openOperation, type Operation } from '../http/index.ts'
import { accountNumbersOf, accountNumberViews } from '../telephone-numbers/index.ts'
import { type DeviceLineRow, listPortsOfDevice } from './device-line-queries.ts'

/** Who has a device, and the numbers that ring it. */
const DeviceGraph = named(
  'DeviceGraph',
  Type.Object({
    deviceTypeId: Type.String(),
    accountId: Type.String(),
    partitionId: Type.String(),
    macAddress: Type.String(),
    deviceName: Type.String(),
    emergencyNumber: Type.String(),
    faxEnabled: Type.Boolean(),
    lineNumber: Type.Optional(Type.Integer()),
    userId: Type.Optional(Type.String()),
    sipUsername: Type.Optional(Type.String()),
    linetype: Type.Optional(Type.String()),
    telephoneNumbers: Type.Optional(Type.Array(Type.String())),
    tnas: Type.Optional(Type.Array(freeObject())),
  }),
)

export const deviceGraphOperations: readonly Operation[] = [
  openOperation({
    method: 'GET',
    path: '/v2/ces/deviceGraph/:macaddress',
    tag: 'Device',
    summary: 'Whose device this is, with the numbers that ring it: their digits alone (limited), or whole',
    requires: { permission: 'EU_Device', level: 'READ' },
    params: Type.Object({ macaddress: Type.String() }),
    query: Type.Object({ limited: Type.Optional(Type.Boolean()) }),
    responses: { 200: DeviceGraph },
    handle: async (context, { principal, params, query }) => {
      if (principal === undefined) return err(unauthorized())
      const macAddress = normalizeMacAddress(params.macaddress)
      if (macAddress === undefined) return err(invalidMacAddress(params.macaddress))
      const found = await findVisibleDevice(context, principal, macAddress)
      if (found === undefined) return err(entityNotFound('Device', params.macaddress))
      return ok({ status: 200, body: await graphOf(context, found.scope, found.device, query.limited === true) })
    },
  }),
]

type Device = NonNullable<Awaited<ReturnType<typeof findDeviceByMac>>>

/** Of the partitions the caller reaches, and of his account when he has one; a stranger's device is not there. */
async function findVisibleDevice(context: Context, principal: Principal, macAddress: string): Promise<{ scope: AccountScope; device: Device } | undefined> {
  const { sql } = context.database
  const device = await findDeviceByMac(sql, macAddress)
  const partition = device === undefined ? undefined : enterPartition(principal, device.partition_id)
  if (device === undefined || partition?.ok !== true) return undefined
  const scope = await enterAccount(sql, principal, partition.value, device.account_id)
  return scope.ok ? { scope: scope.value, device } : undefined
}

async function graphOf(context: Context, scope: AccountScope, device: Device, limited: boolean): Promise<Static<typeof DeviceGraph>> {
  const { sql } = context.database
  const lines = await listPortsOfDevice(sql, scope, device.id)
  const first = lines[0]
  const numbers = await accountNumbersOf(sql, scope, lines.flatMap(ringsBy))
  return {
    deviceTypeId: device.device_type_id,
    accountId: device.account_id,
    partitionId: device.partition_id,
    macAddress: device.mac_address ?? '',
    deviceName: device.device_name,
    emergencyNumber: first?.emergency_number ?? '',
    faxEnabled: lines.some((line) => line.fax_enabled),
    ...(first === undefined ? {} : { lineNumber: first.line_number, linetype: first.line_type }),
    ...(typeof first?.user_id === 'string' ? { userId: first.user_id } : {}),
    ...(typeof first?.sip_username === 'string' ? { sipUsername: first.sip_username } : {}),
    ...(limited ? { telephoneNumbers: numbers.map((number) => number.phone_number) } : { tnas: [...(await accountNumberViews(context, scope, numbers))] }),
  }
}

/** The line itself and its user: what a number can refer to. */
function ringsBy(line: DeviceLineRow): readonly string[] {
  return line.user_id === null ? [line.id] : [line.id, line.user_id]
}
