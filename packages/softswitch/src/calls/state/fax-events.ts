import type { CallEvent } from './call-event.ts'
import { act, go } from './call-state.ts'
import type { CallState, Step } from './call-state.ts'
import { isServed } from './service-state.ts'

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>

const NO_FAX = { isOffered: false, isAgreed: false } as const
const REQUEST_PENDING = 491

/** The fax machine has called its tone: now the caller is offered T.38, unless it asked for that itself. */
export function onFaxWanted(step: Step): Step {
  const { fax = NO_FAX, awaitsAnswerOf } = step.state
  const isReceived = isServed(step.state) && step.state.service?.order.kind === 'fax'
  if (!isReceived && (step.state.faxCall === undefined || step.state.phase !== 'talking')) return step
  if (fax.isAgreed) return act(step, { type: 'tellServiceOfFax' })
  // Our offer of speech is not answered yet: who has not done so in seconds is no fax machine.
  if (awaitsAnswerOf !== undefined) return onFaxRefused(step, { statusCode: REQUEST_PENDING })
  return go(step, { fax: { ...fax, isOffered: true } }, { type: 'offerFax' })
}

/** The answer to our offer of T.38. @returns undefined when there was none */
export function onFaxAnswered(step: Step, { side, sdp }: Of<'reinviteAnswered'>): Step | undefined {
  if (!awaitsFaxAnswer(step.state, side)) return undefined
  return go(step, { fax: NO_FAX, descriptions: { ...step.state.descriptions, [side]: sdp } }, { type: 'acceptFax', sdp })
}

/** @returns undefined when there was none */
export function onFaxOfferRejected(step: Step, { side, statusCode }: Of<'reinviteRejected'>): Step | undefined {
  return awaitsFaxAnswer(step.state, side) ? onFaxRefused(step, { statusCode }) : undefined
}

export function onFaxAgreed(step: Step): Step {
  return go(step, { fax: { ...(step.state.fax ?? NO_FAX), isOffered: false, isAgreed: true } }, { type: 'tellServiceOfFax' })
}

export function onFaxRefused(step: Step, { statusCode }: Pick<Of<'faxRefused'>, 'statusCode'>): Step {
  return go(step, { fax: { ...(step.state.fax ?? NO_FAX), isOffered: false } }, { type: 'tellServiceOfFax', refusedWith: statusCode })
}

/** It is heard also after the call: the record waits for it. */
export function onFaxReceived(step: Step, { type: _type, atMs: _atMs, ...facts }: Of<'faxReceived'>): Step {
  return go(step, { fax: { ...(step.state.fax ?? NO_FAX), received: facts } })
}

/** Of a fax that we called to send. */
export function onFaxSent(step: Step, { type: _type, atMs: _atMs, ...facts }: Of<'faxSent'>): Step {
  return go(step, { fax: { ...(step.state.fax ?? NO_FAX), sent: facts } })
}

function awaitsFaxAnswer({ fax, faxCall }: CallState, side: 'caller' | 'callee'): boolean {
  return side === (faxCall === undefined ? 'caller' : 'callee') && fax?.isOffered === true
}
