import type { CallTarget, RouteDecision, RouteFacts } from '@dialtone/call-routing'
import type { MediaSide } from '@dialtone/media'
import type { CallAuthorization } from '../../ports/call-authorizer.ts'
import type { CallRecord, FaxFacts } from '../../ports/call-record.ts'
import type { LegPlan } from './leg-plan.ts'
import type { Party, TransferOrigin } from './transfer-state.ts'

/** The caller is side `a` of the media session, whoever answers is side `b`. */
export type CallSide = 'caller' | 'callee'

export type TimerName =
  | 'ring'
  | 'beside'
  | 'carrierSetup'
  | 'maxRing'
  | 'maxCall'
  | 'authorized'
  | 'minuteLeft'
  | 'cleanup'
  | 'parting'
  | 'serviceRing'
  | 'star'

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
  /** `diversion`: who sent the call on before it came to us; `timesSentOn`: how often that was, default 0. */
  | {
      readonly kind: 'carrier'
      readonly carrierId: string
      readonly diversion?: { readonly number: string; readonly reason: string }
      readonly timesSentOn?: number
    }
)

/** What a REFER asks for, as far as it can be known without the call (RFC 3515, RFC 5589). */
export type Referral =
  /** Call somebody: as if the transferor's line had dialed. The ids are for the call and the record this makes. */
  | {
      readonly kind: 'blind'
      readonly dialed: string
      readonly toSessionId: string
      readonly recordId: string
      /** No phone asks for it but an operator: nobody hangs up by himself afterwards. */
      readonly isByOperator?: true
    }
  /** Join another call, in place of the side the transferor has there. */
  | { readonly kind: 'attended'; readonly toSessionId: string; readonly toSide: CallSide }
  /** Replaces names no call of ours. */
  | { readonly kind: 'unknownDialog' }
  | { readonly kind: 'refused'; readonly statusCode: number }

/** What one call tells another one. */
export type CallMessage =
  /** To the call that was referred: how it goes with the target. */
  | { readonly type: 'transferProgress'; readonly bySessionId: string; readonly statusCode: number; readonly reasonPhrase: string }
  | { readonly type: 'transferFailed'; readonly bySessionId: string; readonly statusCode: number; readonly reasonPhrase: string }
  /** Hand the transferee over: there is somebody to talk to. */
  | { readonly type: 'partyClaimed'; readonly bySessionId: string; readonly side: CallSide }
  /** To the call that is to take the transferee: take it in place of that side. */
  | { readonly type: 'replacementOffered'; readonly bySessionId: string; readonly side: CallSide; readonly transferor: Party }
  /** The transferee hung up, or its call ended otherwise. */
  | { readonly type: 'transferAbandoned'; readonly bySessionId: string }
  /** To the call that somebody wants to join (RFC 3911), and what it says. */
  /** `accountId`: of who joins. `attends`: to listen, as somebody who does not belong to it. */
  | { readonly type: 'joinAsked'; readonly bySessionId: string; readonly accountId?: string; readonly attends?: true }
  | { readonly type: 'joinGranted'; readonly bySessionId: string }
  | { readonly type: 'joinRefused'; readonly bySessionId: string; readonly code: string }
  /** To the call that was joined: the other one is over. */
  | { readonly type: 'joinedCallOver'; readonly bySessionId: string }
  /** To a call that has joined another one: there is nobody left to talk to. */
  | { readonly type: 'mixOver'; readonly bySessionId: string }

/** The call that follows when one of the own phones has answered. */
export interface ClickToCall {
  readonly toSessionId: string
  readonly recordId: string
  readonly lineIds: readonly string[]
  /** Not those lines ring but whoever this leads to: agents of a queue. */
  readonly hunt?: RouteQuestion
  /** What the target is shown, see OriginatingCall. */
  readonly shownNumber?: string
  /** Where it leads instead of what the line would dial: a call to listen to. */
  readonly goesTo?: CallTarget
}

/** The platform calls to send a fax. */
export interface FaxCall {
  /** Of who ordered it. */
  readonly faxId: string
}

