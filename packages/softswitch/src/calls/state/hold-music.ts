import type { CallSide } from './call-event.ts'
import { act } from './call-state.ts'
import type { CallState, Step } from './call-state.ts'
import { directionIn, isHold, isListening } from './hold-direction.ts'
import type { Direction } from './hold-direction.ts'
import { isMixed } from './mix-state.ts'
import { otherSide, partyOf } from './transfer-state.ts'

/**
 * Who is held hears the music of the holder's account, from our own end: the holder's phone need not play any. Only phones of ours hold so; a
 * carrier that sends nothing has music of its own, and who calls for help is not played to.
 */
export function hearsMusic(state: CallState, side: CallSide): boolean {
  const holder = otherSide(side)
  const [own, others] = [state.descriptions[side], state.descriptions[holder]]
  if (own === undefined || others === undefined || !hasMusicOf(state, holder)) return false
  return isHold(others) && isListening(own)
}

function hasMusicOf(state: CallState, holder: CallSide): boolean {
  const { phase, callerLeg, hasHoldMusic, emergency } = state
  const isTalk = hasHoldMusic === true && phase === 'talking' && callerLeg === 'answered' && emergency === undefined && !isMixed(state)
  return isTalk && partyOf(state, holder)?.kind === 'line'
}

/** The music begins again after every answer: what was agreed has put an end to it. */
export function playHoldMusic(step: Step): Step {
  const hearers = (['caller', 'callee'] as const).filter((side) => hearsMusic(step.state, side))
  const effects = hearers.map((to) => ({ type: 'playHoldMusic', to, accountId: partyOf(step.state, otherSide(to))?.accountId ?? '' }) as const)
  return effects.length === 0 ? step : act(step, ...effects)
}

/** RFC 6337 5.3: who shall hear music is offered to listen, though the holder's `inactive` would have it deaf. */
export function offeredDirection(state: CallState, from: CallSide, sdp: string): { readonly direction?: Direction } {
  return directionIn(sdp) === 'inactive' && hasMusicOf(state, from) ? { direction: 'sendonly' } : {}
}

/** The answer as the asker has to hear it: it fits its own offer (RFC 3264 6.1), and leaves it the music. */
export function answeredDirection(state: CallState, asker: CallSide, offer: string | undefined, answer: string): { readonly direction?: Direction } {
  if (offer === undefined) return {}
  if (directionIn(offer) === 'inactive' && hasMusicOf(state, asker)) return { direction: 'inactive' }
  return directionIn(answer) === 'inactive' && isListening(offer) && hasMusicOf(state, otherSide(asker)) ? { direction: 'sendonly' } : {}
}
