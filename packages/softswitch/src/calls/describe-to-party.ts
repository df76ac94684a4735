import type { CallContext } from './call-context.ts'
import type { CallSide } from './state/call-event.ts'

/** The last touch on a session description before a side gets it: a leg that came from another call sees its old session go on. */
export function describeToParty(call: CallContext, side: CallSide, description: string): string {
  const text = call.origins[side]?.continue(description) ?? description
  call.lastSent[side] = text
  return text
}

/** The leg at a side: of the called ones, the one that answered. */
export function legOfSide(call: CallContext, side: CallSide) {
  return side === 'caller' ? call.caller?.leg : call.legs.get(call.state.winnerId ?? '')?.leg
}

export function takeReinvite(call: CallContext, side: CallSide) {
  const pending = call.reinvites[side]
  call.reinvites[side] = undefined
  return pending
}