/** How long things may take; part of the first event, so that a replay takes the same decisions. */
export interface CallTimes {
  readonly maxRingMs: number
  /** How long the caller wants to wait for an answer, if it says so (RFC 3261 13.3.1). */
  readonly expiresMs?: number | undefined
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
      /** The call was begun by a REFER. */
      readonly transfer?: TransferOrigin
      /** The session id of the call it wants to join (RFC 3911). */
      readonly joins?: string
      /** An operator calls for the line: its own phones first, and what was asked for when one answers. */
      readonly clickToCall?: ClickToCall
      readonly faxCall?: FaxCall
    }
  | {
      readonly type: 'routed'
      readonly account: CallAccount
      readonly decision: RouteDecision
      /** Of the picture it was taken on. */
      readonly accountVersion?: number
      /** Where the decision leads: one INVITE each. Empty when nobody can be reached. */
      readonly plans: readonly LegPlan[]
      /** Nobody of the account dialed what it leads to: the leg has a record of its own. */
      readonly forwardRecordId?: string
    }
  /** May it begin, or go on? */
  | { readonly type: 'authorized'; readonly reservationId: string; readonly authorization: CallAuthorization }
  /** `hasHoldMusic`: our own end can play to who is held. `isUnanchored`: the media goes past us, our own end has no voice. */
  | { readonly type: 'mediaOpened'; readonly hasHoldMusic?: boolean; readonly isUnanchored?: boolean }
  /** No session, or a session description that cannot be carried. `legId`: it came from that leg. */
  | { readonly type: 'mediaRefused'; readonly code: string; readonly legId?: string }
  | { readonly type: 'mediaInactive'; readonly side: MediaSide; readonly silentMs: number }
  | { readonly type: 'mediaFailed'; readonly reason: string }
  /** Its sound is kept from now on, or is not; `name`: the recording. For the trace alone. */
  | {
      readonly type: 'recording'
      readonly code: 'Started' | 'NotAnnounced' | 'Paused' | 'Resumed' | 'Stopped'
      readonly name?: string
      readonly reason: string
    }
  /** The two were told something, or could not be; for the trace alone. */
  | { readonly type: 'announced'; readonly name: string; readonly code: 'Told' | 'NotTold' }
  /** `tag`: ours in its dialog. */
  | { readonly type: 'legStarted'; readonly legId: string; readonly sipCallId: string; readonly tag?: string }
  /** `tag`: that of who rings, in the dialog there is now. `heard`: what came from there, if not that; 0: nothing did. */
  | {
      readonly type: 'legProgress'
      readonly legId: string
      readonly statusCode: number
      readonly sdp: string | undefined
      readonly tag?: string | undefined
      readonly heard?: number
    }
  /** Who answered the leg is asked whether the call may come; for the trace, what was said to it: then the leg is answered, or refused. */
  /** `isGone`: it hung up, or was lost. */
  | {
      readonly type: 'confirmation'
      readonly legId: string
      readonly code: 'Asked' | 'Accepted' | 'Refused' | 'NotConfirmed'
      readonly isGone?: 'bye' | 'lost'
    }
  | { readonly type: 'legAnswered'; readonly legId: string; readonly sdp: string }
  /** `local`: no answer came from there; the stack gave up (408) or could not send (503). */
  | {
      readonly type: 'legRejected'
      readonly legId: string
      readonly statusCode: number
      readonly local: boolean
      /** Reason of a peer that is believed (RFC 3326). */
      readonly reason?: string | undefined
      /** Where a 3xx points: what would be dialed. */
      readonly contacts?: readonly string[]
    }
  /** Where a phone's 3xx leads: phones of the same account, or nowhere. */
  | { readonly type: 'redirected'; readonly legId: string; readonly statusCode: number; readonly plans: readonly LegPlan[] }
  | { readonly type: 'legEnded'; readonly legId: string; readonly cause: EndCause; readonly reason: string | undefined }
  | { readonly type: 'callerCancelled'; readonly reason: string | undefined }
  /** Follows the end of a call whose answer had to wait (RFC 3262 3) and never went out: what the caller heard in its place. */
  | { readonly type: 'callerUnanswered'; readonly statusCode: number }
  /** The ACK for our answer to an INVITE or a re-INVITE; `sdp` when we had made the offer. */
  | { readonly type: 'acknowledged'; readonly side: CallSide; readonly sdp: string | undefined }
  | { readonly type: 'callerEnded'; readonly cause: EndCause; readonly reason: string | undefined }
  | { readonly type: 'reinvite'; readonly side: CallSide; readonly sdp: string | undefined }
  /** Its author wants no answer any more, and got 487 (RFC 3261 9.2). */
  | { readonly type: 'reinviteCancelled'; readonly side: CallSide }
  | { readonly type: 'reinviteAnswered'; readonly side: CallSide; readonly sdp: string }
  | { readonly type: 'reinviteRejected'; readonly side: CallSide; readonly statusCode: number }
  /** `isDigitTakenInRtp`: the other side takes telephone events. `isCommand`: the side may press keys that are meant for the platform. */
  | {
      readonly type: 'info'
      readonly side: CallSide
      readonly contentType: string
      readonly body: string
      readonly isDigitTakenInRtp?: boolean
      readonly isCommand?: true
    }
  /**
   * A key pressed in RTP; `relayed`: the other side has it in its RTP. `isInfoAllowed`: it would take INFO, `isTakenAsTone`: it hears keys as tones, or
   * takes in RTP what was held back. `isCommand`: it was, as the side may press keys that are meant for the platform.
   */
  | {
      readonly type: 'digit'
      readonly side: CallSide
      readonly digit: string
      readonly relayed: boolean
      readonly isInfoAllowed: boolean
      readonly isTakenAsTone?: true
      /** How long it was pressed, of one that was held back. */
      readonly durationMs?: number
      readonly isCommand?: true
    }
  /** `isSilent`: whoever asks does not want to hear how it goes (RFC 4488). */
  | { readonly type: 'referred'; readonly side: CallSide; readonly referral: Referral; readonly isSilent?: true }
  | CallMessage
  /** A leg of another call, answered there, now belongs to this one. `sdp`: what it described last. */
  | {
      readonly type: 'partyJoined'
      readonly side: CallSide
      readonly party: Party
      readonly sdp: string
      readonly records: readonly CallRecord[]
      readonly sipCallId: string
    }
  /** An INVITE with Replaces wants the place of a side (RFC 3891). `isByCode`: one that dialed a code instead; a call of its own refuses it. */
  | {
      readonly type: 'takeoverAsked'
      readonly side: CallSide
      readonly party: Party
      readonly sdp: string
      readonly sipCallId: string
      readonly isByCode?: true
    }
  /** An INVITE with Replaces wants a call that rings at that leg (RFC 3891 3: call pickup). */
  | { readonly type: 'pickupAsked'; readonly legId: string; readonly party: Party; readonly sdp: string; readonly sipCallId: string; readonly isByCode?: true }
  /** Somebody fetches the party that is parked in this call, or that the platform has answered and rings phones for; `legId`: one that rings. */
  | {
      readonly type: 'retrieveAsked'
      readonly legId?: string
      readonly party: Party
      readonly sdp: string
      readonly sipCallId: string
      readonly isByCode?: true
    }
  /** The call that the caller's INVITE was offered to has answered it, or refuses it. */
  | { readonly type: 'taken' }
  | { readonly type: 'takeRefused'; readonly statusCode: number }
  /** The INVITE with Replaces was cancelled before it was answered. */
  | { readonly type: 'takeoverGone'; readonly isCancelled?: true }
  /** Our own end speaks with the caller: it was answered, or hears it as early media. */
  | { readonly type: 'ownEndOpened'; readonly isAnswered: boolean }
  /** The program that has the caller wants somebody rung. */
  | { readonly type: 'serviceRing'; readonly to: CallTarget; readonly timeoutMs: number }
  /** The program wants its caller to be with another call. */
  | { readonly type: 'serviceAttends'; readonly toSessionId: string }
  /** The program is a fax machine, or the call is one of ours to send a fax: the other end is to speak T.38 with us. */
  | { readonly type: 'faxWanted' }
  /** It does, because it asked for it or was asked. */
  | { readonly type: 'faxAgreed' }
  | { readonly type: 'faxRefused'; readonly statusCode: number }
  | ({ readonly type: 'faxReceived' } & FaxFacts)
  /** What we called to send; what our own fax line makes of it is told by 'faxReceived'. */
  | ({ readonly type: 'faxSent' } & FaxFacts)
  /** It is over; `to`: the caller goes on there, `code`: why it is hung up. */
  | { readonly type: 'serviceEnded'; readonly to?: CallTarget; readonly code?: string }
  /** An operator sends on whom a program has. */
  | { readonly type: 'sentOn'; readonly to: CallTarget }
  /** What became of a phone that was paged; of nothing the call decides by. */
  | { readonly type: 'paged'; readonly lineId: string; readonly outcome: string; readonly sipCallId: string }
  /** The legs of the call are in its mix, or cannot be; `code` of the media engine. */
  | { readonly type: 'mixOpened'; readonly forSessionId: string }
  | { readonly type: 'mixRefused'; readonly forSessionId: string; readonly code: string }
  /** The one leg of this call was answered and is in the mix of another one. */
  | { readonly type: 'mixEntered' }
  | { readonly type: 'timer'; readonly name: TimerName }
  /** The platform ends the call. */
  | { readonly type: 'hangup'; readonly code: string }
)

/**
 * bye: the party hung up; gone: it is not there any more; ackTimeout: it never acknowledged our answer; expired: it did not
 * refresh the session (RFC 4028 10).
 */
export type EndCause = 'bye' | 'gone' | 'ackTimeout' | 'expired'
