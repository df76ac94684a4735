import { routingFailure } from '../call-failure.ts'
import type { CallEvent } from './call-event.ts'
import { go } from './call-state.ts'
import type { Step } from './call-state.ts'

/**
 * The call has ended, and the answer to its caller never went out: a 2xx waits for the PRACK of early media (RFC 3262 3). The
 * record says what the caller heard.
 */
export function onCallerUnanswered(step: Step, event: Extract<CallEvent, { type: 'callerUnanswered' }>): Step {
  const { phase, outcome, transfer } = step.state
  if (phase !== 'over' || outcome?.disposition !== 'ANSWERED' || transfer.guests.caller?.wasAnswered === true) return step
  const { disposition, statusCode } = routingFailure('AnswerNotSent', event.statusCode, '')
  return go(step, { answeredAtMs: undefined, outcome: { ...outcome, disposition, statusCode } })
}
