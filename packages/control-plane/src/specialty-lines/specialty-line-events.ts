import type { AccountScope } from '../access/index.ts'
import type { DomainEvent, HistoryEntry } from '../events/index.ts'
import type { SpecialtyLineAttributes } from './specialty-line.ts'

/** `before` and `after` say what happened: no before is a creation, no after a deletion. */
export function specialtyLineChanged(
  scope: AccountScope,
  lineId: string,
  before: SpecialtyLineAttributes | undefined,
  after: SpecialtyLineAttributes | undefined,
): DomainEvent {
  const action: HistoryEntry['action'] = before === undefined ? 'CREATE' : after === undefined ? 'DELETE' : 'UPDATE'
  const verb = { CREATE: 'created', UPDATE: 'updated', DELETE: 'deleted' }[action]
  const name = (after ?? before)?.name ?? ''
  return {
    type: `specialtyline.${verb}`,
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    data: { specialtyLineId: lineId, name },
    history: {
      type: 'SPECIALTY_LINE',
      action,
      ...(before === undefined ? {} : { oldValue: before }),
      ...(after === undefined ? {} : { newValue: after }),
      referenceType: 'SPECIALTY_LINE',
      referenceId: lineId,
      referenceName: name,
    },
  }
}
