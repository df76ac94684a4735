import { callFailure } from '../call-failure.ts'
import type { CallEffect } from './call-effect.ts'
import type { CallEvent } from './call-event.ts'
import { act, go } from './call-state.ts'
import type { CallState, Step } from './call-state.ts'
import { endSetup, NORMAL_CLEARING } from './end-call.ts'
import { isOfTwo } from './mix-state.ts'
import { isServed } from './service-state.ts'

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>

/*
 * A supervisor listens to a call: his own call is served by a program, and asks the other one to put its legs into its mix, as a call that joins would
 * (RFC 3911). He is no party of it: when one of the two who talk leaves, it is over for all.
 */

/** The program wants its caller to be with another call. */
export function onServiceAttends(step: Step, { toSessionId }: Of<'serviceAttends'>): Step {
  const { service, sessionId, attends } = step.state
  if (!isServed(step.state) || service?.phase !== 'running' || attends !== undefined) return step
  const message = { type: 'joinAsked', bySessionId: sessionId, attends: true } as const
  return go(step, { attends: toSessionId }, { type: 'tellCall', sessionId: toSessionId, message })
}

/** The other call has answered. @returns undefined when this one does not attend it */
export function onAttendAnswered(step: Step, bySessionId: string, isGranted: boolean): Step | undefined {
  if (step.state.attends !== bySessionId) return undefined
  const told = { type: 'tellServiceOfMix', mixId: isGranted ? bySessionId : undefined } as const
  return isGranted ? act(step, told) : go(step, { attends: undefined }, told)
}

/** It is over. @returns undefined when this one does not attend it */
export function onAttendedCallOver(step: Step, bySessionId: string, atMs: number): Step | undefined {
  if (step.state.attends !== bySessionId) return undefined
  const left = go(step, { attends: undefined })
  return step.state.phase === 'setup' ? endSetup(left, { atMs, failure: callFailure('ServiceOver'), hangupBy: 'system', reason: NORMAL_CLEARING }) : left
}

/** To the call that is listened to: a supervisor has left. @returns undefined when it was no supervisor */
export function onAttendantLeft(step: Step, bySessionId: string): Step | undefined {
  const { attendants, mix } = step.state
  if (attendants?.includes(bySessionId) !== true) return undefined
  const left = withoutAttendant(step, bySessionId)
  const isAlone = mix?.joined.length === 0 && !mix.renegotiated && !isAttended(left.state)
  return isAlone ? go(left, { mix: undefined }, { type: 'closeMix' }) : left
}

/** Somebody else takes a place among the two: whoever listened leaves, as nobody is heard who came after the notice, and the two talk by themselves again. */
export function endAttendance(step: Step): Step {
  const { sessionId, attendants = [] } = step.state
  if (!isOfTwo(step.state)) return step
  const over = (one: string): CallEffect => ({ type: 'tellCall', sessionId: one, message: { type: 'mixOver', bySessionId: sessionId } })
  return go(step, { mix: undefined, attendants: [] }, { type: 'closeMix' }, ...attendants.map(over))
}

export function isAttended({ attendants = [] }: CallState): boolean {
  return attendants.length > 0
}

export function withAttendant(step: Step, sessionId: string): Step {
  return go(step, { attendants: [...(step.state.attendants ?? []), sessionId] })
}

export function withoutAttendant(step: Step, sessionId: string): Step {
  const { attendants } = step.state
  return attendants === undefined ? step : go(step, { attendants: attendants.filter((one) => one !== sessionId) })
}
