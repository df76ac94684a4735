import type { CallState } from './call-state.ts'
import { partyOf } from './transfer-state.ts'

/** Whether the user takes part in the call at one of its phones: calling from the first digit on, called from the answer on. */
export function isInCall(state: CallState, userId: string): boolean {
  const { phase, callerLeg } = state
  if (phase === 'over') return false
  const isCalling = callerLeg !== 'over' && callerLeg !== 'lent' && partyOf(state, 'caller')?.userId === userId
  if (isCalling) return true
  const callee = phase === 'talking' ? partyOf(state, 'callee') : undefined
  return callee?.kind === 'line' && callee.userId === userId
}
