import { callFailure } from '../call-failure.ts'
import { isAttended, onAttendAnswered, onAttendantLeft, onAttendedCallOver, withAttendant, withoutAttendant } from './attend-events.ts'
import { endWithinLimits } from './authorized-limits.ts'
import type { CallEvent, CallSide } from './call-event.ts'
import { act, go, legOf, startTimer, stopTimers } from './call-state.ts'
import type { CallState, Step } from './call-state.ts'
import { byeLeg, endSetup, endTalk } from './end-call.ts'
import type { TalkEnd } from './end-call.ts'
import { isThere, mixRefusal, partyCount } from './mix-state.ts'
import { changeTransfer, partyOf } from './transfer-state.ts'

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>

/*
 * Join (RFC 3911): whoever joins makes a call of its own, with one leg and one record, whose media goes into a mix with the legs of the call it
 * named. That call is the host: it knows who is in, and ends what has become a soliloquy.
 */

/** To the host: somebody asks to be let in. */
export function onJoinAsked(asked: Step, { bySessionId, accountId, attends }: Of<'joinAsked'>): Step {
  const step = accountId === undefined ? asked : go(asked, { joinedBy: { ...asked.state.joinedBy, [bySessionId]: accountId } })

  // Nobody listens to a call for help (47 CFR 9.11), and nobody is listened to who came after the notice.
  const isUntold = attends !== true && isAttended(step.state) ? 'DialogBusy' : undefined
  const code = step.state.emergency === undefined ? (mixRefusal(step.state) ?? isUntold) : 'EmergencyCall'
  if (code !== undefined) return refuse(step, bySessionId, code)
  return act(attends === true ? withAttendant(step, bySessionId) : step, { type: 'openMix', forSessionId: bySessionId })
}

function refuse(step: Step, sessionId: string, code: string): Step {
  return act(withoutAttendant(step, sessionId), { type: 'tellCall', sessionId, message: { type: 'joinRefused', bySessionId: step.state.sessionId, code } })
}

/** The legs of the host are in the mix: it may come. */
export function onMixOpened(step: Step, { forSessionId }: Of<'mixOpened'>): Step {
  const { mix, sessionId, attendants } = step.state
  const coming = attendants?.includes(forSessionId) === true ? [] : [forSessionId]
  const opened = { joined: [...(mix?.joined ?? []), ...coming], renegotiated: mix?.renegotiated ?? false }
  return go(step, { mix: opened }, { type: 'tellCall', sessionId: forSessionId, message: { type: 'joinGranted', bySessionId: sessionId } })
}

/** Media that cannot be mixed as it is, of another codec or on hold, may be when each side is asked: one after the other. */
export function onMixRefused(step: Step, { forSessionId, code }: Of<'mixRefused'>): Step {
  const { mix, awaitedBy } = step.state
  if (code !== 'NoCommonCodec' || mix !== undefined || awaitedBy !== undefined) return refuse(go(step, { awaitedBy: undefined }), forSessionId, code)
  return offerOwnEnd(go(step, { awaitedBy: forSessionId }), 'caller')
}

function offerOwnEnd(step: Step, side: CallSide): Step {
  return act(changeTransfer(step, { renegotiation: { side, purpose: 'mix' } }), { type: 'offerOwnEnd', to: side })
}

/** A side talks to our own end: the other one is asked too, then whoever waits is let in. */
export function onOwnEndAnswered(step: Step, side: CallSide, sdp: string): Step {
  const { awaitedBy } = step.state
  const accepted = act(step, { type: 'acceptInMix', from: side, sdp })
  if (side === 'caller' || awaitedBy === undefined) return offerOwnEnd(accepted, 'callee')
  return go(accepted, { awaitedBy: undefined, mix: { joined: [], renegotiated: true } }, { type: 'openMix', forSessionId: awaitedBy })
}

/** It stays with what it has: nobody is let in. */
export function onOwnEndRefused(step: Step): Step {
  const { awaitedBy } = step.state
  return awaitedBy === undefined ? step : refuse(go(step, { awaitedBy: undefined }), awaitedBy, 'NoCommonCodec')
}

/** To the call that joins: in it goes, and is answered. */
export function onJoinGranted(step: Step, { bySessionId }: Of<'joinGranted'>): Step {
  const attending = onAttendAnswered(step, bySessionId, true)
  if (attending !== undefined) return attending
  return step.state.phase === 'setup' && step.state.joins === bySessionId ? act(step, { type: 'enterMix', mixId: bySessionId }) : step
}

export function onJoinRefused(step: Step, { atMs, bySessionId, code }: Of<'joinRefused'>): Step {
  const attending = onAttendAnswered(step, bySessionId, false)
  if (attending !== undefined) return attending
  return step.state.phase === 'setup' ? endSetup(step, { atMs, failure: callFailure(code), hangupBy: 'system' }) : step
}

export function onMixEntered(step: Step, { atMs }: Of<'mixEntered'>): Step {
  const talking = go(stopTimers(step, 'maxRing'), { phase: 'talking', callerLeg: 'answered', answeredAtMs: atMs }, { type: 'checkpointRecords' })
  return startTimer(talking, 'maxCall', step.state.times.maxCallMs)
}

