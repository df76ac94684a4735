import type { RouteVerdict } from '@dialtone/call-routing'
import { callFailure } from '../call-failure.ts'
import { startLimitTimer } from './authorize-call.ts'
import type { CallEvent, FaxCall } from './call-event.ts'
import { act, go, MAX_HOPS, startTimer } from './call-state.ts'
import type { CallState, Step } from './call-state.ts'
import { endSetup } from './end-call.ts'
import { beginService } from './service-events.ts'

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>

/** Nobody has called: the platform does, to send a fax to whoever answers. */
export function startFaxCall(step: Step, faxCall: FaxCall): Step {
  const { question, trail } = step.state
  return go(step, { faxCall, callerLeg: 'over', awaitsAnswerOf: undefined }, { type: 'askRoute', question, trail, hopLimit: MAX_HOPS })
}

type OwnVerdict = Extract<RouteVerdict, { kind: 'take' | 'serve' }>

/** The platform itself would answer: as a virtual fax line it is a fax machine as any other, as anything else it is none. */
export function answerFaxCall(step: Step, changes: Partial<CallState>, decision: OwnVerdict, atMs: number): Step {
  if (decision.kind === 'serve' && decision.service.kind === 'fax') return beginService(step, changes, decision, atMs)
  return endSetup(go(step, changes), { atMs, failure: callFailure('DestinationNotAvailable'), hangupBy: 'system' })
}

/** Somebody has answered: now our fax machine has the word. */
export function beginFax(step: Step, { atMs, sdp }: Of<'legAnswered'>): Step {
  const begun = act(step, { type: 'sendFax', sdp }, { type: 'checkpointRecords' })
  return startLimitTimer(startTimer(begun, 'maxCall', step.state.times.maxCallMs), atMs)
}

/** The other end asks for T.38, or for something else; one that wants our offer gets none: it has one at the time of the fax. */
export function onFaxReinvite(step: Step, { side, sdp }: Of<'reinvite'>): Step {
  if (sdp === undefined) return act(step, { type: 'rejectReinvite', to: side, statusCode: 488 })
  return go(step, { descriptions: { ...step.state.descriptions, [side]: sdp } }, { type: 'answerInMix', to: side, sdp })
}
