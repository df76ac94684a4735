import type { OtherCall, RingingCall } from '@dialtone/call-routing'
import type { CallState } from './state/call-state.ts'
import { isMixed } from './state/mix-state.ts'
import { referralRefusal } from './state/refer-events.ts'
import { otherSide, partyOf } from './state/transfer-state.ts'

const SIDES = ['caller', 'callee'] as const
/** What a transfer of the other party would be refused by does not depend on where it goes. */
const SOMEWHERE = { kind: 'blind', dialed: '', toSessionId: '', recordId: '' } as const

/** The call a line talks in, whose other party could be sent on now: one on hold rather than another, the last one first. */
export function otherCallOf(calls: Iterable<CallState>, lineId: string): OtherCall | undefined {
  const found = [...calls].flatMap((state) => {
    const side = state.phase === 'talking' ? SIDES.find((one) => partyOf(state, one)?.lineId === lineId) : undefined
    if (side === undefined || referralRefusal(state, { side, referral: SOMEWHERE }) !== undefined) return []
    return [{ sessionId: state.sessionId, side, isHeld: isHeldBy(state, side), startedAtMs: state.startedAtMs }]
  })
  const [best] = found.toSorted((one, other) => Number(other.isHeld) - Number(one.isHeld) || other.startedAtMs - one.startedAtMs)
  return best === undefined ? undefined : { sessionId: best.sessionId, side: best.side }
}

/** RFC 3264 8.4. */
function isHeldBy({ descriptions }: CallState, side: (typeof SIDES)[number]): boolean {
  return /^a=(?:sendonly|inactive)\r?$/m.test(descriptions[side] ?? '') || /^a=(?:recvonly|inactive)\r?$/m.test(descriptions[otherSide(side)] ?? '')
}

/** What rings at one of the lines, and could be answered elsewhere: the call that began first. */
export function ringingAt(calls: Iterable<CallState>, lineIds: readonly string[]): RingingCall | undefined {
  const wanted = new Set(lineIds)
  const found = [...calls].flatMap((state) => {
    const { phase, callerLeg, emergency, attempt, sessionId, startedAtMs } = state
    // A transferee that is still in another call is answered there first.
    if (phase !== 'setup' || emergency !== undefined || (callerLeg !== 'early' && callerLeg !== 'waiting')) return []
    const leg = state.legs.find(
      (one) => one.attempt === attempt?.number && (one.phase === 'starting' || one.phase === 'ringing') && wanted.has(one.plan.lineId ?? ''),
    )
    return leg?.plan.lineId === undefined ? [] : [{ sessionId, legId: leg.id, lineId: leg.plan.lineId, startedAtMs }]
  })
  const [first] = found.toSorted((one, other) => one.startedAtMs - other.startedAtMs)
  return first === undefined ? undefined : { sessionId: first.sessionId, legId: first.legId, lineId: first.lineId }
}

/** The call somebody talks in at one of the lines, if another phone could take his place now (RFC 3891 3): the last one first. */
export function talkAt(calls: Iterable<CallState>, lineIds: readonly string[]): OtherCall | undefined {
  const found = [...calls].flatMap((state) => {
    const { phase, callerLeg, emergency, reinviteFrom, transfer, sessionId, startedAtMs } = state
    const isBusy = reinviteFrom !== undefined || transfer.referral !== undefined || transfer.takeover !== undefined || transfer.renegotiation !== undefined
    if (phase !== 'talking' || callerLeg !== 'answered' || emergency !== undefined || isBusy || isMixed(state)) return []
    const side = SIDES.find((one) => lineIds.includes(partyOf(state, one)?.lineId ?? ''))
    return side === undefined ? [] : [{ sessionId, side, startedAtMs }]
  })
  const [last] = found.toSorted((one, other) => other.startedAtMs - one.startedAtMs)
  return last === undefined ? undefined : { sessionId: last.sessionId, side: last.side }
}
