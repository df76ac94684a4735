import Type, { type Static } from 'typebox'
import { named } from '../http/index.ts'
import type { DeviceLineRow } from './device-line-queries.ts'
import { LineFeaturesBody } from './line-body.ts'

/** A line as the account guide shows it (S1-98): never with its password (C-52). */
export const DeviceLineView = named(
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
    referenceId: Type.Optional(Type.String()),
    state: Type.Optional(Type.String({ description: 'Deprecated; the address of the emergency number has it' })),
    features: Type.Optional(LineFeaturesBody),
    codecs: Type.Optional(Type.Array(Type.String())),
  }),
)

export function lineView(row: DeviceLineRow): Static<typeof DeviceLineView> {
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
    ...(row.reference_id === null ? {} : { referenceId: row.reference_id }),
    ...(row.features === null ? {} : { features: row.features }),
    ...(row.codecs === null ? {} : { codecs: [...row.codecs] }),
  }
}
