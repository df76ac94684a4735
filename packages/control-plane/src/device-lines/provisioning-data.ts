import Type, { type Static } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { findDevice } from '../devices/index.ts'
import { named } from '../http/index.ts'
import { domainOfAccount } from '../sip-domains/index.ts'
import { type DeviceLineRow, listPortsOfDevice } from './device-line-queries.ts'

/** Everything a phone has to be told (public-spec section 9). The one place that shows a SIP password. */
export const ProvisioningData = named(
  'DeviceProvisioningData',
  Type.Object({
    macAddress: Type.Optional(Type.String()),
    deviceType: Type.String(),
    lineCount: Type.Integer(),
    dialPlan: Type.String(),
    hasFaxEnabledLine: Type.Boolean(),
    lines: Type.Array(
      Type.Object({
        macAddress: Type.Optional(Type.String()),
        lineNumber: Type.Integer(),
        userId: Type.Optional(Type.String()),
        displayName: Type.String(),
        lineType: Type.String(),
        referenceId: Type.Optional(Type.String()),
        dialPlan: Type.String(),
        sipUsername: Type.String(),
        sipPassword: Type.String(),
        server: Type.String(),
        /** Text, as the interface has it. */
        serverPort: Type.String(),
        domain: Type.String(),
        emergencyNumber: Type.String(),
        enabled: Type.Boolean(),
        faxEnabled: Type.Boolean(),
      }),
    ),
  }),
)

export async function provisioningData(
  context: Context,
  scope: AccountScope,
  line: Pick<DeviceLineRow, 'device_id' | 'mac_address' | 'device_type_id'>,
): Promise<Static<typeof ProvisioningData>> {
  const { sql } = context.database
  const [rows, device, account, domain] = await Promise.all([
    listPortsOfDevice(sql, scope, line.device_id),
    findDevice(sql, scope, line.device_id),
    sql.selectFrom('account').select('dialing_behavior_type').where('id', '=', scope.accountId).executeTakeFirstOrThrow(),
    domainOfAccount(sql, scope),
  ])
  const dialPlan = account.dialing_behavior_type
  const isInService = device?.admin_state !== 'INACTIVE'
  const server = context.settings.sipServer()
  return {
    ...(line.mac_address === null ? {} : { macAddress: line.mac_address }),
    deviceType: line.device_type_id,
    lineCount: rows.length,
    dialPlan,
    hasFaxEnabledLine: rows.some((row) => row.fax_enabled),
    lines: rows.map((row) => ({
      ...(row.mac_address === null ? {} : { macAddress: row.mac_address }),
      lineNumber: row.line_number,
      ...(row.user_id === null ? {} : { userId: row.user_id }),
      displayName: row.device_name,
      lineType: row.line_type,
      ...(row.reference_id === null ? {} : { referenceId: row.reference_id }),
      dialPlan,
      sipUsername: row.sip_username ?? '',
      sipPassword: row.sip_password_sealed === null ? '' : context.sealer.open(row.sip_password_sealed, row.id),
      server: server.host,
      serverPort: String(server.port),
      domain: domain?.name ?? context.settings.sipDomain,
      emergencyNumber: row.emergency_number ?? '',
      enabled: isInService && row.admin_state === 'ACTIVE',
      faxEnabled: row.fax_enabled,
    })),
  }
}
