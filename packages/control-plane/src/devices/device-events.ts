import type { AccountScope } from '../access/index.ts'
import type { DomainEvent, HistoryEntry } from '../events/index.ts'
import type { DeviceRow } from './device-queries.ts'

/** What of a device belongs into history: never a secret. */
function factsOf(row: DeviceRow): Record<string, unknown> {
  return {
    deviceName: row.device_name,
    deviceTypeId: row.device_type_id,
    macAddress: row.mac_address,
    model: row.model,
    description: row.description,
    adminState: row.admin_state,
    sideCarTypeId: row.side_car_type_id,
    numSideCars: row.num_side_cars,
    provisionerType: row.provisioner_type,
  }
}

/**
 * `before` and `after` say what happened: no before is a creation, no after a deletion.
 * @param besides facts that are kept elsewhere, as they were and are
 */
export function deviceChanged(
  scope: AccountScope,
  before: DeviceRow | undefined,
  after: DeviceRow | undefined,
  type: 'DEVICE' | 'DEVICE_METADATA' = 'DEVICE',
  besides: { readonly before?: object; readonly after?: object } = {},
): DomainEvent {
  const row = after ?? before
  if (row === undefined) throw new Error('a change of no device')
  const action: HistoryEntry['action'] = before === undefined ? 'CREATE' : after === undefined ? 'DELETE' : 'UPDATE'
  const verb = { CREATE: 'created', UPDATE: 'updated', DELETE: 'deleted' }[action]
  return {
    type: `device.${verb}`,
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    data: { deviceId: row.id, macAddress: row.mac_address, deviceTypeId: row.device_type_id, adminState: row.admin_state },
    history: {
      type,
      action,
      ...(before === undefined ? {} : { oldValue: { ...factsOf(before), ...besides.before } }),
      ...(after === undefined ? {} : { newValue: { ...factsOf(after), ...besides.after } }),
      referenceType: 'DEVICE',
      referenceId: row.id,
      referenceName: row.device_name,
    },
  }
}
