import type { AccountScope, PartitionScope } from '../access/index.ts'
import type { DomainEvent, HistoryEntry } from '../events/index.ts'

/** @param type `PHONE_NUMBER` or the address history the change belongs to. */
export function numberChanged(
  scope: AccountScope,
  phoneNumber: string,
  change: { event: string; type: string; action: HistoryEntry['action']; before?: unknown; after?: unknown },
): DomainEvent {
  return {
    type: change.event,
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    // S2-57: an address of emergency calls, a listing, a name or an assignment, in the words of the history.
    data: { phoneNumber, accountId: scope.accountId, changed: change.type },
    history: {
      type: change.type,
      action: change.action,
      oldValue: change.before,
      newValue: change.after,
      referenceType: 'PHONE_NUMBER',
      referenceId: phoneNumber,
      referenceName: phoneNumber,
    },
  }
}

/** Something happened to a number that is on no account. */
export function inventoryChanged(scope: PartitionScope, phoneNumber: string, type: string): DomainEvent {
  return { type, partitionId: scope.partitionId, accountId: undefined, data: { phoneNumber } }
}
