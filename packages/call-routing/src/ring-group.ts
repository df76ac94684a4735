import type { CallTarget } from './account-services.ts'

/** How a call is offered to several (C-57). */
export type RingStrategy = 'SIMULTANEOUS' | 'LINEAR' | 'SEQUENTIAL' | 'ROUND_ROBIN' | 'LONGEST_IDLE'

/** Several people or phones behind one number or extension: hunt groups, those of business lines, call groups. */
export interface RoutingRingGroup {
  readonly id: string
  readonly name: string
  readonly strategy: RingStrategy
  /** In the order of their priorities. */
  readonly members: readonly RingGroupMember[]
  /** Of every attempt; of the whole ringing with SIMULTANEOUS. */
  readonly ringTimeoutSeconds: number
  /** Only who is in no call, and has had so long to himself since the last one, is asked: agents. */
  readonly freeOnly?: { readonly wrapUpMs: number } | undefined
  /** What all calls follow instead of ringing. */
  readonly forwardAlwaysTo: CallTarget | undefined
  /** Where a call goes on to that nobody takes, by why; undefined: the caller is told. */
  readonly overflow: RingGroupOverflow
}

/** The ringing alone, without what comes before and after. */
export type Hunt = Pick<RoutingRingGroup, 'id' | 'strategy' | 'members' | 'ringTimeoutSeconds' | 'freeOnly'>

export interface RingGroupMember {
  /** A user rings with every phone. */
  readonly kind: 'user' | 'line'
  readonly id: string
  /** Instead of the group's, for SEQUENTIAL. */
  readonly ringTimeoutSeconds?: number | undefined
}

export type RingGroupOverflow = Readonly<Record<'busy' | 'noAnswer' | 'unregistered', CallTarget | FirstMemberVoicemail | undefined>>

/** The voicemail box of whoever stands first in the group. */
export interface FirstMemberVoicemail {
  readonly voicemailOf: 'first-member'
}
