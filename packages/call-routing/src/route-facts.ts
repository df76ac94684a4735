import type { E164 } from '@dialtone/numbering'
import type { CallTarget } from './account-services.ts'
import type { PageType } from './paging-group.ts'
import type { CallsOfAccount } from './taken-call.ts'

/** What is known of a call besides the tenant snapshot. */
export interface RouteFacts {
  readonly call: OriginatingCall | TerminatingCall | ContinuingCall
  /** Milliseconds since 1970-01-01T00:00:00Z, passed in so that yesterday's call can be replayed. */
  readonly nowMs: number
  /** When the call began, on the same clock: schedules hold for a call as they did then. Undefined: now. */
  readonly startedAtMs?: number | undefined
  /** Whose number this is on the platform; undefined for numbers that are not ours. */
  readonly ownerOf: (number: E164) => NumberOwner | undefined
  /** Whether a user talks or calls already: asked of those only who want no second call. Undefined: nobody does. */
  readonly isBusy?: ((userId: string) => boolean) | undefined
  /** Whether a user is in a call for the time of which no second one is wanted. Asked of everybody. */
  readonly wantsNoSecondCall?: ((userId: string) => boolean) | undefined
  /** What was tried for this call already, oldest first. */
  readonly trail: readonly RouteAttempt[]
  /** false: this switch has no services of its own, such as voicemail, and only connects. Default true. */
  readonly canServe?: boolean | undefined
  /**
   * How many attempts and forwardings the call may still see, default 20. Whoever follows an `on-net` decision into another
   * account passes one less each time: two accounts that forward to each other leave nothing in the trail.
   */
  readonly hopLimit?: number | undefined
  /** How many calls go on at a trunk or line now, in both directions together and without this one. Left out: nobody is known to be full or busy. */
  readonly activeCallsOf?: ((trunkOrLineId: string) => number) | undefined
  /** The lines that have dialed 911 lately with this callback number, the last one first (RFC 7090). */
  readonly recentEmergency?: ((callbackNumber: E164) => readonly string[]) | undefined
  /** How a carrier is doing now; undefined: nothing is known against it. */
  readonly carrierState?: ((carrierId: string) => CarrierState | undefined) | undefined
  /** Whether a phone of the line can be rung now; without it, whoever is not there is found out by trying. */
  readonly isRegistered?: ((lineId: string) => boolean) | undefined
  /** The page a phone of the line hears now. */
  readonly pageAt?: ((lineId: string) => PageType | undefined) | undefined
  /** The line talks to 911, or is called back from there: no other call and no page comes to it meanwhile. */
  readonly isCallingForHelp?: ((lineId: string) => boolean) | undefined
  readonly group?: GroupFacts | undefined
  /** Left out: nobody knows of any. */
  readonly calls?: CallsOfAccount | undefined
}

/** What the switch remembers of earlier calls, for strategies that take turns (S0-55, C-57), in memory. */
export interface GroupFacts {
  /** The member, by user or line id, that answered the last call of the group. */
  lastAnsweredBy(groupId: string): string | undefined
  /** When the line's last call ended, in ms since 1970; Infinity while it is in one, undefined: none is known. */
  idleSinceMs(lineId: string): number | undefined
}

/** What the switch has seen of a carrier lately. */
export interface CarrierState {
  /** down: it does not answer at all; held-down: it has failed too often in a row, and rests; returning: it came back a moment ago and has all the calls it gets for now. */
  readonly health: 'up' | 'held-down' | 'returning' | 'down'
  /** Calls that go on through it now, in both directions together and without this one. */
  readonly activeCalls: number
  /** Calls sent to it within the last second. */
  readonly callsInLastSecond: number
}

/** One of our lines dials. */
export interface OriginatingCall {
  readonly direction: 'originating'
  readonly fromLineId: string
  readonly dialed: string
  /** No line dials but the platform, for this number of the account: a fax that is sent. */
  readonly fromNumber?: string | undefined
  /** A phone of the line has dialed it itself and proven to be one: neither a transfer for somebody else nor a click elsewhere. */
  readonly isByPhone?: boolean | undefined
  /** The phone asks that its user be hidden (RFC 3323 4.2, 47 CFR 64.1601(b)). What a phone says of itself otherwise is not believed; this is obeyed. */
  readonly wantsPrivacy?: boolean | undefined
  /** A number of the account that is shown in place of the line's: of the queue that calls somebody back. */
  readonly shownNumber?: string | undefined
  /** Who the PBX behind a trunk says is calling; its number is '' when it says nothing that is a number. Shown only if it is theirs. */
  readonly presented?: CallerIdentity | undefined
}

/** A call comes in for a number of this account, from a carrier or from another account. */
export interface TerminatingCall {
  readonly direction: 'terminating'
  readonly calledNumber: E164
  readonly caller: CallerIdentity
  /** The numbers by which it has come into accounts before this one, each of which has sent it on. */
  readonly cameThrough?: readonly E164[]
}

/** A caller whom the platform has answered goes on: a menu choice, an overflow, the way out of a queue. */
export interface ContinuingCall {
  readonly direction: 'continuing'
  readonly to: CallTarget
  /** The number or extension that was called. */
  readonly calledNumber: string
  readonly caller: CallerIdentity
}

export interface NumberOwner {
  readonly partitionId: string
  readonly accountId: string
}

export interface RouteAttempt {
  /** `user:<id>`, `line:<id>` or `carrier:<id>`: the `target` of a decision, or the carrier tried. */
  readonly target: string
  /** `left`: the platform answered, and the caller went on from there. */
  readonly outcome: 'busy' | 'no-answer' | 'unregistered' | 'declined' | 'failed' | 'left'
  /** The SIP status the attempt ended with. */
  readonly statusCode: number
  /** Whom a carrier was asked for; left out: the number the call is for, as far as anybody knows. */
  readonly number?: string
  /** The Q.850 cause a carrier gave with it (RFC 3326, RFC 6432). */
  readonly q850Cause?: number | undefined
}

/** Who calls. When `anonymous`, number and name are kept for billing and identity assertion but must not be shown. */
export interface CallerIdentity {
  /** E.164 or extension; '' when the account has no number to show. */
  readonly number: string
  readonly name: string
  readonly anonymous: boolean
}
