import { describe, expect, it } from 'vitest'
import { CALL_FAILURE_CODES, callFailure, reasonOf, routingFailure } from './call-failure.ts'

/** Every code: the caller's status, the Q.850 cause, the disposition in the record. */
const TABLE: readonly (readonly [code: string, statusCode: number, cause: number, disposition: string])[] = [
  ['AccountBlocked', 403, 21, 'REJECTED'],
  ['UnknownLine', 403, 21, 'REJECTED'],
  ['LineInactive', 403, 21, 'REJECTED'],
  ['NotAllowedByDialPlan', 404, 28, 'REJECTED'],
  ['UnknownFeatureCode', 404, 28, 'UNKNOWN_NUMBER'],
  ['UnknownExtension', 404, 1, 'UNKNOWN_NUMBER'],
  ['UnknownNumber', 404, 1, 'UNKNOWN_NUMBER'],
  ['StagedNumber', 404, 1, 'UNKNOWN_NUMBER'],
  ['UnassignedNumber', 486, 17, 'BUSY'],
  ['DestinationNotAvailable', 480, 20, 'FAILED'],
  ['DestinationFailed', 480, 41, 'FAILED'],
  ['UserBusy', 486, 17, 'BUSY'],
  ['NoAnswer', 480, 19, 'NO_ANSWER'],
  ['Unregistered', 480, 20, 'UNREGISTERED'],
  ['CallerBlocked', 486, 21, 'REJECTED'],
  ['AnonymousRejected', 433, 21, 'REJECTED'],
  ['Declined', 603, 21, 'DECLINED'],
  ['HopLimit', 483, 25, 'FAILED'],
  ['TrunkFull', 503, 34, 'REJECTED'],
  ['FeatureNotAvailable', 403, 50, 'REJECTED'],
  ['FeatureNotProvided', 501, 69, 'REJECTED'],
  ['NobodyToCallBack', 480, 20, 'FAILED'],
  ['PickupNotAllowed', 403, 21, 'REJECTED'],
  ['NothingToPickUp', 480, 20, 'FAILED'],
  ['NoCallToPull', 480, 20, 'FAILED'],
  ['SpotTaken', 486, 17, 'BUSY'],
  ['SpotEmpty', 480, 20, 'FAILED'],
  ['NothingToTake', 480, 16, 'FAILED'],
  ['NoCarrier', 503, 34, 'FAILED'],
  ['WrongPassword', 407, 21, 'REJECTED'],
  ['TooManyWrongPasswords', 403, 21, 'REJECTED'],
  ['AddressNotAllowed', 403, 21, 'REJECTED'],
  ['DomainNotServed', 403, 21, 'REJECTED'],
  ['MaxBreadthExceeded', 440, 25, 'FAILED'],
  ['AnsweredAlready', 486, 17, 'BUSY'],
  ['CallerCancelled', 487, 16, 'CANCELLED'],
  ['InviteExpired', 487, 19, 'NO_ANSWER'],
  ['RingLimit', 480, 19, 'NO_ANSWER'],
  ['PlanMinutesExhausted', 402, 21, 'REJECTED'],
  ['SpendLimitReached', 402, 21, 'REJECTED'],
  ['MinutesUsedUp', 402, 31, 'REJECTED'],
  ['DestinationNotInPlan', 403, 21, 'REJECTED'],
  ['DestinationNotAllowed', 403, 21, 'REJECTED'],
  ['DirectoryAssistanceNotAllowed', 403, 21, 'REJECTED'],
  ['OperatorNotAllowed', 403, 21, 'REJECTED'],
  ['ForwardingNotAllowed', 403, 21, 'REJECTED'],
  ['FraudGuardTripped', 403, 21, 'REJECTED'],
  ['AuthorizationTimeout', 503, 41, 'FAILED'],
  ['CallTooLong', 480, 102, 'FAILED'],
  ['TooManyCalls', 503, 42, 'REJECTED'],
  ['NoPortsLeft', 503, 47, 'FAILED'],
  ['EngineStopped', 503, 41, 'FAILED'],
  ['BindFailed', 503, 47, 'FAILED'],
  ['BadSessionDescription', 488, 127, 'FAILED'],
  ['NoCommonCodec', 488, 88, 'FAILED'],
  ['UnsupportedMedia', 488, 79, 'FAILED'],
  ['BadAnswer', 502, 88, 'FAILED'],
  ['MixFull', 488, 47, 'FAILED'],
  ['MixElsewhere', 488, 47, 'FAILED'],
  ['CallerSilent', 480, 102, 'FAILED'],
  ['ServiceOver', 480, 16, 'FAILED'],
  ['FaxRefused', 488, 88, 'FAILED'],
  ['NoFaxReceived', 480, 16, 'FAILED'],
  ['FaxIncomplete', 480, 16, 'FAILED'],
  ['FaxSent', 480, 16, 'FAILED'],
  ['FaxNotSent', 480, 16, 'FAILED'],
  ['NoSuchDialog', 481, 31, 'FAILED'],
  ['DialogBusy', 491, 41, 'FAILED'],
  ['EmergencyCall', 403, 21, 'REJECTED'],
  ['InternalError', 500, 41, 'FAILED'],
  ['EndedByOperator', 480, 16, 'CANCELLED'],
  ['ShuttingDown', 503, 41, 'FAILED'],
]

