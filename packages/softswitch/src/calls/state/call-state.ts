import type { CallCategory, CallerIdentity, EmergencyLocation, RouteAttempt } from '@dialtone/call-routing'
import type { MediaSide } from '@dialtone/media'
import type { CallDisposition, CallPickup, FaxFacts, RecordAuthorization } from '../../ports/call-record.ts'
import type { CallEffect } from './call-effect.ts'
import type { CallAccount, CallEvent, CallOrigin, CallSide, CallTimes, ClickToCall, FaxCall, RouteQuestion, TimerName } from './call-event.ts'
import type { HeldKey } from './command-keys.ts'
import type { ForwardView } from './forward-view.ts'
import type { LegPlan } from './leg-plan.ts'
import type { MixState } from './mix-state.ts'
import type { ServiceView } from './service-state.ts'
import type { TransferState } from './transfer-state.ts'

/** More forks than that in the life of one call are not started: ten phones of ten lines each, and forwards. */
export const MAX_LEGS = 200
/** How often a call may be routed: forwards to forwards end here (RFC 3261 16.3 calls it 483). */
export const MAX_HOPS = 20
/** A peer that answers neither CANCEL nor BYE holds a finished call no longer than that: more than 64*T1. */
export const CLEANUP_MS = 40_000

/**
 * planned: waits for the media session; cancelling: CANCEL was asked for, the final response is awaited;
 * over: the SIP stack holds nothing for us any more.
 */
export type LegPhase = 'planned' | 'starting' | 'ringing' | 'answered' | 'cancelling' | 'over'

export interface LegState {
  readonly id: string
  readonly attempt: number
  readonly plan: LegPlan
  readonly phase: LegPhase
  /** Final status, 0 while there is none. */
  readonly statusCode: number
  readonly local: boolean
  readonly earlySdp: string | undefined
  /** Its dialog, as others may name it (RFC 4235, RFC 3891): the tag of who rings is known when it does. */
  readonly dialog?: { readonly callId: string; readonly ourTag: string; readonly theirTag?: string }
  /** Answered, and asked whether the call may come: rings as long as that takes. */
  readonly confirming?: true
  /** Why it was refused, of a peer that is believed. */
  readonly reason?: string
}

/** One destination being tried; several legs when it has several phones. */
export interface Attempt {
  readonly number: number
  readonly place: Pick<RouteAttempt, 'target' | 'number'>
  readonly kind: 'ring' | 'carrier' | 'emergency'
  /** Phones of several people: a 6xx of one speaks for that one alone. */
  readonly ringsSeveral: boolean
  readonly timeoutMs: number | undefined
  readonly carrierSetupTimeoutMs: number | undefined
  /** When one that is called beside others begins or ends to ring next, since the beginning of the attempt. */
  readonly besideDueMs?: number
  /** The leg whose early media the caller hears: the first one wins. */
  readonly earlyMediaLegId: string | undefined
  /** The last provisional status the caller got in this attempt. */
  readonly progressSent: number
}

/** One account's view of the call: it becomes its record. */
export interface AccountView extends CallAccount {
  readonly role: 'origin' | 'destination'
  readonly startedAtMs: number
  /** When somebody began to ring, the first since it takes part. */
  readonly ringingAtMs?: number
  readonly caller: CallerIdentity | undefined
  readonly calledNumber: string
  readonly destination: 'none' | 'own' | 'other' | 'pstn' | 'emergency'
  readonly category: CallCategory
  readonly calledUserId: string | undefined
  readonly calledLineId: string | undefined
  readonly carrierId: string | undefined
  /** The call went on from here to that number. */
  readonly forwardedTo?: string | undefined
  /** Somebody else has answered what rang here. */
  readonly pickup?: CallPickup | undefined
  /** What the plan that pays for this allowed. */
  readonly authorization?: RecordAuthorization | undefined
  /** It began when our own end had answered already: it is answered when somebody answers there, if ever. */
  readonly isLate?: true
  /** Of one that began late. */
  readonly answeredAtMs?: number
  /** This account had nothing to do with the call any more when it went on. */
  readonly ended?: { readonly atMs: number; readonly disposition: CallDisposition; readonly statusCode: number; readonly code: string }
}

export interface CallOutcome {
  readonly disposition: CallDisposition
  readonly statusCode: number
  readonly hangupBy: 'caller' | 'callee' | 'system'
  /** Why, for the trace: a code of call-failure.ts, or how an answered call ended. */
  readonly code: string
}

