import Type, { type Static } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { named } from '../http/index.ts'
import { type DeviceLineRow, listPortsOfDevice } from './device-line-queries.ts'

/** Everything a phone has to be told (public-spec section 9). The one place that shows a SIP password. */
export const ProvisioningData = named(
  'DeviceProvisioningData',
  Type.Object({
    macAddress: Type.Optional(Type.String()),
    deviceType: Type.String(),
    lineCount: Type.Integer(),
    hasFaxEnabledLine: Type.Boolean(),
    lines: Type.Array(
      Type.Object({
        lineNumber: Type.Integer(),
        userId: Type.Optional(Type.String()),
        displayName: Type.String(),
        sipUsername: Type.String(),
        sipPassword: Type.String(),
        server: Type.String(),
        serverPort: Type.Integer(),
        domain: Type.String(),
        emergencyNumber: Type.String(),
        enabled: Type.Boolean(),
        faxEnabled: Type.Boolean(),
      }),
    ),
  }),
)

export async function provisioningData(context: Context, scope: AccountScope, line: DeviceLineRow): Promise<Static<typeof ProvisioningData>> {
  const rows = await listPortsOfDevice(context.database.sql, scope, line.device_id)
  const server = context.settings.sipServer()
  return {
    ...(line.mac_address === null ? {} : { macAddress: line.mac_address }),
    deviceType: line.device_type_id,
    lineCount: rows.length,
    hasFaxEnabledLine: rows.some((row) => row.fax_enabled),
    lines: rows.map((row) => ({
      lineNumber: row.line_number,
      ...(row.user_id === null ? {} : { userId: row.user_id }),
      displayName: row.device_name,
      sipUsername: row.sip_username ?? '',
      sipPassword: row.sip_password_sealed === null ? '' : context.sealer.open(row.sip_password_sealed, row.id),
      server: server.host,
      serverPort: server.port,
      domain: context.settings.sipDomain,
      emergencyNumber: row.emergency_number ?? '',
      enabled: row.admin_state === 'ACTIVE',
      faxEnabled: row.fax_enabled,
    })),
  }
}
