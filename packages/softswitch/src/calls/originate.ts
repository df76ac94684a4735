import { newUuid } from '@dialtone/foundation'
import { isEmergencyDialed } from '../emergency/is-emergency-dialed.ts'
import type { OriginateOrder } from '../ports/call-door.ts'
import type { SwitchDirectory } from '../ports/switch-directory.ts'
import type { CallCommandResult } from '../ports/call-door.ts'
import type { CallEvent, CallTimes } from './state/call-event.ts'

type Started = Extract<CallEvent, { type: 'started' }>

export interface OriginateNeeds {
  readonly directory: Pick<SwitchDirectory, 'snapshotOf'>
  readonly bindingsOf: (lineId: string) => readonly unknown[]
}

/** The first event of a click-to-call, or why there is none: who clicked would wait for phones that cannot ring. */
export function originatedCall(
  { directory, bindingsOf }: OriginateNeeds,
  { accountId, lineId, dialed }: OriginateOrder,
  { atMs, times }: { readonly atMs: number; readonly times: CallTimes },
): Started | Exclude<CallCommandResult, 'done'> {
  // Who calls for help does it himself: nobody else's click may wait for a phone to be taken.
  if (isEmergencyDialed(dialed)) return 'EmergencyDialed'
  const snapshot = directory.snapshotOf(accountId)
  const line = snapshot?.lines.get(lineId)
  if (snapshot === undefined || line === undefined) return 'NoSuchLine'
  const user = line.userId === undefined ? undefined : snapshot.users.get(line.userId)
  const lineIds = user?.lineIds ?? [lineId]
  if (lineIds.every((id) => bindingsOf(id).length === 0)) return 'NoPhoneRegistered'
  const number = user?.extension ?? user?.callerIdNumber ?? ''
  const name = user === undefined ? '' : `${user.firstName} ${user.lastName}`.trim()
  return {
    ...{ type: 'started', atMs, sessionId: newUuid(), offer: undefined, sipCallId: '', times },
    origin: { kind: 'line', lineId, userId: line.userId, number, name, dialed },
    account: { partitionId: snapshot.partitionId, accountId, recordId: newUuid() },
    question: { accountId, call: { direction: 'originating', fromLineId: lineId, dialed } },
    clickToCall: { toSessionId: newUuid(), recordId: newUuid(), lineIds },
  }
}
