import type { RouteDecision, RouteFacts } from '@dialtone/call-routing'
import type { MediaSide } from '@dialtone/media'
import type { LegPlan } from './leg-plan.ts'

/** The caller is side `a` of the media session, whoever answers is side `b`. */
export type CallSide = 'caller' | 'callee'

export type TimerName = 'ring' | 'carrierSetup' | 'maxRing' | 'maxCall' | 'cleanup'

/** What `decideRoute` is asked: in whose account, and about which call. */
export interface RouteQuestion {
  readonly accountId: string
  readonly call: RouteFacts['call']
}

/** An account that takes part in the call and will have a record of it. */
export interface CallAccount {
  readonly partitionId: string
  readonly accountId: string
  readonly recordId: string
}

/** Number and name are for the record until the routing says what the caller shows. */
export type CallOrigin = { readonly number: string; readonly name: string; readonly dialed: string } & (
  | { readonly kind: 'line'; readonly lineId: string; readonly userId: string | undefined }
  | { readonly kind: 'carrier'; readonly carrierId: string }
)

/** How long things may take; part of the first event, so that a replay takes the same decisions. */
export interface CallTimes {
  readonly maxRingMs: number
  readonly maxCallMs: number
  readonly carrierSetupTimeoutMs: number
}

/** Everything that can happen to a call. The list of them is its trace: replayed, it gives the same effects. */
export type CallEvent = { readonly atMs: number } & (
  | {
      readonly type: 'started'
      readonly sessionId: string
      readonly origin: CallOrigin
      readonly account: CallAccount
      readonly question: RouteQuestion
      /** undefined: the caller wants our offer and answers it in the ACK (RFC 3261 13.2.1). */
      readonly offer: string | undefined
      readonly sipCallId: string
      readonly times: CallTimes
    }
  | {
      readonly type: 'routed'
      readonly account: CallAccount
      readonly decision: RouteDecision
      /** Where the decision leads: one INVITE each. Empty when nobody can be reached. */
      readonly plans: readonly LegPlan[]
    }
  | { readonly type: 'mediaOpened' }
  /** No session, or a session description that cannot be carried. `legId`: it came from that leg. */
  | { readonly type: 'mediaRefused'; readonly code: string; readonly legId?: string }
  | { readonly type: 'mediaInactive'; readonly side: MediaSide; readonly silentMs: number }
  | { readonly type: 'mediaFailed'; readonly reason: string }
  | { readonly type: 'legStarted'; readonly legId: string; readonly sipCallId: string }
  | { readonly type: 'legProgress'; readonly legId: string; readonly statusCode: number; readonly sdp: string | undefined }
  | { readonly type: 'legAnswered'; readonly legId: string; readonly sdp: string }
  /** `local`: no answer came from there; the stack gave up (408) or could not send (503). */
  | { readonly type: 'legRejected'; readonly legId: string; readonly statusCode: number; readonly local: boolean }
  | { readonly type: 'legEnded'; readonly legId: string; readonly cause: EndCause; readonly reason: string | undefined }
  | { readonly type: 'callerCancelled'; readonly reason: string | undefined }
  /** The ACK for our answer to an INVITE or a re-INVITE; `sdp` when we had made the offer. */
  | { readonly type: 'acknowledged'; readonly side: CallSide; readonly sdp: string | undefined }
  | { readonly type: 'callerEnded'; readonly cause: EndCause; readonly reason: string | undefined }
  | { readonly type: 'reinvite'; readonly side: CallSide; readonly sdp: string | undefined }
  | { readonly type: 'reinviteAnswered'; readonly side: CallSide; readonly sdp: string }
  | { readonly type: 'reinviteRejected'; readonly side: CallSide; readonly statusCode: number }
  | { readonly type: 'info'; readonly side: CallSide; readonly contentType: string; readonly body: string }
  | { readonly type: 'timer'; readonly name: TimerName }
  /** The platform ends the call. */
  | { readonly type: 'hangup'; readonly code: string }
)

/** bye: the party hung up; gone: it is not there any more; ackTimeout: it never acknowledged our answer. */
export type EndCause = 'bye' | 'gone' | 'ackTimeout'