export interface EmergencyView {
  readonly service: '911' | '933'
  readonly callbackNumber: string | undefined
  readonly location: EmergencyLocation | undefined
  readonly carrierIds: readonly string[]
  readonly reported: boolean
}

export interface CallState {
  /** setup: the caller waits; talking: answered; over: the caller got the final word, legs may still be closing. */
  readonly phase: 'setup' | 'talking' | 'over'
  readonly disposed: boolean
  readonly sessionId: string
  readonly origin: CallOrigin
  readonly offer: string | undefined
  readonly times: CallTimes
  readonly startedAtMs: number
  readonly ringingAtMs: number | undefined
  readonly answeredAtMs: number | undefined
  readonly endedAtMs: number | undefined
  /** lent: a transferee, still in the call it comes from; waiting: a transferee nobody has answered yet. */
  readonly callerLeg: 'early' | 'answered' | 'over' | 'lent' | 'waiting'
  readonly question: RouteQuestion
  readonly trail: readonly RouteAttempt[]
  /** Groups and queues it has come through, by id. */
  readonly through?: readonly string[]
  /** Why the last attempt failed, as the peer that decided it said (RFC 3326). */
  readonly refusal: { readonly statusCode: number; readonly reason: string } | undefined
  /** Decisions taken, and how many of them led into another account. */
  readonly hops: number
  readonly onNetHops: number
  readonly attempt: Attempt | undefined
  readonly legs: readonly LegState[]
  readonly winnerId: string | undefined
  readonly media: 'closed' | 'opening' | 'open'
  /** The session that is open carries descriptions alone: another one is opened when our own end is to speak. */
  readonly isUnanchored?: boolean
  /** Our own end can play to a side that is held. */
  readonly hasHoldMusic?: boolean
  /** When each side was last reported to send no RTP. */
  readonly silences: readonly { readonly side: MediaSide; readonly atMs: number }[]
  /** The key that came in RTP last: the same by INFO is the same press. */
  readonly lastRtpKey?: { readonly side: CallSide; readonly digit: string; readonly atMs: number }
  /** A star that may be the first of two keys for the platform. */
  readonly heldStar?: { readonly key: HeldKey; readonly atMs: number } | undefined
  /** What each side described last: the material of our own offer when a side asks for one. */
  readonly descriptions: Readonly<Record<CallSide, string | undefined>>
  /** The side whose INVITE had no offer: its ACK brings the answer to ours (RFC 3261 13.2.1). */
  readonly awaitsAnswerOf: CallSide | undefined
  /** The side whose re-INVITE waits for the other side's answer. */
  readonly reinviteFrom: CallSide | undefined
  /** What it offers: in force when the other side has answered, forgotten when it refuses (RFC 3264 4). */
  readonly reinviteOffer: string | undefined
  /** Its author has cancelled it; the other side has still to say what it makes of that. */
  readonly reinviteCancelled?: true | undefined
  readonly transfer: TransferState
  /** The platform itself has the caller, or is about to. */
  readonly service?: ServiceView | undefined
  /** The other end and our fax machine; what was received and what was sent when it is done, both where both ends are ours. */
  readonly fax?: { readonly isOffered: boolean; readonly isAgreed: boolean; readonly received?: FaxFacts; readonly sent?: FaxFacts }
  /** When our own end answered the caller: from then on it is a call that is going on, whoever is rung. */
  readonly servedAtMs?: number
  /** Legs of the call that are forgotten already: services ring many. */
  readonly legsBefore?: number
  /** Others have joined the call. */
  readonly mix?: MixState | undefined
  /** Whose those are that wanted to join it, by session. */
  readonly joinedBy?: Readonly<Record<string, string>>
  /** The call that waits until the legs of this one talk to our own end, to join it. */
  readonly awaitedBy?: string | undefined
  /** Calls whose callers listen to this one and do not belong to it: it ends without regard to them. */
  readonly attendants?: readonly string[]
  /** The call that the caller of this one, who is served, listens to or wants to. */
  readonly attends?: string | undefined
  /** The call this one wants to join, or has joined: it has one leg only. */
  readonly joins?: string
  /** Its own phones ring, to be connected with what was asked for. */
  readonly clickToCall?: ClickToCall
  /** Nobody calls but the platform, to send a fax. */
  readonly faxCall?: FaxCall
  /** When the legs the records are about were over, though others talk on. */
  readonly talkEnded?: { readonly atMs: number; readonly hangupBy: CallOutcome['hangupBy'] } | undefined
  readonly accounts: readonly AccountView[]
  /** Legs out of accounts of calls that were sent on. */
  readonly forwards?: readonly ForwardView[] | undefined
  /** The decision that waits until whoever pays has been asked. */
  readonly awaitsAuthorization?: Extract<CallEvent, { type: 'routed' }> | undefined
  /** How long it may get at most, as far as is known: see CallAuthorization. */
  readonly mostSeconds?: number
  /** Reservations that were not extended, and why: the call ends when they do. */
  readonly refusedMore?: readonly { readonly reservationId: string; readonly code: string }[]
  readonly emergency: EmergencyView | undefined
  readonly outcome: CallOutcome | undefined
  /** For its time its caller wants no second call. */
  readonly disablesCallWaiting?: true
  readonly sipCallIds: readonly string[]
  readonly timers: readonly TimerName[]
}

