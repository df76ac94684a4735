import type { RouteAttempt } from '@dialtone/call-routing'
import type { LegState } from './call-state.ts'

export interface BestResponse {
  readonly outcome: RouteAttempt['outcome']
  readonly statusCode: number
  readonly reason?: string | undefined
}

/**
 * RFC 3261 16.7 step 6, over the forks that have ended: a 6xx decides; then what a telephone user would call the
 * most telling one: busy before the rest of the lowest class; nobody there at all is "unregistered".
 */
export function bestResponse(legs: readonly LegState[], kind: 'ring' | 'carrier' | 'emergency'): BestResponse {
  const ranked = legs.toSorted((one, other) => rank(one) - rank(other))
  const best = ranked[0]
  if (best === undefined) return kind === 'ring' ? { outcome: 'unregistered', statusCode: 480 } : { outcome: 'failed', statusCode: 503 }
  if (kind === 'ring' && best.local) return { outcome: 'unregistered', statusCode: 480 }
  return { outcome: outcomeOf(best.statusCode, kind), statusCode: best.statusCode, reason: best.reason }
}

function rank(leg: LegState): number {
  const status = leg.statusCode
  if (leg.local) return 9_000 + status
  if (status >= 600) return status - 600
  if (status === 486) return 1_000
  // RFC 3261 16.7: responses that tell the caller how to do better stand before others of their class.
  if (status === 480) return 1_500
  if (status >= 400 && status < 500) return 2_000 + status
  if (status >= 300 && status < 400) return 3_000 + status
  return 4_000 + status
}

function outcomeOf(statusCode: number, kind: 'ring' | 'carrier' | 'emergency'): RouteAttempt['outcome'] {
  if (statusCode === 486 || statusCode === 600) return 'busy'
  if (statusCode === 603 || statusCode === 607) return 'declined'
  if (statusCode === 480) return 'no-answer'
  // A phone that says 408 rang in vain; a carrier that says so failed, and the next one is tried.
  if (statusCode === 408) return kind === 'ring' ? 'no-answer' : 'failed'
  return 'failed'
}
