import type { E164 } from '@dialtone/numbering'
import type { DecisionTrace } from './decision-trace.ts'
import type { CallerIdentity, RouteAttempt, RouteFacts } from './route-facts.ts'
import type { RoutingLine, RoutingSnapshot, RoutingUser } from './routing-snapshot.ts'

/** What every rule of one decision looks at. */
export interface CallScene {
  readonly snapshot: RoutingSnapshot
  readonly facts: RouteFacts
  readonly caller: Caller
  readonly trace: DecisionTrace
  /** What the caller asked for this call alone, with *67 or *82. */
  readonly callerIdOnce?: 'hidden' | 'shown' | undefined
  /** What a rule of the dial plan shows in this call alone. */
  readonly callerNumberOnce?: E164 | undefined
}

export type Caller =
  | { readonly kind: 'line'; readonly line: RoutingLine; readonly user: RoutingUser | undefined }
  | { readonly kind: 'outside'; readonly identity: CallerIdentity }

/** The latest try of a target, undefined when it was not tried yet. */
export function lastAttemptAt(target: string, trail: readonly RouteAttempt[]): RouteAttempt | undefined {
  return trail.findLast((attempt) => attempt.target === target)
}