/** What a step gives: the new state and what is to be done, in this order. */
export interface Step {
  readonly state: CallState
  readonly effects: readonly CallEffect[]
}

/** The same step with more effects: the state stays as it is. */
export function act(step: Step, ...effects: readonly CallEffect[]): Step {
  return { state: step.state, effects: [...step.effects, ...effects] }
}

/** The same step with changes of the state and more effects. It costs a copy of the state: what changes at once is said at once. */
export function go(step: Step, changes: Partial<CallState>, ...effects: readonly CallEffect[]): Step {
  return { state: { ...step.state, ...changes }, effects: effects.length === 0 ? step.effects : [...step.effects, ...effects] }
}

/** What the next leg of the call is named by: those it has forgotten count, for who still hears of them must not mean another one. */
export function nextLegNumber({ legs, legsBefore = 0 }: CallState): number {
  return legsBefore + legs.length + 1
}

/** What an account has to do with the call now: of one that the call has come back to, the last view that is not over. */
export function viewAt(accounts: readonly AccountView[], accountId: string): AccountView | undefined {
  const isOf = (view: AccountView): boolean => view.accountId === accountId
  return accounts.findLast((view) => isOf(view) && view.ended === undefined) ?? accounts.findLast(isOf)
}

export function legOf(state: CallState, legId: string): LegState | undefined {
  return state.legs.find((leg) => leg.id === legId)
}

/** The legs of the call, one of them changed. */
export function legsWith(state: CallState, legId: string, changes: Partial<LegState>): readonly LegState[] {
  return state.legs.map((leg) => (leg.id === legId ? { ...leg, ...changes } : leg))
}

export function changeLeg(step: Step, legId: string, changes: Partial<LegState>): Step {
  return go(step, { legs: legsWith(step.state, legId, changes) })
}

export function startTimer(step: Step, name: TimerName, delayMs: number): Step {
  const others = step.state.timers.filter((timer) => timer !== name)
  return go(step, { timers: [...others, name] }, { type: 'startTimer', name, delayMs })
}

/** Stops those of the named timers that run. */
export function stopTimers(step: Step, ...names: readonly TimerName[]): Step {
  const { timers } = step.state
  if (!timers.some((timer) => names.includes(timer))) return step
  const effects = timers.filter((timer) => names.includes(timer)).map((name): CallEffect => ({ type: 'stopTimer', name }))
  return go(step, { timers: timers.filter((timer) => !names.includes(timer)) }, ...effects)
}

/** A leg the call still waits for: of the destination being tried, neither answered nor given up. */
export function isAwaited(step: Step, leg: LegState): boolean {
  const { phase, attempt } = step.state
  return phase === 'setup' && leg.attempt === attempt?.number && (leg.phase === 'starting' || leg.phase === 'ringing')
}

/** Who waits for a side that leaves waits in vain (RFC 3261 14.2: and tries again). */
export function dropReinvite(step: Step): Step {
  const { reinviteFrom } = step.state
  if (reinviteFrom === undefined) return step
  return go(
    step,
    { reinviteFrom: undefined, reinviteOffer: undefined, reinviteCancelled: undefined, awaitsAnswerOf: undefined },
    { type: 'rejectReinvite', to: reinviteFrom, statusCode: 491 },
  )
}
