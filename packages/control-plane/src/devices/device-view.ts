import Type, { type Static } from 'typebox'
import type { AccountScope, PartitionScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { named, oneOf } from '../http/index.ts'
import { deviceType } from '../reference-data/index.ts'
import { type DeviceRow, listPorts, listPortsInPartition, type PortRow } from './device-queries.ts'
import { DEVICE_STATES, type DeviceState, deviceStateOf } from './device-state.ts'
import { lastProvisioningRequests, ProvisioningRequestView, provisioningRequestView } from './provisioning-requests.ts'

/** A device with its lines and where it is in its life (S0-98 … S0-109). */
export const DeviceView = named(
  'Device',
  Type.Object({
    id: Type.String(),
    deviceId: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    macAddress: Type.Optional(Type.String()),
    deviceName: Type.String(),
    deviceTypeId: Type.String(),
    deviceType: Type.String(),
    model: Type.String(),
    description: Type.Optional(Type.String()),
    status: oneOf(DEVICE_STATES),
    state: oneOf(DEVICE_STATES),
    adminState: oneOf(['ACTIVE', 'INACTIVE'] as const),
    registered: Type.Boolean(),
    firstRegisteredDate: Type.Optional(Type.String()),
    lastProvisioningRequest: Type.Optional(ProvisioningRequestView),
    lines: Type.Array(
      Type.Object({
        id: Type.String(),
        lineNumber: Type.Integer(),
        kind: Type.String(),
        lineType: Type.String(),
        userId: Type.Optional(Type.String()),
        registered: Type.Boolean(),
      }),
    ),
    createdDate: Type.String(),
    updatedDate: Type.String(),
  }),
)

/** The state of devices, from their lines and what is registered at this moment. */
export function stateOf(context: Context, row: DeviceRow, ports: readonly PortRow[]): DeviceState {
  const lines = ports.map((port) => ({ isRegistered: context.registrations.isRegistered(port.id), wasRegistered: port.first_registered_at !== null }))
  return deviceStateOf({ isInService: row.admin_state !== 'INACTIVE', lines })
}

export async function deviceViews(context: Context, scope: AccountScope, rows: readonly DeviceRow[]): Promise<Static<typeof DeviceView>[]> {
  const { sql } = context.database
  const ids = rows.map((row) => row.id)
  const [ports, requests] = await Promise.all([listPorts(sql, scope, ids), lastProvisioningRequests(sql, scope, ids)])
  const portsByDevice = Map.groupBy(ports, (port) => port.device_id)
  return rows.map((row) => {
    const own = portsByDevice.get(row.id) ?? []
    const status = stateOf(context, row, own)
    const firstRegistered = own.flatMap((port) => port.first_registered_at?.getTime() ?? []).toSorted((one, other) => one - other)[0]
    const request = requests.get(row.id)
    return {
      id: row.id,
      deviceId: row.id,
      partitionId: row.partition_id,
      accountId: row.account_id,
      ...(row.mac_address === null ? {} : { macAddress: row.mac_address }),
      deviceName: row.device_name,
      deviceTypeId: row.device_type_id,
      deviceType: deviceType(row.device_type_id)?.deviceKind ?? row.device_type_id,
      model: row.model ?? deviceType(row.device_type_id)?.name ?? row.device_type_id,
      ...(row.description === null ? {} : { description: row.description }),
      status,
      state: status,
      adminState: row.admin_state === 'INACTIVE' ? 'INACTIVE' : 'ACTIVE',
      registered: status === 'REGISTERED',
      ...(firstRegistered === undefined ? {} : { firstRegisteredDate: new Date(firstRegistered).toISOString() }),
      ...(request === undefined ? {} : { lastProvisioningRequest: provisioningRequestView(request) }),
      lines: own.map((port) => ({
        id: port.id,
        lineNumber: port.line_number,
        kind: port.kind,
        lineType: port.line_type,
        ...(port.user_id === null ? {} : { userId: port.user_id }),
        registered: context.registrations.isRegistered(port.id),
      })),
      createdDate: row.created_at.toISOString(),
      updatedDate: row.updated_at.toISOString(),
    }
  })
}

/** The devices of a partition by their MAC, with state and account; MACs without a device are left out. */
export async function stateOfDevices(
  context: Context,
  scope: PartitionScope,
  macAddresses: readonly string[],
): Promise<ReadonlyMap<string, { readonly state: DeviceState; readonly accountId: string }>> {
  const { sql } = context.database
  const rows = await sql.selectFrom('device').selectAll().where('partition_id', '=', scope.partitionId).where('mac_address', 'in', macAddresses).execute()
  if (rows.length === 0) return new Map()
  const ports = await listPortsInPartition(sql, scope, rows.map((row) => row.id)) // prettier-ignore
  const byDevice = Map.groupBy(ports, (port) => port.device_id)
  return new Map(rows.map((row) => [row.mac_address ?? '', { state: stateOf(context, row, byDevice.get(row.id) ?? []), accountId: row.account_id }]))
}
