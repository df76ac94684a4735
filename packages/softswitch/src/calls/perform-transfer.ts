import type { TakenCall } from '@dialtone/call-routing'
import { CALL_PROGRESS_TONES } from '@dialtone/media'
import type { Arrival, CallContext, CallerPort, NewCallEvent } from './call-context.ts'
import { describeToParty, legOfSide } from './describe-to-party.ts'
import { listenToCaller, listenToLeg, listenToNewcomer } from './leg-listener.ts'
import { mediaTermsOf } from './media-terms-of.ts'
import { mediaSide, offerOfOwnEnd, offerOptions, relayOptions, signalledFrom } from './perform-media.ts'
import { resolveRecall } from './resolve-route.ts'
import { SessionOrigin } from './session-origin.ts'
import { shownParty } from './shown-party.ts'
import type { CallEffect } from './state/call-effect.ts'
import type { CallState } from './state/call-state.ts'
import type { CallSide } from './state/call-event.ts'
import { otherSide } from './state/transfer-state.ts'

type Of<Type extends CallEffect['type']> = Extract<CallEffect, { type: Type }>

export function acceptRefer(call: CallContext): void {
  call.referSubscription = call.refer?.accept()
  call.refer = undefined
}

export function rejectRefer(call: CallContext, statusCode: number): void {
  call.refer?.reject(statusCode)
  call.refer = undefined
}

/** The call a REFER asked for: the transferor's line dials, for somebody who is not there yet. */
export function beginTransfer(call: CallContext, effect: Of<'beginTransfer'>): void {
  const { sessionId, recordId, dialed, to, offer, transfer } = effect
  const { transferor, shownNumber } = transfer
  const { lineId = '', userId, partitionId, accountId, identity } = shownParty(call.needs, transferor)
  const dialing = { direction: 'originating', fromLineId: lineId, dialed, ...(shownNumber === undefined ? {} : { shownNumber }) } as const
  call.others.begin({
    type: 'started',
    atMs: call.needs.clock.nowMs(),
    sessionId,
    origin: { kind: 'line', lineId, userId, number: identity.number, name: identity.name, dialed },
    account: { partitionId, accountId, recordId },
    question: { accountId, call: to === undefined ? dialing : { direction: 'continuing', to, calledNumber: dialed, caller: identity } },
    offer,
    sipCallId: legOfSide(call, transferSide(call))?.callId ?? '',
    times: call.state.times,
    transfer: { ...transfer, transferee: shownParty(call.needs, transfer.transferee) },
  })
}

function transferSide(call: CallContext): CallSide {
  const side = call.state.transfer.referral?.side
  return side === undefined ? 'caller' : otherSide(side)
}

export function tellCall(call: CallContext, { sessionId, message }: Of<'tellCall'>): void {
  if (call.others.tell(sessionId, message)) return
  const gone = { bySessionId: sessionId } as const
  if (message.type === 'joinAsked') return call.dispatch({ type: 'joinRefused', bySessionId: sessionId, code: 'NoSuchDialog' })
  if (message.type === 'joinGranted') return call.dispatch({ type: 'joinedCallOver', bySessionId: sessionId })
  if (message.type === 'partyClaimed') return call.dispatch({ type: 'transferAbandoned', ...gone })
  if (message.type !== 'replacementOffered') return
  call.dispatch({ type: 'transferFailed', ...gone, statusCode: 481, reasonPhrase: 'Call/Transaction Does Not Exist' })
}

export function handOver(call: CallContext, effect: Of<'handOver'>): void {
  const { side, toSessionId, toSide, sdp, records } = effect
  const party = shownParty(call.needs, effect.party)
  const leg = legOfSide(call, side)
  if (leg === undefined) return
  const joined = { type: 'partyJoined', side: toSide, party, sdp, records, sipCallId: leg.callId } as const
  const keys = call.session?.keysOf(mediaSide(side))
  const arrived = call.others.handOver(toSessionId, { leg, lastSent: call.lastSent[side], keys, stream: call.session?.handOff(mediaSide(side)) }, joined)
  // Cannot be: the call that is to take it has just asked for it.
  if (!arrived) leg.bye()
}

/** A leg that was answered elsewhere becomes a side of this call. */
export function seatParty(call: CallContext, { side, legId }: Of<'seatParty'>): void {
  const { arrival, newcomer } = call
  call.arrival = undefined
  call.newcomer = undefined
  const leg = arrival?.leg ?? newcomer?.leg
  if (leg === undefined) return
  call.origins[side] = SessionOrigin.after(arrival?.lastSent)
  call.lastSent[side] = arrival?.lastSent ?? call.lastSent[side]
  if (arrival !== undefined) {
    call.keys[side] = arrival.keys
    call.session?.welcome(mediaSide(side), arrival.keys)
  }
  if (arrival?.stream !== undefined) continueStream(call, side, arrival.stream)
  if (side === 'caller') {
    call.caller = newcomer ?? portOf(leg)
    return listenToCaller(call)
  }
  call.legs.set(legId, { leg, cancel: (headers) => leg.bye(headers) })
  return listenToLeg(call, legId)
}

function continueStream(call: CallContext, side: CallSide, stream: NonNullable<Arrival['stream']>): void {
  if (call.session === undefined) void stream.then(() => call.session?.continueStream(mediaSide(side), stream))
  else call.session.continueStream(mediaSide(side), stream)
}