/** The host is over, or nobody else is left there. */
export function onMixOver(step: Step, { atMs, bySessionId }: Of<'mixOver'>): Step {
  const { phase, joins } = step.state
  const attended = onAttendedCallOver(step, bySessionId, atMs)
  if (attended !== undefined) return attended
  if (joins !== bySessionId) return step
  if (phase === 'setup') return endSetup(step, { atMs, failure: callFailure('NoSuchDialog'), hangupBy: 'system' })
  return phase === 'talking' ? endTalk(step, { atMs, hangupBy: 'system', code: 'MixOver' }) : step
}

/** To the host: one that joined has left. The two it leaves behind talk on as before; one alone is hung up. */
export function onJoinedCallOver(step: Step, { atMs, bySessionId }: Of<'joinedCallOver'>): Step {
  const { mix, phase } = step.state
  const attended = onAttendantLeft(step, bySessionId)
  if (attended !== undefined) return attended
  if (phase !== 'talking' || mix?.joined.includes(bySessionId) !== true) return step
  const joined = mix.joined.filter((sessionId) => sessionId !== bySessionId)
  const left = go(step, { mix: { ...mix, joined } })
  if (partyCount(left.state) < 2) return endTalk(left, { atMs, hangupBy: 'system', code: 'MixOver' })
  const next = endOwnTalk(left, { atMs, hangupBy: 'caller' })
  // Once our own end has described itself to a side the two stay in their mix: they hear the same, and nobody is asked again.
  return joined.length > 0 || mix.renegotiated || isAttended(next.state) ? next : go(next, { mix: undefined }, { type: 'closeMix' })
}

/** A leg of the host has left. @returns undefined when nobody has joined the call, and it ends as any other */
export function onMixedPartyLeft(step: Step, side: CallSide, end: TalkEnd): Step | undefined {
  const { state } = step
  if ((state.mix?.joined.length ?? 0) === 0) return undefined
  if (partyCount(state) < 2) return endTalk(step, end)
  return endOwnTalk(go(step, { awaitsAnswerOf: undefined }, { type: 'releaseSide', side }), end)
}

/** The records of the host are about its own legs: they end with the one that costs, or with the last who pays for it, and nothing is reserved any more. */
function endOwnTalk(step: Step, { atMs, hangupBy }: Pick<TalkEnd, 'atMs' | 'hangupBy'>): Step {
  const { state } = step
  if (state.talkEnded !== undefined || !isOwnTalkOver(state)) return step
  return go(step, { talkEnded: { atMs: endWithinLimits(state, atMs), hangupBy } }, { type: 'settleLegs' })
}

/** Between a line and a carrier or another account it is over without either; where a line calls, a colleague of the caller may be there in its place. */
function isOwnTalkOver(state: CallState): boolean {
  const [caller, callee] = [partyOf(state, 'caller'), partyOf(state, 'callee')]
  const [isCallerThere, isCalleeThere] = [isThere(state, 'caller'), isThere(state, 'callee')]
  if (isCallerThere === isCalleeThere) return !isCallerThere
  if (caller?.kind === 'carrier') return !isCallerThere || callee?.kind === 'carrier'
  // Within an account nobody pays, unless others have brought the call back there.
  if (callee?.kind === 'line' && callee.accountId === caller?.accountId && state.accounts.length === 1) return false
  const { joinedBy = {}, mix } = state
  return !isCalleeThere || !(mix?.joined.some((sessionId) => joinedBy[sessionId] === caller?.accountId) ?? false)
}

/** A leg of the host went silent: of three the other two go on. @returns undefined when nobody has joined the call */
export function onMixedPartySilent(step: Step, side: CallSide, end: TalkEnd): Step | undefined {
  const { state } = step
  if ((state.mix?.joined.length ?? 0) === 0) return undefined
  if (!isThere(state, side)) return step
  const reason = end.reason ?? ''
  const winner = side === 'callee' ? legOf(state, state.winnerId ?? '') : undefined
  const gone = winner === undefined ? go(step, { callerLeg: 'over' }, { type: 'byeCaller', reason }) : byeLeg(step, winner.id, reason)
  return onMixedPartyLeft(gone, side, end)
}

/** Hold, resume, a codec change of a leg in the mix is its own affair: answered here, the others are not asked. */
export function onMixedReinvite(step: Step, { side, sdp }: Of<'reinvite'>): Step {
  const { mix, awaitsAnswerOf, descriptions } = step.state
  if (awaitsAnswerOf !== undefined) return act(step, { type: 'rejectReinvite', to: side, statusCode: 491 })
  const renegotiated = mix === undefined ? {} : { mix: { ...mix, renegotiated: true } }
  if (sdp === undefined) return go(step, { ...renegotiated, awaitsAnswerOf: side }, { type: 'offerInMix', to: side })
  return go(step, { ...renegotiated, descriptions: { ...descriptions, [side]: sdp } }, { type: 'answerInMix', to: side, sdp })
}
