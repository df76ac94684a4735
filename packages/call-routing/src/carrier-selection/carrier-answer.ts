import { reject } from '../reject.ts'
import type { RejectVerdict } from '../route-decision.ts'
import type { RouteAttempt } from '../route-facts.ts'

/**
 * Statuses that speak of the called number or person: another carrier would say the same, or ring the same phone a second
 * time. Everything else (408, 5xx, but also a carrier that refuses us or our offer) goes on to the next carrier.
 */
const finalStatusCodes: ReadonlySet<number> = new Set([404, 410, 480, 484, 485, 486, 487, 600, 603, 604, 606, 607, 608])

/**
 * Q.850 2.2.7 in the Reason says more than the status where a gateway had to guess one (RFC 3398 8.2.6.1). These speak of the
 * called number or person, whatever the status: unallocated, busy, no answer, absent, number changed, wrong format.
 */
const finalCauses: ReadonlySet<number> = new Set([1, 17, 18, 19, 20, 22, 28])
/** These speak of the network on the way, which another carrier goes round: no route, order, congestion, resources, timers. */
const networkCauses: ReadonlySet<number> = new Set([2, 3, 5, 6, 25, 27, 34, 38, 41, 42, 43, 44, 46, 47, 49, 50, 57, 58, 63, 65, 66, 69, 79, 102, 111, 127])
/** A phone has rung, and somebody or something decided: nothing rings it a second time. */
const decidedStatusCodes: ReadonlySet<number> = new Set([486, 487, 600, 603, 604, 606, 607, 608])

export function isFinalCarrierAnswer(attempt: RouteAttempt): boolean {
  const { q850Cause, statusCode } = attempt
  if (q850Cause !== undefined && !decidedStatusCodes.has(statusCode)) {
    if (finalCauses.has(q850Cause)) return true
    if (networkCauses.has(q850Cause)) return false
  }
  if (attempt.outcome === 'busy' || attempt.outcome === 'declined' || attempt.outcome === 'no-answer') return true
  return finalStatusCodes.has(statusCode)
}

/** What the caller hears when the carriers had their say. RFC 3261 16.7: a 503 of theirs is not ours, but none of our carriers works. */
export function rejectAfterCarrier(attempt: RouteAttempt): RejectVerdict {
  const byCause = attempt.statusCode >= 500 && attempt.statusCode < 600 ? rejectByCause(attempt.q850Cause) : undefined
  if (byCause !== undefined) return byCause
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

/** A gateway that can only say 5xx, and says in the Reason what it really is. */
function rejectByCause(q850Cause: number | undefined): RejectVerdict | undefined {
  switch (q850Cause) {
    case 1:
    case 22:
      return reject('UnknownNumber')
    case 17:
      return reject('UserBusy')
    case 18:
    case 19:
    case 20:
      return reject('NoAnswer')
    case 28:
      return reject('CarrierFailed', { statusCode: 484, reasonPhrase: 'Address Incomplete' })
    default:
      return undefined
  }
}
