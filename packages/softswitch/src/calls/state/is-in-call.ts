import type { CallState } from './call-state.ts'
import { partyOf } from './transfer-state.ts'

/** Somebody's part in a call that he is about to leave. */
export interface Leaving {
  readonly sessionId: string
  readonly userId: string | undefined
}

/** Of a call that a transfer has begun: whoever transfers leaves the one it comes from. */
export function leavingOf({ transfer: { origin } }: Pick<CallState, 'transfer'>): Leaving | undefined {
  return origin === undefined ? undefined : { sessionId: origin.fromSessionId, userId: origin.transferor.userId }
}

/** Whether the user takes part in the call at one of its phones: calling from the first digit on, called from the answer on. */
export function isInCall(state: CallState, userId: string, leaving?: Leaving): boolean {
  const { phase, callerLeg, sessionId } = state
  if (phase === 'over' || (leaving?.sessionId === sessionId && leaving.userId === userId)) return false
  const isCalling = callerLeg !== 'over' && callerLeg !== 'lent' && partyOf(state, 'caller')?.userId === userId
  if (isCalling) return true
  const callee = phase === 'talking' ? partyOf(state, 'callee') : undefined
  return callee?.kind === 'line' && callee.userId === userId
}
