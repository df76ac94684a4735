import { reject } from '../reject.ts'
import type { RejectVerdict } from '../route-decision.ts'
import type { RouteAttempt } from '../route-facts.ts'

/**
 * Statuses that speak of the called number or person: another carrier would say the same, or ring the same phone a second
 * time. Everything else (408, 5xx, but also a carrier that refuses us or our offer) goes on to the next carrier.
 */
const finalStatusCodes: ReadonlySet<number> = new Set([404, 410, 480, 484, 485, 486, 487, 600, 603, 604, 606, 607, 608])

export function isFinalCarrierAnswer(attempt: RouteAttempt): boolean {
  if (attempt.outcome === 'busy' || attempt.outcome === 'declined' || attempt.outcome === 'no-answer') return true
  return finalStatusCodes.has(attempt.statusCode)
}

/** What the caller hears when the carriers had their say. RFC 3261 16.7: a 503 of theirs is not ours, but none of our carriers works. */
export function rejectAfterCarrier(attempt: RouteAttempt): RejectVerdict {
  if (attempt.outcome === 'busy') return reject('UserBusy')
  if (attempt.outcome === 'declined') return reject('Declined')
  if (attempt.outcome === 'no-answer') return reject('NoAnswer')
  switch (attempt.statusCode) {
    case 404:
    case 410:
    case 604:
      return reject('UnknownNumber')
    case 484:
      return reject('CarrierFailed', { statusCode: 484, reasonPhrase: 'Address Incomplete' })
    case 486:
    case 600:
      return reject('UserBusy')
    case 480:
      return reject('NoAnswer')
    case 603:
    case 607:
    case 608:
      return reject('Declined')
    case 408:
      return reject('CarrierFailed', { statusCode: 504, reasonPhrase: 'Server Time-out' })
    case 488:
    case 606:
      return reject('CarrierFailed', { statusCode: 488, reasonPhrase: 'Not Acceptable Here' })
    default:
      return reject('CarrierFailed')
  }
}