/** The leg alone: its INVITE was answered long ago. */
function portOf(leg: CallerPort['leg']): CallerPort {
  return { leg, progress: () => undefined, answer: ({ body }) => leg.reinvite(body), reject: () => leg.bye() }
}

export function askRecall(call: CallContext, { transferor, caller, timeoutMs, lineIds }: Of<'askRecall'>): void {
  const route = resolveRecall(call.needs, { transferor, caller: shownParty(call.needs, caller).identity, timeoutMs, lineIds }, call.maxForwards)
  const known = call.state.accounts.find((account) => account.accountId === transferor.accountId)
  const { partitionId, accountId } = transferor
  call.dispatch({ type: 'routed', account: known ?? { partitionId, accountId, recordId: call.state.accounts[0]?.recordId ?? '' }, ...route })
}

export function offerToParty(call: CallContext, { to, sdp }: Of<'offerToParty'>): void {
  const relayed = call.session?.relayOffer(mediaSide(otherSide(to)), sdp, offerOptions(call, otherSide(to)))
  if (relayed?.ok === true) return legOfSide(call, to)?.reinvite(describeToParty(call, to, relayed.value))
  return call.dispatch({ type: 'reinviteRejected', side: to, statusCode: 488 })
}

export function acceptPartyAnswer(call: CallContext, { from, sdp }: Of<'acceptPartyAnswer'>): void {
  const accepted = call.session?.relayAnswer(mediaSide(from), sdp, relayOptions(call, from))
  if (accepted?.ok !== true) call.dispatch({ type: 'mediaRefused', code: 'BadSessionDescription' })
}

export function offerRingback(call: CallContext, to: CallSide): void {
  const { session } = call
  if (session === undefined) return
  legOfSide(call, to)?.reinvite(describeToParty(call, to, offerOfOwnEnd(call, session, to)))
}

export function playRingback(call: CallContext, { to, sdp }: Of<'playRingback'>): void {
  if (call.session?.acceptLocally(mediaSide(to), sdp, mediaTermsOf(call, to), signalledFrom(call, to)).ok === true)
    call.session.play(mediaSide(to), { kind: 'tone', ...CALL_PROGRESS_TONES.ringback })
}

/** An INVITE that wants the place of a leg: kept until the call has decided. */
export function receiveNewcomer(call: CallContext, invite: CallerPort): void {
  call.newcomer = invite
  listenToNewcomer(call, invite)
}

export function rejectTakeover(call: CallContext, statusCode: number): void {
  call.newcomer?.reject(statusCode)
  call.newcomer = undefined
}

/** The caller's INVITE is answered, or refused, by another call; this one hears how it went. */
export function offerCaller(call: CallContext, { from, party, sdp }: Of<'offerCaller'>): void {
  const { caller } = call
  if (caller === undefined) return
  const sipCallId = caller.leg.callId
  const port: CallerPort = {
    leg: caller.leg,
    progress: (statusCode, options) => caller.progress(statusCode, options),
    answer: (options) => {
      caller.answer(options)
      call.dispatch({ type: 'taken' })
    },
    reject: (statusCode) => {
      call.caller = caller
      listenToCaller(call)
      call.dispatch({ type: 'takeRefused', statusCode })
    },
  }
  // From here on the other call hears what happens on the leg.
  call.caller = undefined
  if (!call.others.receive(from.sessionId, port, (state) => askFor(state, from, { party, sdp, sipCallId }))) port.reject(481)
}

/** What the other call is asked for. A caller whom the platform has answered already is asked anew, as one that is parked is. */
function askFor(
  { callerLeg }: CallState,
  from: TakenCall,
  who: Pick<Extract<NewCallEvent, { type: 'pickupAsked' }>, 'party' | 'sdp' | 'sipCallId'>,
): NewCallEvent {
  switch (from.how) {
    case 'retrieve':
      return { type: 'retrieveAsked', isByCode: true, ...who }
    case 'pickup':
      return { type: callerLeg === 'waiting' ? 'retrieveAsked' : 'pickupAsked', isByCode: true, legId: from.legId, ...who }
    case 'pull':
      return { type: 'takeoverAsked', isByCode: true, side: from.side, ...who }
  }
}

/** The newcomer gets the answer of the other side as if it had sent a re-INVITE. */
export function holdTakeover(call: CallContext, side: CallSide): void {
  const { newcomer } = call
  if (newcomer === undefined) return
  call.reinvites[side] = {
    method: 'INVITE',
    answer: (body) => newcomer.answer({ body }),
    reject: (statusCode) => rejectTakeover(call, statusCode),
  }
}

/** Who picks a call up has an offer, and the caller made one too: each gets what the other one offered for an answer. */
export function answerPickup(call: CallContext, { sdp }: Of<'answerPickup'>): void {
  const { session, caller } = call
  const invite = call.newcomer
  if (session === undefined || caller === undefined || invite === undefined) return undefined
  const answered = session.answerBoth({ a: call.state.offer ?? '', b: sdp }, { a: mediaTermsOf(call, 'caller') })
  if (!answered.ok) {
    invite.reject(488)
    return call.dispatch({ type: 'hangup', code: 'NoCommonCodec' })
  }
  call.pickedUp = answered.value.a
  return invite.answer({ body: describeToParty(call, 'callee', answered.value.b) })
}
