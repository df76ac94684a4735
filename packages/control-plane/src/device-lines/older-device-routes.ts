import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { findDevice, normalizeMacAddress } from '../devices/index.ts'
import { entityNotFound, invalidField } from '../failures/index.ts'
import { accountOperation, freeObject, named, oneOf, type Operation } from '../http/index.ts'
import { deviceType, sideCarType } from '../reference-data/index.ts'
import { listLines } from './device-line-queries.ts'
import { DeviceLineView, lineView } from './line-view.ts'

const ACCOUNT = '/v2/partition/:partitionId/account/:accountId'
const MacPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), macAddress: Type.String({ maxLength: 32 }) })
const AccountDeviceData = named(
  'AccountDeviceData',
  Type.Object({
    referenceType: oneOf(['LINE_HARDWARE', 'USER']),
    macAddress: Type.String(),
    deviceType: Type.Optional(freeObject()),
    sideCarType: Type.Optional(freeObject()),
    numSideCars: Type.Integer(),
    devices: Type.Array(DeviceLineView),
  }),
)

/** Older spellings of what there is of devices and their lines, as the public interface still lists them under the account. */
export const olderDeviceOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: `${ACCOUNT}/devices`,
    tag: 'Account',
    summary: 'List the lines of an account (older spelling of deviceline)',
    requires: { permission: 'EU_DeviceLine', level: 'READ' },
    responses: { 200: Type.Array(DeviceLineView) },
    handle: async (context, { scope }) => ok({ status: 200, body: (await listLines(context.database.sql, scope, {})).map(lineView) }),
  }),
  accountOperation({
    method: 'GET',
    path: `${ACCOUNT}/macaddress/:macAddress`,
    tag: 'Account',
    summary: 'A device by its MAC, with its type and lines',
    requires: { permission: 'EU_Device', level: 'READ' },
    params: MacPath,
    responses: { 200: AccountDeviceData },
    handle: async (context, { scope, params }) => {
      const macAddress = normalizeMacAddress(params.macAddress)
      if (macAddress === undefined) return err(malformed())
      const { sql } = context.database
      const device = await findDevice(sql, scope, macAddress)
      if (device === undefined) return err(entityNotFound('Device', params.macAddress))
      const lines = await listLines(sql, scope, { macAddress })
      const type = deviceType(device.device_type_id)
      const sideCar = device.side_car_type_id === null ? undefined : sideCarType(device.side_car_type_id)
      return ok({
        status: 200,
        body: {
          referenceType: lines.some((line) => line.user_id !== null) ? ('USER' as const) : ('LINE_HARDWARE' as const),
          macAddress,
          ...(type === undefined ? {} : { deviceType: { ...type } }),
          ...(sideCar === undefined ? {} : { sideCarType: { ...sideCar } }),
          numSideCars: device.num_side_cars,
          devices: lines.map(lineView),
        },
      })
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ACCOUNT}/macaddress/:macAddress/inventory`,
    tag: 'Account',
    summary: 'What is free on the device with a MAC, as the filter MAC_ADDRESS_INVENTORY of deviceline',
    requires: { permission: 'EU_DeviceLine', level: 'READ' },
    params: MacPath,
    responses: { 200: Type.Array(DeviceLineView) },
    handle: async (context, { scope, params }) => {
      const macAddress = normalizeMacAddress(params.macAddress)
      if (macAddress === undefined) return err(malformed())
      return ok({ status: 200, body: (await listLines(context.database.sql, scope, { macAddress, isFree: true })).map(lineView) })
    },
  }),
]

function malformed() {
  return invalidField('macAddress', 'is no MAC address', '12 hexadecimal digits', 'InvalidMacAddress')
}
