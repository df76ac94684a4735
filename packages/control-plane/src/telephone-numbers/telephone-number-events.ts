import type { AccountScope, PartitionScope } from '../access/index.ts'
import type { DomainEvent, HistoryEntry } from '../events/index.ts'
import type { TelephoneNumberRow } from './telephone-number-queries.ts'

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
    data: { phoneNumber, accountId: scope.accountId, changed: change.type, ...(change.type === 'PHONE_NUMBER' ? stateOf(change.before, change.after) : {}) },
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

const STATE = ['carrierStatus', 'operationalStatus', 'referenceType', 'referenceId'] as const

/** What changed of its state, and what that was: whoever hears of it out of order, or missed the one before, is told all the same. */
function stateOf(before: unknown, after: unknown): Readonly<Record<string, unknown>> {
  const [was, is] = [membersOf(before), membersOf(after)]
  const entries = STATE.flatMap((name): [string, unknown][] => {
    if (is[name] === undefined || is[name] === was[name]) return []
    const previous = `previous${name.charAt(0).toUpperCase()}${name.slice(1)}`
    return [[name, is[name]], ...(name in was ? [[previous, was[name]] satisfies [string, unknown]] : [])]
  })
  return Object.fromEntries(entries)
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/**
 * The number left the account. History keeps it as it was there, for nothing else does: the row is the next owner's, and a month is
 * billed when it is over.
 */
export function numberReleased(
  scope: AccountScope,
  row: TelephoneNumberRow,
  after: { carrierStatus: string; cooldownExpireDate?: Date; portOutDate?: Date },
): DomainEvent {
  const before = {
    phoneNumber: row.phone_number,
    carrierStatus: row.carrier_status,
    operationalStatus: row.operational_status,
    servicePackageType: row.service_package_type,
    canAcceptSMS: row.can_accept_sms,
    portId: row.port_id,
    activatedDate: row.activated_at,
    carrierId: row.carrier_id,
    functionType: row.function_type,
    rateCenter: row.rate_center,
    state: row.state,
    customerServiceRecord: row.customer_service_record,
    directoryListing: row.directory_listing,
    e911Address: row.e911_address,
  }
  return numberChanged(scope, row.phone_number, { event: 'number.released', type: 'PHONE_NUMBER', action: 'DELETE', before, after })
}

/** Something happened to a number that is on no account. */
export function inventoryChanged(
  scope: PartitionScope,
  phoneNumber: string,
  type: string,
  change: { readonly before?: unknown; readonly after?: unknown } = {},
): DomainEvent {
  return { type, partitionId: scope.partitionId, accountId: undefined, data: { phoneNumber, ...stateOf(change.before, change.after) } }
}
