import type { RouteFacts } from './route-facts.ts'

const defaultHopLimit = 20

/** How many attempts and forwardings this call may see. */
export function hopLimitOf(facts: RouteFacts): number {
  return facts.hopLimit ?? defaultHopLimit
}
