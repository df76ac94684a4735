import type { DomainEvent, HistoryEntry, Write } from '../events/index.ts'
import { systemScope } from '../access/index.ts'
import { numberChanged } from '../telephone-numbers/index.ts'
import type { PortStatus } from './port.ts'
import { phoneNumbersOf, type PortRecord } from './port-record.ts'

/** Port status changes (S0-94, S2-57), with an entry in the account's history. */
export function portChanged(port: PortRecord, change: { action: HistoryEntry['action']; before?: PortRecord | undefined }): DomainEvent {
  const telephoneNumbers = phoneNumbersOf(port)
  const isNews = change.before?.status !== port.status
  return {
    type: isNews ? 'port.status_changed' : 'port.updated',
    partitionId: port.partitionId,
    accountId: port.accountId,
    data: {
      portId: port.id,
      accountId: port.accountId,
      telephoneNumbers,
      status: port.status,
      ...(change.before === undefined ? {} : { previousStatus: change.before.status }),
      ...(port.rejection === undefined ? {} : { rejectionCode: port.rejection.code, rejectionReason: port.rejection.message }),
    },
    history: {
      type: 'PHONE_NUMBER',
      action: change.action,
      ...(change.before === undefined ? {} : { oldValue: summaryOf(change.before) }),
      newValue: summaryOf(port),
      referenceType: 'PORT',
      referenceId: port.id,
      referenceName: telephoneNumbers.join(', ').slice(0, 200),
    },
  }
}

/** The port is done: each number is the account's. */
export function emitPorted(change: Write, port: PortRecord, before: PortStatus): void {
  for (const phoneNumber of phoneNumbersOf(port)) {
    change.emit(
      numberChanged(systemScope(port.partitionId, port.accountId), phoneNumber, {
        event: 'number.ported',
        type: 'PHONE_NUMBER',
        action: 'UPDATE',
        before: { portStatus: before },
        after: { portStatus: 'COMPLETED', carrierStatus: 'ACTIVE', portId: port.id },
      }),
    )
  }
}

/** Never the PIN. */
function summaryOf(port: PortRecord) {
  const { accountNumber, portingAuthorizedName, billingTelephoneNumber, customerServiceRecord } = port.details
  return {
    status: port.status,
    crdDate: port.crdDate,
    focDate: port.focAt?.toISOString(),
    ...{ accountNumber, portingAuthorizedName, billingTelephoneNumber, customerServiceRecord },
    losingCarrier: port.losingCarrier,
    rejection: port.rejection?.code,
  }
}
