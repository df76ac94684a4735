import type { E164 } from '@dialtone/numbering'
import type { CallTarget } from '../account-services.ts'
import type { Diversion, RejectVerdict, RouteVerdict } from '../route-decision.ts'

/** Where a call is heading inside the decision; a closed list, one room file a kind. */
export type Destination = UserDestination | LineDestination | NumberDestination | ShortCodeDestination | ServiceDestination

export interface UserDestination {
  readonly kind: 'user'
  readonly userId: string
  /** The number or extension by which the user was called. */
  readonly calledNumber: string
  readonly diversion: Diversion | undefined
}

export interface LineDestination {
  readonly kind: 'line'
  readonly lineId: string
  readonly calledNumber: string
  readonly diversion: Diversion | undefined
}

export interface NumberDestination {
  readonly kind: 'number'
  readonly number: E164
  readonly diversion: Diversion | undefined
}

/** N11, 988, operator: a carrier completes it. */
export interface ShortCodeDestination {
  readonly kind: 'short-code'
  readonly digits: string
}

/** Anything else of the account that takes calls, by its kind: `enter-service.ts` knows the kinds. */
export interface ServiceDestination {
  readonly kind: 'service'
  readonly to: CallTarget
  readonly calledNumber: string
  readonly diversion: Diversion | undefined
}

/** Either the decision is made, or the call goes on to another destination, or to the first of several. */
export type Progress = { readonly verdict: RouteVerdict } | { readonly next: Destination; readonly forwarded: boolean } | FirstOf

/** In this order: the first that does not refuse the call has it. */
export interface FirstOf {
  readonly firstOf: readonly Destination[]
  /** When there is none. */
  readonly otherwise: RejectVerdict
}
