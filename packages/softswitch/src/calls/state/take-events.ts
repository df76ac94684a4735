import type { TakeVerdict } from '@dialtone/call-routing'
import { callFailure } from '../call-failure.ts'
import type { CallEvent } from './call-event.ts'
import { act, go } from './call-state.ts'
import type { CallState, Step } from './call-state.ts'
import { closeCall, endSetup } from './end-call.ts'
import { changeTransfer, partyOf } from './transfer-state.ts'

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>

/** The caller's INVITE is for a call that is there already: it is offered to that one, which answers or refuses it. */
export function beginTake(step: Step, changes: Partial<CallState>, { from }: TakeVerdict, atMs: number): Step {
  const { callerLeg, offer } = step.state
  const party = partyOf(step.state, 'caller')
  // Whoever was transferred here, or called by a click, has no INVITE that could be answered elsewhere.
  if (callerLeg !== 'early' || party === undefined) return endSetup(go(step, changes), { atMs, failure: callFailure('NothingToTake'), hangupBy: 'system' })
  if (offer === undefined) return endSetup(go(step, changes), { atMs, failure: callFailure('BadSessionDescription'), hangupBy: 'system' })
  return act(go(step, changes), { type: 'offerCaller', from, party, sdp: offer })
}

/** The other call has answered: this one was only the way there, and the other one's records tell of it. */
export function onTaken(step: Step, { atMs }: Of<'taken'>): Step {
  if (step.state.phase !== 'setup') return step
  const gone = changeTransfer(go(step, { callerLeg: 'over' }), { recordsMoved: true })
  return closeCall(gone, atMs, { disposition: 'ANSWERED', statusCode: 200, hangupBy: 'caller', code: 'TookAnotherCall' }, undefined)
}

/** By the status the other call refused with. That it is busy with somebody else (491) says nothing to who has dialed a code: there is nothing to be had. */
const REFUSALS: Readonly<Record<number, string>> = { 403: 'EmergencyCall', 488: 'NoCommonCodec' }

export function onTakeRefused(step: Step, { atMs, statusCode }: Of<'takeRefused'>): Step {
  if (step.state.phase !== 'setup') return step
  // The caller gave up while the other call was asking its own party.
  if (statusCode === 487) return endSetup(go(step, { callerLeg: 'over' }), { atMs, failure: callFailure('CallerCancelled'), hangupBy: 'caller' })
  return endSetup(step, { atMs, failure: callFailure(REFUSALS[statusCode] ?? 'NothingToTake'), hangupBy: 'system' })
}
