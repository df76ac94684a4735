import type { CallTarget, RouteAttempt, TakenCall } from '@dialtone/call-routing'
import type { AuthorizationRequest } from '../../ports/call-authorizer.ts'
import type { CallRecord } from '../../ports/call-record.ts'
import type { CallMessage, CallSide, RouteQuestion, TimerName } from './call-event.ts'
import type { Direction } from './hold-direction.ts'
import type { LegPlan } from './leg-plan.ts'
import type { ServiceView } from './service-state.ts'
import type { Party, TransferOrigin } from './transfer-state.ts'

/** Everything a call can ask for. `perform-effect.ts` is the only place that does it. */
export type CallEffect =
  /** Answered by 'routed'; `entering`: another account has led it there, maybe not for the first time. */
  | {
      readonly type: 'askRoute'
      readonly question: RouteQuestion
      readonly trail: readonly RouteAttempt[]
      readonly hopLimit: number
      readonly entering?: true
    }
  /** May the call begin, before a carrier hears of it? Answered by 'authorized'. */
  | { readonly type: 'askAuthorization'; readonly request: AuthorizationRequest }
  /** Its time is up: is there more? Answered by 'authorized'. */
  | { readonly type: 'extendAuthorization'; readonly reservationId: string }
  /** A leg led nowhere while the call goes on: what was reserved for it is free again. */
  | { readonly type: 'giveBackAuthorization'; readonly reservationId: string }
  /** Answered by 'mediaOpened' or 'mediaRefused'. */
  | { readonly type: 'openMedia' }
  /** Sends the INVITE with the caller's offer, relayed. */
  | { readonly type: 'startLeg'; readonly legId: string; readonly plan: LegPlan }
  /** A phone sends the call on with 3xx. Answered by 'redirected'. */
  | { readonly type: 'askRedirection'; readonly legId: string; readonly statusCode: number; readonly contacts: readonly string[]; readonly lineId: string }
  | { readonly type: 'cancelLeg'; readonly legId: string; readonly reason: string }
  | { readonly type: 'byeLeg'; readonly legId: string; readonly reason: string }
  /** Tells the caller it rings; with `sdp`, the answer of `legId`, it is early media. */
  | { readonly type: 'progressCaller'; readonly statusCode: number; readonly legId: string; readonly sdp: string | undefined }
  | { readonly type: 'answerCaller'; readonly legId: string; readonly sdp: string }
  | { readonly type: 'rejectCaller'; readonly statusCode: number; readonly reasonPhrase: string; readonly reason: string; readonly retryAfterSeconds?: number }
  | { readonly type: 'byeCaller'; readonly reason: string }
  /** The caller answered our offer in its ACK. */
  | { readonly type: 'acceptCallerAnswer'; readonly sdp: string }
  /** Offers the session description of `from` to the other side, with another direction when that is said. */
  | { readonly type: 'relayReinvite'; readonly from: CallSide; readonly sdp: string; readonly direction?: Direction }
  /** Takes back what was offered to a side: its answer is to be expected all the same (RFC 3261 9.1). */
  | { readonly type: 'cancelReinvite'; readonly to: CallSide }
  /** Answers a re-INVITE without offer with one, made of the other side's last description. */
  | { readonly type: 'offerInReinvite'; readonly to: CallSide; readonly sdp: string }
  /** Answers the re-INVITE of `to` with what the other side answered. */
  | { readonly type: 'answerReinvite'; readonly to: CallSide; readonly sdp: string; readonly direction?: Direction }
  | { readonly type: 'rejectReinvite'; readonly to: CallSide; readonly statusCode: number }
  /** Presses a key in the RTP of a side (RFC 4733). */
  | { readonly type: 'sendDigit'; readonly to: CallSide; readonly digit: string; readonly durationMs: number }
  | { readonly type: 'relayInfo'; readonly to: CallSide; readonly contentType: string; readonly body: string }
  | TransferEffect
  | MixEffect
  | ServiceEffect
  | { readonly type: 'startTimer'; readonly name: TimerName; readonly delayMs: number }
  | { readonly type: 'stopTimer'; readonly name: TimerName }
  /** Tells the notification service, after the legs are on their way. */
  | { readonly type: 'reportEmergency' }
  /** `isRinging`: somebody rings, who may not have been written down yet. */
  | { readonly type: 'checkpointRecords'; readonly isRinging?: true }
  /** The legs that cost are over, though others talk on: what they reserved and did not use is free. */
  | { readonly type: 'settleLegs' }
  /** Closes the media session, then the records. Once a call. */
  | { readonly type: 'finish' }
  /** Nothing is left of the call. Always the last effect. */
  | { readonly type: 'dispose' }

