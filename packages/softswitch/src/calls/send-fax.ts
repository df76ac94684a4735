import { newUuid } from '@dialtone/foundation'
import { isEmergencyDialed } from '../emergency/is-emergency-dialed.ts'
import type { CallCommandResult, SendFaxOrder } from '../ports/call-door.ts'
import type { SwitchDirectory } from '../ports/switch-directory.ts'
import type { CallEvent, CallTimes } from './state/call-event.ts'

type Started = Extract<CallEvent, { type: 'started' }>

/** The first event of a call by which the platform sends a fax, or why there is none. */
export function faxingCall(
  directory: Pick<SwitchDirectory, 'snapshotOf'>,
  { accountId, faxId, callerNumber, dialed }: SendFaxOrder,
  { atMs, times }: { readonly atMs: number; readonly times: CallTimes },
): Started | Exclude<CallCommandResult, 'done'> {
  if (isEmergencyDialed(dialed)) return 'EmergencyDialed'
  const snapshot = directory.snapshotOf(accountId)
  if (snapshot?.numbers.has(callerNumber) !== true) return 'NoSuchLine'
  return {
    ...{ type: 'started', atMs, sessionId: newUuid(), offer: undefined, sipCallId: '', times },
    origin: { kind: 'line', lineId: '', userId: undefined, number: callerNumber, name: '', dialed },
    account: { partitionId: snapshot.partitionId, accountId, recordId: newUuid() },
    question: { accountId, call: { direction: 'originating', fromLineId: '', fromNumber: callerNumber, dialed } },
    faxCall: { faxId },
  }
}
