import type { CallSide } from './call-event.ts'
import { act, go } from './call-state.ts'
import type { CallState, Step } from './call-state.ts'
import { partyOf } from './transfer-state.ts'
import type { Party } from './transfer-state.ts'

/** Calls that joined this one (RFC 3911): the one leg of each is in a mix with the legs of this call. The mix has the call's session id. */
export interface MixState {
  readonly joined: readonly string[]
  /** A side was described anew to our own end since: it cannot be relayed to the other one again without an offer. */
  readonly renegotiated: boolean
}

/** Whether legs of the call talk to a mix, and what they offer is answered here. */
export function isMixed(state: CallState): boolean {
  return state.mix !== undefined || state.joins !== undefined
}

/** Whether only its own two parties talk in the mix, though supervisors may listen: they can be taken out of it again. */
export function isOfTwo({ mix, joins }: CallState): boolean {
  return joins === undefined && mix?.joined.length === 0
}

/** Whether somebody is at that side. */
export function isThere(state: CallState, side: CallSide): boolean {
  if (side === 'caller') return state.callerLeg === 'answered'
  return state.legs.some((leg) => leg.id === state.winnerId && leg.phase === 'answered')
}

/** How many hear each other in the call and the ones that joined it. */
export function partyCount(state: CallState): number {
  return (isThere(state, 'caller') ? 1 : 0) + (isThere(state, 'callee') ? 1 : 0) + (state.mix?.joined.length ?? 0)
}

/**
 * Why a line may not join the call at that leg: a code of call-failure.ts. Only calls of its own account exist for it, as with Replaces; and
 * nobody listens to a call for help.
 */
export function joinRefusal(state: CallState, side: CallSide, party: Party): string | undefined {
  const named = isThere(state, side) ? partyOf(state, side) : undefined
  if (state.phase !== 'talking' || named?.kind !== 'line' || named.accountId !== party.accountId) return 'NoSuchDialog'
  return state.emergency === undefined ? undefined : 'EmergencyCall'
}

/** Whether the call itself could take somebody in now. */
export function mixRefusal({ phase, mix, reinviteFrom, awaitsAnswerOf, transfer }: CallState): string | undefined {
  if (phase !== 'talking') return 'NoSuchDialog'
  const isBusy = reinviteFrom ?? transfer.referral ?? transfer.takeover ?? transfer.renegotiation ?? (mix === undefined ? awaitsAnswerOf : undefined)
  return isBusy === undefined ? undefined : 'DialogBusy'
}

/** The call ends: those who joined it are told, or the call this one had joined. */
export function endMix(step: Step): Step {
  const { mix, awaitedBy, sessionId, attendants = [] } = step.state
  // Which call this one had joined, or whose caller listened to it.
  const joins = step.state.joins ?? step.state.attends
  if (mix === undefined && joins === undefined && awaitedBy === undefined && attendants.length === 0) return step
  let next = mix === undefined ? step : go(step, { mix: undefined })
  const joining = awaitedBy === undefined ? [] : [awaitedBy]
  for (const joined of new Set([...(mix?.joined ?? []), ...joining, ...attendants]))
    next = act(next, { type: 'tellCall', sessionId: joined, message: { type: 'mixOver', bySessionId: sessionId } })
  return joins === undefined ? next : act(next, { type: 'tellCall', sessionId: joins, message: { type: 'joinedCallOver', bySessionId: sessionId } })
}