/** What a call asks for while the platform itself has the caller. */
export type ServiceEffect =
  /** Answers the caller with our own end. Answered by 'ownEndOpened' or 'mediaRefused'. */
  | { readonly type: 'answerOwnEnd' }
  /** The caller hears our own end and is not answered (RFC 3960). Answered the same way. */
  | { readonly type: 'progressOwnEnd' }
  /** The caller answered the offer of our own end in its ACK. */
  | { readonly type: 'acceptOwnEnd'; readonly sdp: string }
  | { readonly type: 'startService'; readonly service: ServiceView }
  | { readonly type: 'keyForService'; readonly key: string }
  /** Whom it had rung did not answer. */
  | { readonly type: 'tellService'; readonly outcome: RouteAttempt['outcome'] }
  /** Offers the caller T.38 in place of its speech. Answered by 'reinviteAnswered', 'reinviteRejected' or 'faxRefused'. */
  | { readonly type: 'offerFax' }
  /** Our fax machine has the one who answered, who has described himself so; undefined: it is another fax machine of ours. */
  | { readonly type: 'sendFax'; readonly sdp: string | undefined }
  /** Answered by 'faxAgreed' or 'faxRefused'. */
  | { readonly type: 'acceptFax'; readonly sdp: string }
  /** The caller has T.38 with us; `refusedWith`: it does not want that. */
  | { readonly type: 'tellServiceOfFax'; readonly refusedWith?: number }
  | { readonly type: 'stopService' }
  /** The other call is in that mix; undefined: it cannot be listened to. */
  | { readonly type: 'tellServiceOfMix'; readonly mixId: string | undefined }
  /** The caller hears the ringing tone. */
  | { readonly type: 'playOwnRingback' }
  /** The two who talk hear it, in the language of whose account pays; with `endsInMs` it ends then, and they hear nothing else. */
  | {
      readonly type: 'announceLimit'
      readonly promptId: 'minutes-used-up' | 'minute-left'
      readonly accountId: string
      readonly endsInMs?: number
      readonly to?: CallSide
    }
  /** The side is held, by somebody of that account. */
  | { readonly type: 'playHoldMusic'; readonly to: CallSide; readonly accountId: string }

/** What a call asks for when it is of three and more (RFC 3911). */
export type MixEffect =
  /** A served caller refuses to be offered who answered: both stay with our own end, in a mix. */
  | { readonly type: 'bridgeServed' }
  /** Puts the legs of the call into its mix. Answered by 'mixOpened' or 'mixRefused'. */
  | { readonly type: 'openMix'; readonly forSessionId: string }
  /** Offers a side our own end, by re-INVITE: the media it has cannot be mixed. Answered by 'reinviteAnswered' or 'reinviteRejected'. */
  | { readonly type: 'offerOwnEnd'; readonly to: CallSide }
  /** The two legs of the call talk to each other again. */
  | { readonly type: 'closeMix' }
  /** Nobody is at that side any more: no sound goes there. */
  | { readonly type: 'releaseSide'; readonly side: CallSide }
  /** Answers the caller, who hears the mix of another call. Answered by 'mixEntered' or 'mediaRefused'. */
  | { readonly type: 'enterMix'; readonly mixId: string }
  | { readonly type: 'answerInMix'; readonly to: CallSide; readonly sdp: string }
  | { readonly type: 'offerInMix'; readonly to: CallSide }
  | { readonly type: 'acceptInMix'; readonly from: CallSide; readonly sdp: string }

/** What a call asks for when legs change calls: REFER, Replaces, pickup. */
export type TransferEffect =
  /** Answers a REFER: 202, and NOTIFY from then on (RFC 3515 2.4.4). */
  | { readonly type: 'acceptRefer'; readonly side: CallSide }
  | { readonly type: 'rejectRefer'; readonly side: CallSide; readonly statusCode: number }
  | { readonly type: 'notifyTransferor'; readonly side: CallSide; readonly statusCode: number; readonly reasonPhrase: string }
  /** Begins the call a REFER asked for. */
  | {
      readonly type: 'beginTransfer'
      readonly sessionId: string
      readonly recordId: string
      readonly dialed: string
      /** Where it leads, when not to what was dialed. */
      readonly to?: CallTarget
      readonly offer: string
      readonly transfer: TransferOrigin
    }
  /** Another call hears of it. When there is no such call any more, this one is told 'transferFailed'. */
  | { readonly type: 'tellCall'; readonly sessionId: string; readonly message: CallMessage }
  /** The leg of `side` goes to another call, as its `toSide`. */
  | {
      readonly type: 'handOver'
      readonly side: CallSide
      readonly toSessionId: string
      readonly toSide: CallSide
      readonly party: Party
      readonly sdp: string
      readonly records: readonly CallRecord[]
    }
  /** The leg that was handed over takes the place of that side; `legId` names it there. */
  | { readonly type: 'seatParty'; readonly side: CallSide; readonly legId: string }
  /** Answered by 'routed': the phones of the transferor, to give the transferee back. */
  | { readonly type: 'askRecall'; readonly transferor: Party; readonly caller: Party; readonly timeoutMs: number; readonly lineIds?: readonly string[] }
  /** Offers to a side, by re-INVITE, what the other side described. Answered by 'reinviteAnswered' or 'reinviteRejected'. */
  | { readonly type: 'offerToParty'; readonly to: CallSide; readonly sdp: string }
  | { readonly type: 'acceptPartyAnswer'; readonly from: CallSide; readonly sdp: string }
  /** Offers a side our own end, by re-INVITE: it is to hear a ringing tone. */
  | { readonly type: 'offerRingback'; readonly to: CallSide }
  | { readonly type: 'playRingback'; readonly to: CallSide; readonly sdp: string }
  /** The INVITE with Replaces is refused. */
  | { readonly type: 'rejectTakeover'; readonly statusCode: number }
  /** The INVITE with Replaces waits for the answer of the other side, as a re-INVITE of `side` would. */
  | { readonly type: 'holdTakeover'; readonly side: CallSide }
  /** The caller's INVITE goes to another call of the account. Answered by 'taken' or 'takeRefused'. */
  | { readonly type: 'offerCaller'; readonly from: TakenCall; readonly party: Party; readonly sdp: string }
  /** Answers the INVITE with Replaces with what the caller offered: it picked the call up. */
  | { readonly type: 'answerPickup'; readonly sdp: string }
