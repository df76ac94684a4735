import { callFailure } from '../call-failure.ts'
import { onServiceAttends } from './attend-events.ts'
import { onAuthorized, onLimitReached, onMinuteLeft, startLimitTimer } from './authorize-call.ts'
import { onBesideAuthorized, onBesideDue } from './beside-events.ts'
import type { CallEvent, TimerName } from './call-event.ts'
import { act, changeLeg, go } from './call-state.ts'
import type { CallState, Step } from './call-state.ts'
import { releaseStar } from './command-keys.ts'
import { onDigit, onInfo } from './dtmf-events.ts'
import { disposeWhenOver, endBySystem, endSetup } from './end-call.ts'
import { giveBackEnded } from './forward-view.ts'
import { onPartyJoined, onReplacementOffered, onTransferAbandoned, ringback } from './join-events.ts'
import {
  onCarrierSilent,
  onConfirmation,
  onLegAnswered,
  onLegEnded,
  onLegProgress,
  onLegRejected,
  onLegStarted,
  onMediaRefused,
  onRingTimeout,
} from './leg-events.ts'
import { onPartingOver, onPartyClaimed, onReferred, onTransferFailed, onTransferProgress } from './refer-events.ts'
import { onJoinAsked, onJoinedCallOver, onJoinGranted, onJoinRefused, onMixEntered, onMixOpened, onMixOver, onMixRefused } from './mix-events.ts'
import { startClickToCall } from './click-to-call.ts'
import { onRedirected } from './redirection.ts'
import { ask, calledNumberOf, NOWHERE, onRouted, proceedRouted, startPlannedLegs } from './route-call.ts'
import { onRetrieveAsked } from './retrieve-events.ts'
import { onTaken, onTakeRefused } from './take-events.ts'
import { onPickupAsked, onTakeoverAsked, onTakeoverGone } from './takeover-events.ts'
import {
  onAcknowledged,
  onCallerCancelled,
  onCallerEnded,
  onMediaFailed,
  onMediaInactive,
  onReinvite,
  onReinviteAnswered,
  onReinviteCancelled,
  onReinviteRejected,
} from './talk-events.ts'
import { onCallerUnanswered } from './unanswered-caller.ts'
import { startFaxCall } from './fax-call.ts'
import { onFaxAgreed, onFaxReceived, onFaxSent, onFaxRefused, onFaxWanted } from './fax-events.ts'
import { beginServed, keyForService, onOwnEndOpened, onServiceEnded, onServiceRing, onSentOn, onServiceRingTimeout, openService } from './service-events.ts'
import { NO_TRANSFER } from './transfer-state.ts'
import type { TransferState } from './transfer-state.ts'

type Started = Extract<CallEvent, { type: 'started' }>

/** The first step of a call: the caller's INVITE was accepted at the edge, the routing is asked. */
export function startCall(event: Started): Step {
  const { account, origin, question } = event
  const calledNumber = calledNumberOf(question)
  const caller = question.call.direction === 'terminating' ? question.call.caller : undefined
  const role = origin.kind === 'line' ? 'origin' : 'destination'
  const state: CallState = {
    phase: 'setup',
    disposed: false,
    sessionId: event.sessionId,
    origin,
    offer: event.offer,
    descriptions: { caller: event.offer, callee: undefined },
    awaitsAnswerOf: event.offer === undefined ? 'caller' : undefined,
    times: event.times,
    startedAtMs: event.atMs,
    ringingAtMs: undefined,
    answeredAtMs: undefined,
    endedAtMs: undefined,
    callerLeg: event.transfer === undefined ? 'early' : 'lent',
    question,
    trail: [],
    refusal: undefined,
    hops: 0,
    // Elsewhere is as good as in another account: a circle through the telephone network has to end too.
    onNetHops: event.origin.kind === 'carrier' ? (event.origin.timesSentOn ?? 0) : 0,
    attempt: undefined,
    legs: [],
    winnerId: undefined,
    media: 'closed',
    silences: [],
    reinviteFrom: undefined,
    reinviteOffer: undefined,
    transfer: transferOf(event),
    accounts: [{ ...account, role, startedAtMs: event.atMs, caller, calledNumber, ...NOWHERE }],
    emergency: undefined,
    outcome: undefined,
    // A transferee is told of when it comes.
    sipCallIds: event.transfer === undefined ? [event.sipCallId] : [],
    timers: ['maxRing'],
  }
  const begun: Step = { state, effects: [{ type: 'startTimer', name: 'maxRing', delayMs: Math.min(event.times.maxRingMs, event.times.expiresMs ?? Infinity) }] }
  if (event.clickToCall !== undefined) return startClickToCall(begun, event, event.clickToCall)
  if (event.faxCall !== undefined) return startFaxCall(begun, event.faxCall)
  return event.joins === undefined ? ask(begun, question, event.atMs) : startJoin(begun, event.joins)
}

