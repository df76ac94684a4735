import type { ObjectReference } from '../account-objects/index.ts'
import type { FieldProblem } from '../failures/index.ts'

/** How the lines of a group ring; the words of the engine (C-57). */
export const STRATEGIES = ['LINEAR', 'SEQUENTIAL', 'SIMULTANEOUS', 'ROUND_ROBIN'] as const
export type Strategy = (typeof STRATEGIES)[number]

export const FAILOVER_REASONS = ['BUSY', 'NO_ANSWER', 'UNREGISTERED'] as const
export type FailoverReason = (typeof FAILOVER_REASONS)[number]
export const FAILOVER_TYPES = ['BusyFailoverAction', 'ForwardFailoverAction', 'VoicemailFailoverAction'] as const

export interface Member {
  readonly businessLineId: string
  /** Of a simultaneous group: the order it was given in. */
  readonly sequenceOrder: number
  /** Of a sequential group each its own, otherwise that of the group. */
  readonly ringTimeoutSeconds: number
}

export interface Hunting {
  readonly strategy: Strategy
  readonly ringTimeoutSeconds: number
  /** In the order they ring. */
  readonly members: readonly Member[]
}

/** What a caller gets who reaches none of the lines. */
export interface FailoverAction {
  readonly '@type': (typeof FAILOVER_TYPES)[number]
  /** Of a forward, and of nothing else. */
  readonly forwardToPhoneNumber?: string | undefined
  /** Of voicemail, and of nothing else. */
  readonly voicemailBoxId?: string | undefined
}

/** Business lines that ring for the same calls (S1-99). All of it is what the call plane needs to ring them. */
export interface HuntGroup {
  readonly name: string
  readonly hunting: Hunting
  /** By reason; busy where nothing is said. */
  readonly failoverActions: Readonly<Partial<Record<FailoverReason, FailoverAction>>>
  /** The forward that all calls follow now. */
  readonly activeForwardConfigurationId?: string | undefined
}

export function huntingProblems({ members }: Hunting): readonly FieldProblem[] {
  const ids = members.map((member) => member.businessLineId)
  const orders = members.map((member) => member.sequenceOrder)
  const field = 'huntingConfiguration.members'
  return [
    ...(new Set(ids).size === ids.length ? [] : [{ field, code: 'DuplicateMembers', reason: 'name a line twice', rule: 'every line once' }]),
    ...(new Set(orders).size === orders.length
      ? []
      : [{ field, code: 'DuplicateSequenceOrder', reason: 'have the same place twice', rule: 'every sequenceOrder once' }]),
  ]
}

export function referencesOf({ hunting, failoverActions, activeForwardConfigurationId }: HuntGroup): readonly ObjectReference[] {
  return [
    ...hunting.members.map(({ businessLineId }) => ({ role: 'member', type: 'BUSINESS_LINE', id: businessLineId }) as const),
    ...Object.values(failoverActions).flatMap(({ voicemailBoxId }) =>
      voicemailBoxId === undefined ? [] : [{ role: 'voicemailBox', type: 'VOICEMAIL_BOX', id: voicemailBoxId } as const],
    ),
    ...(activeForwardConfigurationId === undefined
      ? []
      : [{ role: 'activeForward', type: 'FORWARD_CONFIGURATION', id: activeForwardConfigurationId } as const]),
  ]
}