describe('callFailure', () => {
  it.each(TABLE)('%s is %i to the caller, cause %i, %s in the record', (code, statusCode, cause, disposition) => {
    const failure = callFailure(code)
    expect([failure.statusCode, failure.q850Cause, failure.disposition]).toEqual([statusCode, cause, disposition])
    expect(reasonOf(failure)).toMatch(/^Q\.850;cause=\d+;text="[\w ,]+"$/)
  })

  it('has a row in this table for every code there is', () => {
    expect(TABLE.map(([code]) => code).toSorted()).toEqual(CALL_FAILURE_CODES.toSorted())
  })

  it('is conservative about a code nobody knows: a failure of ours', () => {
    expect(callFailure('Surprise')).toMatchObject({ statusCode: 500, disposition: 'FAILED' })
  })
})

describe('routingFailure', () => {
  it.each([
    [400, 41, 'FAILED'],
    [401, 21, 'FAILED'],
    [402, 21, 'REJECTED'],
    [403, 21, 'REJECTED'],
    [404, 1, 'UNKNOWN_NUMBER'],
    [405, 63, 'FAILED'],
    [406, 79, 'FAILED'],
    [407, 21, 'FAILED'],
    [408, 102, 'NO_ANSWER'],
    [410, 22, 'UNKNOWN_NUMBER'],
    [413, 127, 'FAILED'],
    [414, 127, 'FAILED'],
    [415, 79, 'FAILED'],
    [416, 127, 'FAILED'],
    [420, 127, 'FAILED'],
    [421, 127, 'FAILED'],
    [423, 127, 'FAILED'],
    [480, 18, 'NO_ANSWER'],
    [481, 41, 'FAILED'],
    [482, 25, 'FAILED'],
    [483, 25, 'FAILED'],
    [484, 28, 'UNKNOWN_NUMBER'],
    [485, 1, 'UNKNOWN_NUMBER'],
    [486, 17, 'BUSY'],
    [488, 88, 'FAILED'],
    [500, 41, 'FAILED'],
    [501, 79, 'FAILED'],
    [502, 38, 'FAILED'],
    [503, 41, 'FAILED'],
    [504, 102, 'FAILED'],
    [505, 127, 'FAILED'],
    [513, 127, 'FAILED'],
    [600, 17, 'BUSY'],
    [603, 21, 'DECLINED'],
    [604, 1, 'UNKNOWN_NUMBER'],
    [606, 88, 'FAILED'],
  ])('a carrier that said %i is cause %i and %s (RFC 3398 8.2.6.1)', (statusCode, cause, disposition) => {
    const failure = routingFailure('CarrierFailed', statusCode, 'As The Carrier Said')
    expect(failure).toMatchObject({ statusCode, q850Cause: cause, disposition, reasonPhrase: 'As The Carrier Said', code: 'CarrierFailed' })
  })

  it('a phone that failed with 488 is told as 488, and failed: not as one that did not answer', () => {
    expect(routingFailure('DestinationFailed', 488, 'Not Acceptable Here')).toMatchObject({ statusCode: 488, disposition: 'FAILED' })
  })

  it('keeps the status of the decision and the disposition of the code', () => {
    expect(routingFailure('NoAnswer', 408, 'Request Timeout')).toMatchObject({ statusCode: 408, q850Cause: 19, disposition: 'NO_ANSWER' })
  })
})