/** A call that joins another one of its account (RFC 3911) is not routed: it has one leg, and media to be mixed. */
function startJoin(step: Step, joins: string): Step {
  const accounts = step.state.accounts.map((account) => ({ ...account, destination: 'own', category: 'OnNet' }) as const)
  return go(step, { joins, accounts, media: 'opening' }, { type: 'openMedia' })
}

function transferOf({ transfer }: Started): TransferState {
  return transfer === undefined
    ? NO_TRANSFER
    : { ...NO_TRANSFER, origin: transfer, recallTo: transfer.isClickToCall === true ? undefined : transfer.transferor }
}

/** One event of a running call. Pure: the same state and event always give the same state and effects. */
export function stepCall(state: CallState, event: CallEvent): Step {
  return giveBackEnded(disposeWhenOver(dispatch({ state, effects: [] }, event)), state)
}

function dispatch(step: Step, event: CallEvent): Step {
  switch (event.type) {
    case 'started':
    case 'paged':
    case 'recording':
    case 'announced':
      return step
    case 'routed':
      return onRouted(step, event)
    case 'authorized':
      return onBesideAuthorized(step, event) ?? onAuthorized(step, event, proceedRouted)
    case 'mediaOpened':
      return onMediaOpened(step, event)
    case 'mediaRefused':
      return onMediaRefused(step, event)
    case 'mediaInactive':
      return onMediaInactive(step, event)
    case 'mediaFailed':
      return onMediaFailed(step, event)
    case 'legStarted':
      return onLegStarted(step, event)
    case 'legProgress':
      return onLegProgress(step, event)
    case 'confirmation':
      return onConfirmation(step, event)
    case 'legAnswered':
      return onLegAnswered(step, event)
    case 'legRejected':
      return onLegRejected(step, event)
    case 'redirected':
      return onRedirected(step, event) ?? onLegRejected(step, { ...event, type: 'legRejected', local: false })
    case 'legEnded':
      return onLegEnded(step, event)
    case 'callerCancelled':
      return onCallerCancelled(step, event)
    case 'callerUnanswered':
      return onCallerUnanswered(step, event)
    case 'acknowledged':
      return onAcknowledged(step, event)
    case 'callerEnded':
      return onCallerEnded(step, event)
    case 'reinvite':
      return onReinvite(step, event)
    case 'reinviteCancelled':
      return onReinviteCancelled(step, event)
    case 'reinviteAnswered':
      return onReinviteAnswered(step, event)
    case 'reinviteRejected':
      return onReinviteRejected(step, event)
    case 'info':
      return keyForService(step, event) ?? onInfo(step, event)
    case 'digit':
      return keyForService(step, event) ?? onDigit(step, event)
    case 'timer':
      return onTimer(step, event.name, event.atMs)
    case 'hangup':
      return endBySystem(step, event.atMs, event.code)
    default:
      return dispatchBetweenCalls(step, event)
  }
}

type BetweenCalls =
  | ('referred' | 'transferProgress' | 'transferFailed' | 'partyClaimed' | 'replacementOffered' | 'transferAbandoned' | 'partyJoined')
  | ('takeoverAsked' | 'takeoverGone' | 'pickupAsked' | 'retrieveAsked' | 'taken' | 'takeRefused')
  | ('ownEndOpened' | 'serviceRing' | 'serviceAttends' | 'serviceEnded' | 'sentOn')
  | ('faxWanted' | 'faxAgreed' | 'faxRefused' | 'faxReceived' | 'faxSent')
  | ('joinAsked' | 'mixOpened' | 'mixRefused' | 'joinGranted' | 'joinRefused' | 'mixEntered' | 'joinedCallOver' | 'mixOver')

