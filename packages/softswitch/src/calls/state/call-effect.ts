import type { RouteAttempt } from '@dialtone/call-routing'
import type { CallSide, RouteQuestion, TimerName } from './call-event.ts'
import type { LegPlan } from './leg-plan.ts'

/** Everything a call can ask for. `perform-effect.ts` is the only place that does it. */
export type CallEffect =
  /** Answered by 'routed'. */
  | { readonly type: 'askRoute'; readonly question: RouteQuestion; readonly trail: readonly RouteAttempt[]; readonly hopLimit: number }
  /** Answered by 'mediaOpened' or 'mediaRefused'. */
  | { readonly type: 'openMedia' }
  /** Sends the INVITE with the caller's offer, relayed. */
  | { readonly type: 'startLeg'; readonly legId: string; readonly plan: LegPlan }
  | { readonly type: 'cancelLeg'; readonly legId: string; readonly reason: string }
  | { readonly type: 'byeLeg'; readonly legId: string; readonly reason: string }
  /** Tells the caller it rings; with `sdp`, the answer of `legId`, it is early media. */
  | { readonly type: 'progressCaller'; readonly statusCode: number; readonly legId: string; readonly sdp: string | undefined }
  | { readonly type: 'answerCaller'; readonly legId: string; readonly sdp: string }
  | { readonly type: 'rejectCaller'; readonly statusCode: number; readonly reasonPhrase: string; readonly reason: string; readonly retryAfterSeconds?: number }
  | { readonly type: 'byeCaller'; readonly reason: string }
  /** The caller answered our offer in its ACK. */
  | { readonly type: 'acceptCallerAnswer'; readonly sdp: string }
  /** Offers the session description of `from` to the other side. */
  | { readonly type: 'relayReinvite'; readonly from: CallSide; readonly sdp: string }
  /** Answers a re-INVITE without offer with one, made of the other side's last description. */
  | { readonly type: 'offerInReinvite'; readonly to: CallSide; readonly sdp: string }
  /** Answers the re-INVITE of `to` with what the other side answered. */
  | { readonly type: 'answerReinvite'; readonly to: CallSide; readonly sdp: string }
  | { readonly type: 'rejectReinvite'; readonly to: CallSide; readonly statusCode: number }
  | { readonly type: 'relayInfo'; readonly to: CallSide; readonly contentType: string; readonly body: string }
  | { readonly type: 'startTimer'; readonly name: TimerName; readonly delayMs: number }
  | { readonly type: 'stopTimer'; readonly name: TimerName }
  /** Tells the notification service, after the legs are on their way. */
  | { readonly type: 'reportEmergency' }
  | { readonly type: 'checkpointRecords' }
  /** Closes the media session, then the records. Once a call. */
  | { readonly type: 'finish' }
  /** Nothing is left of the call. Always the last effect. */
  | { readonly type: 'dispose' }
