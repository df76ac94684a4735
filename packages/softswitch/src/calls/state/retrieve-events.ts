import { callFailure } from '../call-failure.ts'
import type { CallEvent } from './call-event.ts'
import { act, go, isAwaited, legOf, nextLegNumber, stopTimers, viewAt } from './call-state.ts'
import type { CallState, LegState, Step } from './call-state.ts'
import { ANSWERED_ELSEWHERE, cancelLegs, endSetup } from './end-call.ts'
import type { LegPlan } from './leg-plan.ts'
import { isServed, stopService } from './service-state.ts'
import { changeTransfer, withPickup } from './transfer-state.ts'
import type { Party } from './transfer-state.ts'

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>

/**
 * Somebody fetches the party that is parked here, or picks up what the platform has rung for it. It is offered what he offers, and its answer is the answer to his INVITE, as when a leg is
 * replaced (RFC 3891 3); until then it waits on.
 */
export function onRetrieveAsked(step: Step, { legId, party, sdp, sipCallId }: Of<'retrieveAsked'>): Step {
  const { state } = step
  const { service, transfer } = state
  const isOwn = state.question.accountId === party.accountId
  const ringing = legId === undefined ? undefined : legOf(state, legId)
  const isThere = legId === undefined ? service?.order.kind === 'park' : ringing !== undefined && isAwaited(step, ringing)
  if (!isServed(state) || !isThere || !isOwn) return act(step, { type: 'rejectTakeover', statusCode: 481 })
  const isBusy = service?.phase === 'opening' || transfer.takeover !== undefined || transfer.renegotiation !== undefined || state.awaitsAnswerOf !== undefined
  if (isBusy) return act(step, { type: 'rejectTakeover', statusCode: 491 })
  // Whoever parked it may be ringing to have it back.
  const quiet = stopTimers(cancelLegs(step, ANSWERED_ELSEWHERE), 'ring', 'beside', 'carrierSetup', 'serviceRing')
  const takeover = { side: 'callee', party, sdp, cancelled: false, ringingLineId: ringing?.plan.lineId } as const
  const asked = changeTransfer(quiet, { takeover, renegotiation: { side: 'caller', purpose: 'retrieve' } })
  return go(
    asked,
    { attempt: undefined, descriptions: { ...state.descriptions, callee: sdp }, sipCallIds: [...state.sipCallIds, sipCallId] },
    { type: 'holdTakeover', side: 'callee' },
    { type: 'offerToParty', to: 'caller', sdp },
  )
}

/** The parked party has answered: the two talk. */
export function onRetrieveAnswered(step: Step, { atMs, sdp }: Of<'reinviteAnswered'>): Step {
  const { takeover, guests } = step.state.transfer
  if (takeover === undefined) return step
  const done = changeTransfer(step, { takeover: undefined })
  const { party } = takeover
  // He has given up: the music goes on.
  if (takeover.cancelled) return waitOn(act(done, { type: 'rejectReinvite', to: 'callee', statusCode: 487 }), atMs)
  const { legs } = step.state
  const leg: LegState = {
    ...{ id: `g${nextLegNumber(step.state)}`, attempt: 0, plan: planOf(party) },
    ...{ phase: 'answered', statusCode: 200, local: false, earlySdp: undefined },
  }
  const joined = changeTransfer(stopTimers(stopService(done), 'maxRing'), { guests: { ...guests, callee: { party, records: [] } } })
  return go(
    joined,
    {
      phase: 'talking',
      callerLeg: 'answered',
      winnerId: leg.id,
      legs: [...legs, leg],
      accounts: takeover.ringingLineId === undefined ? answeredBy(step.state, party) : withPickup(step.state, party, takeover.ringingLineId),
    },
    { type: 'answerReinvite', to: 'callee', sdp },
    { type: 'seatParty', side: 'callee', legId: leg.id },
    { type: 'checkpointRecords' },
  )
}

/** For the records whoever fetched the call is who answered it. */
function answeredBy({ accounts, question }: CallState, { userId: calledUserId, lineId: calledLineId }: Party): CallState['accounts'] {
  const view = viewAt(accounts, question.accountId)
  return accounts.map((account) => (account === view ? { ...account, calledUserId, calledLineId } : account))
}

/** The parked party cannot talk to him: it waits on. */
export function onRetrieveRefused(step: Step, { atMs, statusCode }: Of<'reinviteRejected'>): Step {
  return waitOn(act(changeTransfer(step, { takeover: undefined }), { type: 'rejectReinvite', to: 'callee', statusCode }), atMs)
}

/** Our own end is offered anew, and the program begins again when the party hears it. */
function waitOn(step: Step, atMs: number): Step {
  const { service } = step.state
  // Nothing is left to hear: what rang for it does not ring any more.
  if (service === undefined) return endSetup(step, { atMs, failure: callFailure('NoCommonCodec'), hangupBy: 'system' })
  const asked = changeTransfer(go(step, { service: { ...service, phase: 'opening' } }, { type: 'stopService' }), {
    renegotiation: { side: 'caller', purpose: 'ringback' },
  })
  return act(asked, { type: 'offerRingback', to: 'caller' })
}

/** A leg nobody was called by: its INVITE came to us. */
function planOf({ lineId, identity }: Party): LegPlan {
  const nowhere = { requestUri: '', to: { transport: 'udp', address: '', port: 0 }, from: '', toHeader: identity.number, headers: [] } as const
  return { kind: 'line', ...(lineId === undefined ? {} : { lineId }), ...nowhere }
}
