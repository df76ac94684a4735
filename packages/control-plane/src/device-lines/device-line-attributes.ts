import type { DeviceLineAttributes, LineCodec } from './device-line.ts'
import type { DeviceLineRow } from './device-line-queries.ts'

/** The attributes stored in a row, in the words of the domain. */
export function attributesOf(row: DeviceLineRow): DeviceLineAttributes {
  return {
    userId: row.user_id ?? undefined,
    deviceName: row.device_name,
    deviceTypeId: row.device_type_id,
    macAddress: row.mac_address ?? undefined,
    lineNumber: row.line_number,
    lineType: row.line_type as DeviceLineAttributes['lineType'],
    referenceId: row.reference_id ?? undefined,
    faxEnabled: row.fax_enabled,
    emergencyNumber: row.emergency_number ?? undefined,
    features: row.features ?? undefined,
    codecs: (row.codecs as readonly LineCodec[] | null) ?? undefined,
  }
}
