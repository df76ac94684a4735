import { agentsOf } from '@dialtone/call-routing'
import { newUuid } from '@dialtone/foundation'
import type { SwitchDirectory } from '../ports/switch-directory.ts'
import type { QueueCallback } from '../services/queue-board.ts'
import type { CallEvent, CallTimes, RouteQuestion } from './state/call-event.ts'

type Started = Extract<CallEvent, { type: 'started' }>

/** What finds an agent of the queue for somebody. */
export function agentQuestion(queueId: string, { accountId, caller, calledNumber }: QueueCallback): RouteQuestion {
  return { accountId, call: { direction: 'continuing', to: agentsOf(queueId), caller, calledNumber } }
}

/** The first event of a call to an agent of a queue, who is then connected with somebody that is called back; undefined: the account is gone. */
export function calledBack(
  directory: Pick<SwitchDirectory, 'snapshotOf'>,
  queueId: string,
  callback: QueueCallback,
  { atMs, times }: { readonly atMs: number; readonly times: CallTimes },
): Started | undefined {
  const { accountId, caller, calledNumber, dialed } = callback
  const snapshot = directory.snapshotOf(accountId)
  if (snapshot === undefined) return undefined
  const question = agentQuestion(queueId, callback)
  return {
    ...{ type: 'started', atMs, sessionId: newUuid(), offer: undefined, sipCallId: '', times },
    // No line has called: the agent's will, when it has answered.
    origin: { kind: 'line', lineId: '', userId: undefined, number: caller.number, name: caller.name, dialed },
    account: { partitionId: snapshot.partitionId, accountId, recordId: newUuid() },
    question,
    clickToCall: { toSessionId: newUuid(), recordId: newUuid(), lineIds: [], hunt: question, shownNumber: calledNumber },
  }
}
