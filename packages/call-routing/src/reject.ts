import type { RejectCode, RejectVerdict } from './route-decision.ts'
import type { RouteAttempt } from './route-facts.ts'

interface Answer {
  readonly statusCode: number
  readonly reasonPhrase: string
}

const forbidden: Answer = { statusCode: 403, reasonPhrase: 'Forbidden' }
const notFound: Answer = { statusCode: 404, reasonPhrase: 'Not Found' }
const unavailable: Answer = { statusCode: 480, reasonPhrase: 'Temporarily Unavailable' }
const busy: Answer = { statusCode: 486, reasonPhrase: 'Busy Here' }
const serviceUnavailable: Answer = { statusCode: 503, reasonPhrase: 'Service Unavailable' }

/** What a caller hears, by the reason the call ends (RFC 3261 21). */
const answers: Readonly<Record<RejectCode, Answer>> = {
  AccountBlocked: forbidden,
  UnknownLine: forbidden,
  LineInactive: forbidden,
  NotAllowedByDialPlan: notFound,
  UnknownFeatureCode: notFound,
  UnknownExtension: notFound,
  UnknownNumber: notFound,
  StagedNumber: notFound,
  UnassignedNumber: busy,
  DestinationNotAvailable: unavailable,
  UserBusy: busy,
  NoAnswer: unavailable,
  Unregistered: unavailable,
  CallerBlocked: busy,
  // RFC 5079.
  AnonymousRejected: { statusCode: 433, reasonPhrase: 'Anonymity Disallowed' },
  Declined: { statusCode: 603, reasonPhrase: 'Decline' },
  DestinationFailed: unavailable,
  HopLimit: { statusCode: 483, reasonPhrase: 'Too Many Hops' },
  TrunkFull: serviceUnavailable,
  FeatureNotAvailable: forbidden,
  FeatureNotProvided: { statusCode: 501, reasonPhrase: 'Not Implemented' },
  NobodyToCallBack: unavailable,
  NothingToPickUp: unavailable,
  NoCallToPull: unavailable,
  SpotTaken: busy,
  SpotEmpty: unavailable,
  NoCarrier: serviceUnavailable,
  CarrierFailed: serviceUnavailable,
}

/** The final answer for a reason, with another status where the reason has several. */
export function reject(code: RejectCode, other?: Answer): RejectVerdict {
  return { kind: 'reject', code, ...(other ?? answers[code]) }
}

/** The answer for a ring that ended without an answer: busy 486, no answer 480, unregistered 480, declined 603. */
export function rejectAfterRing(attempt: RouteAttempt): RejectVerdict {
  switch (attempt.outcome) {
    case 'busy':
      return reject('UserBusy')
    case 'no-answer':
      return reject('NoAnswer')
    case 'unregistered':
      return reject('Unregistered')
    case 'declined':
      return reject('Declined')
    case 'left':
      return reject('NoAnswer')
    case 'failed':
      return rejectAfterFailure(attempt.statusCode)
  }
}

/** A device that refuses the media says something about the caller's offer; anything else it fails with is ours to keep. */
function rejectAfterFailure(statusCode: number): RejectVerdict {
  if (statusCode === 415) return reject('DestinationFailed', { statusCode, reasonPhrase: 'Unsupported Media Type' })
  if (statusCode === 488 || statusCode === 606) return reject('DestinationFailed', { statusCode: 488, reasonPhrase: 'Not Acceptable Here' })
  return reject('DestinationFailed')
}
