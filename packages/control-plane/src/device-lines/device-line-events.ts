import type { DomainEvent, HistoryEntry } from '../events/index.ts'
import type { AccountScope } from '../access/index.ts'
import type { DeviceLineAttributes } from './device-line.ts'

/** `before` and `after` say what happened: no before is a creation, no after a deletion. */
export function deviceLineChanged(
  scope: AccountScope,
  lineId: string,
  before: DeviceLineAttributes | undefined,
  after: DeviceLineAttributes | undefined,
): DomainEvent {
  const action: HistoryEntry['action'] = before === undefined ? 'CREATE' : after === undefined ? 'DELETE' : 'UPDATE'
  const verb = { CREATE: 'created', UPDATE: 'updated', DELETE: 'deleted' }[action]
  return {
    type: `deviceline.${verb}`,
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    data: { deviceLineId: lineId, userId: (after ?? before)?.userId ?? null, deviceName: (after ?? before)?.deviceName ?? '' },
    history: {
      type: 'DEVICE',
      action,
      oldValue: before,
      newValue: after,
      referenceType: 'DEVICE',
      referenceId: lineId,
      referenceName: (after ?? before)?.deviceName ?? '',
    },
  }
}
