import type { CallCategory, EmergencyLocation } from '@dialtone/call-routing'
import type { StandingLeg } from '@dialtone/sip'
import type { FaxEndReason, MediaReport } from '@dialtone/media'

/**
 * Takes the records of calls (S0-52). `checkpoint` when a call rings, was answered or changed, `close` exactly once when it
 * ended. An implementation journals them durably before it lets go of them; neither call may block or throw.
 */
export interface CallRecordSink {
  checkpoint(record: CheckpointedRecord): void
  close(record: CallRecord): void
}

/** A record as it is kept while the call goes on. */
export interface CheckpointedRecord extends CallRecord {
  /** What the call's parties are hung up by when the switch dies, those that ring or wait too: with one of its records, as they stood then. */
  readonly dialogs?: readonly LeftLeg[]
}

/** A leg as it is kept. `carrierId`: by whose credentials a BYE is sent that is asked for some; they are kept nowhere else. */
export type LeftLeg = StandingLeg & { readonly carrierId?: string }

export type CallDisposition =
  | 'ANSWERED'
  | 'BUSY'
  | 'NO_ANSWER'
  | 'CANCELLED'
  | 'DECLINED'
  | 'UNREGISTERED'
  | 'UNKNOWN_NUMBER'
  | 'FAILED'
  | 'REJECTED'
  | 'IN_PROGRESS'

export type CallDirection = 'INBOUND' | 'OUTBOUND' | 'INTERNAL'

/** One call as one account sees it. A call between two accounts has two, with the same `sessionId`. */
export interface CallRecord {
  /** UUID, one a record. */
  readonly id: string
  /** UUID, one a call. */
  readonly sessionId: string
  readonly partitionId: string
  readonly accountId: string
  readonly legType: 'Origination' | 'Termination' | 'Forward'
  readonly direction: CallDirection
  readonly startedAtMs: number
  readonly ringingAtMs: number | undefined
  readonly answeredAtMs: number | undefined
  readonly endedAtMs: number | undefined
  /** What the caller dialed, as dialed. */
  readonly dialedNumber: string
  readonly callingNumber: string
  readonly callingName: string
  readonly calledNumber: string
  readonly callingUserId?: string | undefined
  readonly calledUserId?: string | undefined
  readonly callingLineId?: string | undefined
  readonly calledLineId?: string | undefined
  readonly carrierId?: string | undefined
  readonly origCategory: CallCategory
  readonly termCategory: CallCategory
  readonly disposition: CallDisposition
  readonly hangupBy: 'caller' | 'callee' | 'system' | undefined
  /** The final status the caller was answered with; 200 for an answered call; 0 while there is none. */
  readonly sipStatusCode: number
  /** Why it ended so: a code of call-failure.ts, or how an answered call ended. */
  readonly reasonCode?: string | undefined
  readonly sipCallIds: readonly string[]
  readonly mediaReport?: MediaReport | undefined
  readonly emergency?: EmergencyFacts | undefined
  /** Of a leg that was sent on: who sent it, and what was called there. */
  readonly forwarding?: { readonly userId: string | undefined; readonly number: string; readonly reason: string } | undefined
  /** Of a call that went on elsewhere: where to. */
  readonly forwardedTo?: string | undefined
  readonly authorization?: RecordAuthorization | undefined
  readonly pickup?: CallPickup | undefined
  /** Of a call that a virtual fax line answered. */
  readonly fax?: FaxFacts | undefined
}

/** What became of a fax. */
export interface FaxFacts {
  /** `Refused`: the other end was asked for T.38, and nothing went on. */
  readonly code: FaxEndReason | 'Refused'
  readonly pageCount: number
  readonly badRows: number
  /** Of the pages, as they are kept. */
  readonly sizeBytes: number
  /** undefined: nothing was ever agreed. */
  readonly bitRate: number | undefined
  readonly hasCorrection: boolean
  /** It came, or went, in the sound of the call; else by T.38. */
  readonly isSound: boolean
  /** Dots to the inch, such as `204x196`; undefined: no page came. */
  readonly resolution: string | undefined
}

/** Who answered what rang at somebody else: users, or lines that are nobody's. */
export interface CallPickup {
  readonly byId: string | undefined
  readonly fromId: string | undefined
}

/** What the plan that pays for a leg allowed. */
export interface RecordAuthorization {
  /** Seconds from the answer; undefined: nothing limits it. */
  readonly maxSeconds: number | undefined
  readonly planId: string | undefined
}

export interface EmergencyFacts {
  readonly callbackNumber: string | undefined
  readonly location: EmergencyLocation | undefined
}
