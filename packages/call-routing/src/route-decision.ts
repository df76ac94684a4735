import type { E164, EmergencyService } from '@dialtone/numbering'
import type { CallCategory } from './carrier-selection/call-category.ts'
import type { CallerIdentity } from './route-facts.ts'
import type { EmergencyLocation } from './routing-snapshot.ts'
import type { TrunkAddress } from './routing-trunk.ts'
import type { RingType } from './screening/call-screening.ts'
import type { ServiceOrder } from './service-order.ts'
import type { TakenCall } from './taken-call.ts'

/** Where the call goes now, and every rule that led there. */
export type RouteDecision = RouteVerdict & {
  readonly steps: readonly DecisionStep[]
  /** Whoever calls is busy to others until the call ends: *70. */
  readonly disablesCallWaiting?: true
}

export type RouteVerdict = RingVerdict | ServeVerdict | TakeVerdict | OnNetVerdict | CarrierVerdict | EmergencyVerdict | RejectVerdict

/** Ring every one of these lines at the same time (S1-16); none of them when only others are called. */
export interface RingVerdict {
  readonly kind: 'ring'
  readonly lineIds: readonly string[]
  readonly userId: string | undefined
  /** How to name this attempt in the trail: `user:<id>`, `line:<id>` for a number that rings one line (C-56), `huntgroup:<id>/<member>`. */
  readonly target: string
  /** Phones of several people: a 6xx of one of them speaks for that one alone, and the others ring on (RFC 3261 16.7 step 5 is about one person). */
  readonly ringsSeveral?: true
  readonly timeoutMs: number | undefined
  readonly caller: CallerIdentity
  readonly calledNumber: string
  readonly diversion: Diversion | undefined
  /** The line is a PBX: what it is sent as called, and where it is when it does not register. */
  readonly trunk?: { readonly digits: string; readonly address: TrunkAddress | undefined } | undefined
  /** Somebody who called 911 is called back: phones are told so (RFC 7090 5). */
  readonly isCallback?: boolean
  /** How the phones ring, when not as ever: the caller is one the user wants to know by the ring. */
  readonly ringType?: RingType | undefined
  /** Who answers one of the lines has to press 1 first. */
  readonly confirms?: true | undefined
  /** Called at the same time; the first of all to answer has the call. */
  readonly alsoCall?: readonly AlsoCalled[] | undefined
}

/** Somebody else who is called while the phones of a user ring. */
export interface AlsoCalled {
  readonly verdict: RingVerdict | CarrierVerdict | OnNetVerdict
  readonly startsAfterMs: number
  /** Undefined: as long as the rest. */
  readonly ringsForMs: number | undefined
  /** When it is busy, nobody rings any longer. */
  readonly endsRingingWhenBusy: boolean
  /** Who answers has to press 1 first: else it has not been answered, and the others ring on. */
  readonly confirms?: true | undefined
}

/** The platform itself takes the call. */
export interface ServeVerdict {
  readonly kind: 'serve'
  readonly service: ServiceOrder
  /** How to name it in the trail, such as `voicemail:<box id>`. */
  readonly target: string
  /** Whose call it is, when somebody's. */
  readonly userId: string | undefined
  readonly caller: CallerIdentity
  readonly calledNumber: string
  readonly diversion: Diversion | undefined
}

/** Whoever calls takes a call that is there already, with this very INVITE: no other call comes of it. */
export interface TakeVerdict {
  readonly kind: 'take'
  readonly from: TakenCall
  readonly target: string
  readonly userId: string | undefined
  readonly caller: CallerIdentity
  readonly calledNumber: string
}

/** The number belongs to another account of the partition: ask again with that account's snapshot, terminating. */
export interface OnNetVerdict {
  readonly kind: 'on-net'
  readonly partitionId: string
  readonly accountId: string
  readonly number: E164
  readonly caller: CallerIdentity
  readonly diversion: Diversion | undefined
}

export interface CarrierVerdict {
  readonly kind: 'carrier'
  /** In order of trial; never empty. */
  readonly carrierIds: readonly string[]
  /** E.164, or the short code (411, 0) as dialed. */
  readonly number: E164
  readonly caller: CallerIdentity
  readonly category: CallCategory
  readonly diversion: Diversion | undefined
  /** Whom the carrier is to charge, when it is not who calls (RFC 8496). */
  readonly chargeNumber?: E164 | undefined
}

export interface EmergencyVerdict {
  readonly kind: 'emergency'
  readonly service: EmergencyService
  /** In order of trial. Empty only when no carrier is known at all or every one was tried: answer 503. */
  readonly carrierIds: readonly string[]
  readonly callbackNumber: E164 | undefined
  /** Undefined when no address is registered: the call relay centre asks for it (C-36). */
  readonly location: EmergencyLocation | undefined
  readonly caller: CallerIdentity
}

/** The final answer to the caller. */
export interface RejectVerdict {
  readonly kind: 'reject'
  readonly statusCode: number
  readonly code: RejectCode
  readonly reasonPhrase: string
}

export type RejectCode =
  | 'AccountBlocked'
  | 'UnknownLine'
  | 'LineInactive'
  | 'NotAllowedByDialPlan'
  | 'UnknownFeatureCode'
  | 'UnknownExtension'
  | 'UnknownNumber'
  | 'StagedNumber'
  | 'UnassignedNumber'
  | 'DestinationNotAvailable'
  | 'UserBusy'
  | 'NoAnswer'
  | 'Unregistered'
  | 'CallerBlocked'
  | 'AnonymousRejected'
  | 'Declined'
  | 'DestinationFailed'
  | 'HopLimit'
  | 'TrunkFull'
  | 'FeatureNotAvailable'
  | 'FeatureNotProvided'
  | 'NobodyToCallBack'
  | 'NothingToPickUp'
  | 'NoCallToPull'
  | 'SpotTaken'
  | 'SpotEmpty'
  | 'NoCarrier'
  | 'CarrierFailed'

/** Who sent the call on last, and why (RFC 5806 Diversion). */
export interface Diversion {
  /** The user, or the group, line or trunk. */
  readonly userId: string
  /** The number or extension that was called there. */
  readonly number: string
  readonly reason: 'always' | 'busy' | 'no-answer' | 'unregistered' | 'do-not-disturb'
  /** Whose plan pays when the call leaves the account. Left out: the account's own, as for groups and queues. */
  readonly payer?: DiversionPayer
}

/** A user, a line or trunk of nobody's, or a line with its user. */
export interface DiversionPayer {
  readonly userId?: string | undefined
  readonly lineId?: string | undefined
}

/** One rule that was applied: what it looked at and what it concluded. */
export interface DecisionStep {
  readonly rule: string
  readonly outcome: string
  readonly detail?: Readonly<Record<string, unknown>>
}
