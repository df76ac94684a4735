import type { AccountScope } from '../access/index.ts'
import type { DomainEvent, HistoryEntry } from '../events/index.ts'

type HistoryType = 'BUSINESS_LINE' | 'CALL_FORWARDING' | 'PROVISIONING' | 'SIP_CREDENTIALS'

/** What happened to the line itself: no before is a creation, no after a deletion. */
export function businessLineChanged(
  scope: AccountScope,
  line: { readonly id: string; readonly name: string },
  before: object | undefined,
  after: object | undefined,
): DomainEvent {
  const action: HistoryEntry['action'] = before === undefined ? 'CREATE' : after === undefined ? 'DELETE' : 'UPDATE'
  const verb = { CREATE: 'created', UPDATE: 'updated', DELETE: 'deleted' }[action]
  return eventOf(scope, line, { verb, action, type: 'BUSINESS_LINE', before, after })
}

/** What happened to something that belongs to the line: its call handling, its port, its login. */
export function partOfLineChanged(
  scope: AccountScope,
  line: { readonly id: string; readonly name: string },
  type: HistoryType,
  before: object | undefined,
  after: object | undefined,
): DomainEvent {
  return eventOf(scope, line, { verb: 'updated', action: 'UPDATE', type, before, after })
}

interface What {
  readonly verb: string
  readonly action: HistoryEntry['action']
  readonly type: HistoryType
  readonly before: object | undefined
  readonly after: object | undefined
}

function eventOf(scope: AccountScope, line: { readonly id: string; readonly name: string }, what: What): DomainEvent {
  return {
    type: `business-line.${what.verb}`,
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    data: { businessLineId: line.id, accountId: scope.accountId, name: line.name },
    history: {
      type: what.type,
      action: what.action,
      ...(what.before === undefined ? {} : { oldValue: what.before }),
      ...(what.after === undefined ? {} : { newValue: what.after }),
      referenceType: 'BUSINESS_LINE',
      referenceId: line.id,
      referenceName: line.name,
    },
  }
}