/** What is about legs that come from elsewhere or go there, REFER, Replaces, Join; and about the platform's own end. */
function dispatchBetweenCalls(step: Step, event: Extract<CallEvent, { type: BetweenCalls }>): Step {
  switch (event.type) {
    case 'referred':
      return onReferred(step, event)
    case 'transferProgress':
      return onTransferProgress(step, event)
    case 'transferFailed':
      return onTransferFailed(step, event)
    case 'partyClaimed':
      return onPartyClaimed(step, event)
    case 'replacementOffered':
      return onReplacementOffered(step, event)
    case 'transferAbandoned':
      return onTransferAbandoned(step, event)
    case 'partyJoined':
      // What pays for the leg that came goes on with it.
      return startLimitTimer(onPartyJoined(step, event), event.atMs)
    case 'takeoverAsked':
      return onTakeoverAsked(step, event)
    case 'takeoverGone':
      return onTakeoverGone(step)
    case 'pickupAsked':
      return onPickupAsked(step, event)
    case 'retrieveAsked':
      return onRetrieveAsked(step, event)
    case 'taken':
      return onTaken(step, event)
    case 'takeRefused':
      return onTakeRefused(step, event)
    case 'ownEndOpened':
      return onOwnEndOpened(step, event)
    case 'serviceRing':
      return onServiceRing(step, event)
    case 'serviceAttends':
      return onServiceAttends(step, event)
    case 'serviceEnded':
      return onServiceEnded(step, event)
    case 'sentOn':
      return onSentOn(step, event)
    case 'faxWanted':
      return onFaxWanted(step)
    case 'faxAgreed':
      return onFaxAgreed(step)
    case 'faxRefused':
      return onFaxRefused(step, event)
    case 'faxReceived':
      return onFaxReceived(step, event)
    case 'faxSent':
      return onFaxSent(step, event)
    case 'joinAsked':
      return onJoinAsked(step, event)
    case 'mixOpened':
      return onMixOpened(step, event)
    case 'mixRefused':
      return onMixRefused(step, event)
    case 'joinGranted':
      return onJoinGranted(step, event)
    case 'joinRefused':
      return onJoinRefused(step, event)
    case 'mixEntered':
      return onMixEntered(step, event)
    case 'joinedCallOver':
      return onJoinedCallOver(step, event)
    case 'mixOver':
      return onMixOver(step, event)
  }
}

function onMediaOpened(step: Step, { atMs, hasHoldMusic, isUnanchored = false }: Extract<CallEvent, { type: 'mediaOpened' }>): Step {
  const changed = isUnanchored === (step.state.isUnanchored ?? false) ? {} : { isUnanchored }
  const opened = go(step, { media: 'open', ...(hasHoldMusic === true ? { hasHoldMusic } : {}), ...changed })
  const { joins, sessionId, question } = step.state
  const { accountId } = question
  if (joins !== undefined) return act(opened, { type: 'tellCall', sessionId: joins, message: { type: 'joinAsked', bySessionId: sessionId, accountId } })
  if (step.state.phase !== 'setup') return opened
  if (step.state.service === undefined) return ringback(startPlannedLegs(opened, atMs))
  // A transferee that came before the session was there has heard nothing of it.
  const isWaiting = step.state.callerLeg === 'waiting' && step.state.transfer.renegotiation === undefined
  return isWaiting ? ringback(beginServed(opened, atMs)) : openService(opened, atMs)
}

function onTimer(step: Step, name: TimerName, atMs: number): Step {
  const fired = go(step, { timers: step.state.timers.filter((timer) => timer !== name) })
  switch (name) {
    case 'ring':
      return onRingTimeout(fired, atMs)
    case 'beside':
      return onBesideDue(fired, atMs)
    case 'carrierSetup':
      return onCarrierSilent(fired, atMs)
    case 'maxRing':
      return onRungLong(step, fired, atMs)
    case 'maxCall':
      return isBounded(step) ? endBySystem(fired, atMs, 'CallTooLong') : fired
    case 'authorized':
      return onLimitReached(fired, atMs)
    case 'star':
      return releaseStar(fired)
    case 'minuteLeft':
      return onMinuteLeft(fired)
    case 'serviceRing':
      return onServiceRingTimeout(fired, atMs)
    case 'parting':
      return onPartingOver(fired)
    case 'cleanup':
      return fired.state.legs.reduce((next, leg) => changeLeg(next, leg.id, { phase: 'over' }), fired)
  }
}

/** Nobody has answered for as long as a caller may wait, or wants to. */
function onRungLong(step: Step, fired: Step, atMs: number): Step {
  const { phase, times } = step.state
  if (!isBounded(step) || phase !== 'setup') return fired
  const hasExpired = times.expiresMs !== undefined && times.expiresMs <= times.maxRingMs
  return endSetup(fired, { atMs, failure: callFailure(hasExpired ? 'InviteExpired' : 'RingLimit'), hangupBy: 'system' })
}

/** No limit of ours ends an emergency call (C-58). */
function isBounded(step: Step): boolean {
  return step.state.emergency === undefined
}
