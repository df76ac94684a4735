import { offersFax } from '@dialtone/media'
import type { FaxFacts } from '../ports/call-record.ts'
import type { FaxResult } from '../services/fax-reception.ts'
import type { CallContext, PendingReinvite } from './call-context.ts'
import { describeToParty, legOfSide } from './describe-to-party.ts'
import { mediaTermsOf } from './media-terms-of.ts'
import { mediaSide, signalledFrom } from './perform-media.ts'
import type { CallSide } from './state/call-event.ts'

const NOT_ACCEPTABLE = 488
const METRES_PER_INCH = 0.0254

/** Whether a description is T.38 for the fax machine that has the caller: everybody else is offered none. */
export function isFaxFor({ state }: CallContext, sdp: string): boolean {
  return (state.service?.order.kind === 'fax' || state.faxCall !== undefined) && offersFax(sdp)
}

/** Who is at the other end of our fax machine. */
function otherEndOf({ state }: CallContext): CallSide {
  return state.faxCall === undefined ? 'caller' : 'callee'
}

/** T.38 in place of the caller's speech (ITU-T T.38 annex D). */
export function offerFax(call: CallContext): void {
  const side = otherEndOf(call)
  const offer = call.session?.fax.offer(mediaSide(side))
  if (offer?.ok !== true) return call.dispatch({ type: 'faxRefused', statusCode: NOT_ACCEPTABLE })
  return legOfSide(call, side)?.reinvite(describeToParty(call, side, offer.value))
}

/** The caller's answer to that. */
export function acceptFax(call: CallContext, sdp: string): void {
  const side = otherEndOf(call)
  const accepted = call.session?.fax.accept(mediaSide(side), sdp, mediaTermsOf(call, side), signalledFrom(call, side))
  return call.dispatch(accepted?.ok === true ? { type: 'faxAgreed' } : { type: 'faxRefused', statusCode: NOT_ACCEPTABLE })
}

/** The caller asks for T.38 itself: an offer of ours that waits for its time is not needed any more. */
export function answerFax(call: CallContext, sdp: string, pending: PendingReinvite | undefined): void {
  const side = otherEndOf(call)
  legOfSide(call, side)?.giveWay()
  const answered = call.session?.fax.answer(mediaSide(side), sdp, mediaTermsOf(call, side), signalledFrom(call, side))
  if (answered?.ok !== true) return pending?.reject(NOT_ACCEPTABLE)
  pending?.answer(describeToParty(call, side, answered.value))
  return call.dispatch({ type: 'faxAgreed' })
}

function resolutionOf(pages: Extract<FaxResult, { kind: 'ended' }>['pages']): string | undefined {
  const page = pages.at(-1)
  const dots = (perMetre: number): number => Math.round(perMetre * METRES_PER_INCH)
  return page === undefined ? undefined : `${dots(page.columnsPerMetre)}x${dots(page.rowsPerMetre)}`
}

/** What is told of a fax: counts and why it ended, nothing of what was on it. */
export function faxFactsOf(result: FaxResult): FaxFacts {
  if (result.kind === 'refused')
    return { code: 'Refused', pageCount: 0, badRows: 0, sizeBytes: 0, bitRate: undefined, hasCorrection: false, isSound: false, resolution: undefined }
  const { end, pages } = result
  const sum = (count: (page: (typeof pages)[number]) => number): number => pages.reduce((total, page) => total + count(page), 0)
  return {
    ...{ code: end.reason, pageCount: pages.length, badRows: sum((page) => page.badRows), sizeBytes: sum((page) => page.sizeBytes) },
    ...{ bitRate: end.bitRate, hasCorrection: end.hasCorrection, isSound: end.isSound, resolution: resolutionOf(pages) },
  }
}
