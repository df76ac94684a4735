import type { CallEvent, ClickToCall, RouteQuestion } from './call-event.ts'
import { act, go, MAX_HOPS } from './call-state.ts'
import type { Step } from './call-state.ts'
import { handOver } from './refer-events.ts'
import { changeTransfer, partyOf, RECALL_RING_MS, withoutDirection } from './transfer-state.ts'
import type { Party } from './transfer-state.ts'

type Started = Extract<CallEvent, { type: 'started' }>

/** Nobody has called: the line's own phones ring, and are shown what they will be connected with. */
export function startClickToCall(step: Step, { origin, account }: Started, clickToCall: ClickToCall): Step {
  const { partitionId, accountId } = account
  if (clickToCall.hunt !== undefined) return huntFirst(step, clickToCall, clickToCall.hunt)
  const line = origin.kind === 'line' ? { lineId: origin.lineId, userId: origin.userId } : { lineId: undefined, userId: undefined }
  const identity = { number: origin.number, name: origin.name, anonymous: false }
  const transferor: Party = { kind: 'line', ...line, partitionId, accountId, identity }
  const caller: Party = { ...transferor, identity: { number: origin.dialed, name: '', anonymous: false } }
  const asked = { type: 'askRecall', transferor, caller, timeoutMs: RECALL_RING_MS, lineIds: clickToCall.lineIds } as const
  // As for a recall: when they do not answer there is nobody left to ask for.
  return changeTransfer(go(step, { clickToCall, callerLeg: 'over' }, asked), { recalled: true })
}

/** Whoever the routing finds rings first. When nobody answers the call is over: nobody waits on the line. */
function huntFirst(step: Step, clickToCall: ClickToCall, question: RouteQuestion): Step {
  const { trail } = step.state
  return go(step, { clickToCall, callerLeg: 'over' }, { type: 'askRoute', question, trail, hopLimit: MAX_HOPS })
}

/** One of the own phones has answered: it goes to a call of its own, in which its line dials. */
export function onOwnPhoneAnswered(step: Step, atMs: number, { toSessionId, recordId, shownNumber, goesTo }: ClickToCall): Step {
  const { sessionId, origin, descriptions } = step.state
  const party = partyOf(step.state, 'callee')
  if (party === undefined) return step
  const transfer = {
    fromSessionId: sessionId,
    transferor: party,
    transferee: party,
    depth: 1,
    isClickToCall: true,
    ...(shownNumber === undefined ? {} : { shownNumber }),
  } as const
  const offer = withoutDirection(descriptions.callee ?? '')
  const begin = {
    type: 'beginTransfer',
    sessionId: toSessionId,
    recordId,
    dialed: origin.dialed,
    offer,
    transfer,
    ...(goesTo === undefined ? {} : { to: goesTo }),
  } as const
  return handOver(changeTransfer(act(step, begin), { referral: { side: 'caller', toSessionId } }), atMs, 'caller', false)
}
