import type { RejectCode } from '@dialtone/call-routing'
import type { CallDisposition } from '../ports/call-record.ts'

/** What a failed call is to each of its observers: the caller (SIP), the other network (Q.850, RFC 3326), the record. */
export interface CallFailure {
  readonly code: string
  readonly statusCode: number
  readonly reasonPhrase: string
  readonly q850Cause: number
  readonly q850Text: string
  readonly disposition: CallDisposition
}

type Row = readonly [statusCode: number, reasonPhrase: string, q850Cause: number, q850Text: string, disposition: CallDisposition]

/** Why `decideRoute` says no. Of CarrierFailed only the status tells what it is. */
const BY_ROUTING: Readonly<Record<Exclude<RejectCode, 'CarrierFailed'>, Row>> = {
  AccountBlocked: [403, 'Forbidden', 21, 'Call rejected', 'REJECTED'],
  UnknownLine: [403, 'Forbidden', 21, 'Call rejected', 'REJECTED'],
  LineInactive: [403, 'Forbidden', 21, 'Call rejected', 'REJECTED'],
  NotAllowedByDialPlan: [404, 'Not Found', 28, 'Invalid number format', 'REJECTED'],
  UnknownFeatureCode: [404, 'Not Found', 28, 'Invalid number format', 'UNKNOWN_NUMBER'],
  UnknownExtension: [404, 'Not Found', 1, 'Unallocated number', 'UNKNOWN_NUMBER'],
  UnknownNumber: [404, 'Not Found', 1, 'Unallocated number', 'UNKNOWN_NUMBER'],
  StagedNumber: [404, 'Not Found', 1, 'Unallocated number', 'UNKNOWN_NUMBER'],
  UnassignedNumber: [486, 'Busy Here', 17, 'User busy', 'BUSY'],
  DestinationNotAvailable: [480, 'Temporarily Unavailable', 20, 'Subscriber absent', 'FAILED'],
  DestinationFailed: [480, 'Temporarily Unavailable', 41, 'Temporary failure', 'FAILED'],
  UserBusy: [486, 'Busy Here', 17, 'User busy', 'BUSY'],
  NoAnswer: [480, 'Temporarily Unavailable', 19, 'No answer from user', 'NO_ANSWER'],
  Unregistered: [480, 'Temporarily Unavailable', 20, 'Subscriber absent', 'UNREGISTERED'],
  CallerBlocked: [486, 'Busy Here', 21, 'Call rejected', 'REJECTED'],
  AnonymousRejected: [433, 'Anonymity Disallowed', 21, 'Call rejected', 'REJECTED'],
  Declined: [603, 'Decline', 21, 'Call rejected', 'DECLINED'],
  HopLimit: [483, 'Too Many Hops', 25, 'Exchange routing error', 'FAILED'],
  TrunkFull: [503, 'Service Unavailable', 34, 'No circuit available', 'REJECTED'],
  FeatureNotAvailable: [403, 'Forbidden', 50, 'Requested facility not subscribed', 'REJECTED'],
  FeatureNotProvided: [501, 'Not Implemented', 69, 'Requested facility not implemented', 'REJECTED'],
  NobodyToCallBack: [480, 'Temporarily Unavailable', 20, 'Subscriber absent', 'FAILED'],
  NothingToPickUp: [480, 'Temporarily Unavailable', 20, 'Subscriber absent', 'FAILED'],
  NoCallToPull: [480, 'Temporarily Unavailable', 20, 'Subscriber absent', 'FAILED'],
  SpotTaken: [486, 'Busy Here', 17, 'User busy', 'BUSY'],
  SpotEmpty: [480, 'Temporarily Unavailable', 20, 'Subscriber absent', 'FAILED'],
  NoCarrier: [503, 'Service Unavailable', 34, 'No circuit available', 'FAILED'],
}

/** Why an INVITE becomes no call. */
const BY_EDGE: Readonly<Record<string, Row>> = {
  WrongPassword: [407, 'Proxy Authentication Required', 21, 'Call rejected', 'REJECTED'],
  TooManyWrongPasswords: [403, 'Forbidden', 21, 'Call rejected', 'REJECTED'],
  AddressNotAllowed: [403, 'Address Not Allowed', 21, 'Call rejected', 'REJECTED'],
  DomainNotServed: [403, 'Domain Not Served', 21, 'Call rejected', 'REJECTED'],
  // RFC 5393 5.3.3.
  MaxBreadthExceeded: [440, 'Max-Breadth Exceeded', 25, 'Exchange routing error', 'FAILED'],
  // RFC 3891 3: early-only.
  AnsweredAlready: [486, 'Busy Here', 17, 'User busy', 'BUSY'],
  TooManyCalls: [503, 'Service Unavailable', 42, 'Switching equipment congestion', 'REJECTED'],
  ShuttingDown: [503, 'Service Unavailable', 41, 'Temporary failure', 'FAILED'],
}

/** What only the switch can find out. */
const BY_SWITCH: Readonly<Record<string, Row>> = {
  CallerSilent: [480, 'Temporarily Unavailable', 102, 'Recovery on timer expiry', 'FAILED'],
  ServiceOver: [480, 'Temporarily Unavailable', 16, 'Normal call clearing', 'FAILED'],
  FaxRefused: [488, 'Not Acceptable Here', 88, 'Incompatible destination', 'FAILED'],
  NoFaxReceived: [480, 'Temporarily Unavailable', 16, 'Normal call clearing', 'FAILED'],
  FaxIncomplete: [480, 'Temporarily Unavailable', 16, 'Normal call clearing', 'FAILED'],
  FaxSent: [480, 'Temporarily Unavailable', 16, 'Normal call clearing', 'FAILED'],
  FaxNotSent: [480, 'Temporarily Unavailable', 16, 'Normal call clearing', 'FAILED'],
  CallerCancelled: [487, 'Request Terminated', 16, 'Normal call clearing', 'CANCELLED'],
  // RFC 3261 13.3.1: the time the caller named in Expires.
  InviteExpired: [487, 'Request Terminated', 19, 'No answer from user', 'NO_ANSWER'],
  RingLimit: [480, 'Temporarily Unavailable', 19, 'No answer from user', 'NO_ANSWER'],
  // RFC 3261 21.4.3 reserves 402; it is what phones and gateways of prepaid services say.
  PlanMinutesExhausted: [402, 'Payment Required', 21, 'Call rejected', 'REJECTED'],
  SpendLimitReached: [402, 'Payment Required', 21, 'Call rejected', 'REJECTED'],
  MinutesUsedUp: [402, 'Payment Required', 31, 'Normal, unspecified', 'REJECTED'],
  DestinationNotInPlan: [403, 'Forbidden', 21, 'Call rejected', 'REJECTED'],
  DestinationNotAllowed: [403, 'Forbidden', 21, 'Call rejected', 'REJECTED'],
  DirectoryAssistanceNotAllowed: [403, 'Forbidden', 21, 'Call rejected', 'REJECTED'],
  OperatorNotAllowed: [403, 'Forbidden', 21, 'Call rejected', 'REJECTED'],
  ForwardingNotAllowed: [403, 'Forbidden', 21, 'Call rejected', 'REJECTED'],
  FraudGuardTripped: [403, 'Forbidden', 21, 'Call rejected', 'REJECTED'],
  AuthorizationTimeout: [503, 'Service Unavailable', 41, 'Temporary failure', 'FAILED'],
  CallTooLong: [480, 'Temporarily Unavailable', 102, 'Recovery on timer expiry', 'FAILED'],
  NoPortsLeft: [503, 'Service Unavailable', 47, 'Resource unavailable', 'FAILED'],
  EngineStopped: [503, 'Service Unavailable', 41, 'Temporary failure', 'FAILED'],
  BindFailed: [503, 'Service Unavailable', 47, 'Resource unavailable', 'FAILED'],
  BadSessionDescription: [488, 'Not Acceptable Here', 127, 'Bad session description', 'FAILED'],
  NoCommonCodec: [488, 'Not Acceptable Here', 88, 'Incompatible destination', 'FAILED'],
  UnsupportedMedia: [488, 'Not Acceptable Here', 79, 'Service or option not implemented', 'FAILED'],
  MixFull: [488, 'Not Acceptable Here', 47, 'Resource unavailable', 'FAILED'],
  MixElsewhere: [488, 'Not Acceptable Here', 47, 'Resource unavailable', 'FAILED'],
  PickupNotAllowed: [403, 'Forbidden', 21, 'Call rejected', 'REJECTED'],
  NoSuchDialog: [481, 'Call/Transaction Does Not Exist', 31, 'Normal, unspecified', 'FAILED'],
  NothingToTake: [480, 'Temporarily Unavailable', 16, 'Normal call clearing', 'FAILED'],
  DialogBusy: [491, 'Request Pending', 41, 'Temporary failure', 'FAILED'],
  EmergencyCall: [403, 'Forbidden', 21, 'Call rejected', 'REJECTED'],
  BadAnswer: [502, 'Bad Gateway', 88, 'Incompatible destination', 'FAILED'],
  InternalError: [500, 'Server Internal Error', 41, 'Temporary failure', 'FAILED'],
  EndedByOperator: [480, 'Temporarily Unavailable', 16, 'Normal call clearing', 'CANCELLED'],
}

/** The one place where failures are mapped. */
const FAILURES: Readonly<Record<string, Row>> = { ...BY_ROUTING, ...BY_EDGE, ...BY_SWITCH }

const INTERWORKING = [127, 'Interworking, unspecified', 'FAILED'] as const

/** RFC 3398 section 8.2.6.1, and the dispositions a telephone user would name. What is not here is 41, as 400, 481, 500 and 503 are there. */
const BY_STATUS: Readonly<Record<number, readonly [q850Cause: number, q850Text: string, disposition: CallDisposition]>> = {
  401: [21, 'Call rejected', 'FAILED'],
  402: [21, 'Call rejected', 'REJECTED'],
  403: [21, 'Call rejected', 'REJECTED'],
  404: [1, 'Unallocated number', 'UNKNOWN_NUMBER'],
  405: [63, 'Service or option unavailable', 'FAILED'],
  406: [79, 'Service or option not implemented', 'FAILED'],
  407: [21, 'Call rejected', 'FAILED'],
  408: [102, 'Recovery on timer expiry', 'NO_ANSWER'],
  410: [22, 'Number changed', 'UNKNOWN_NUMBER'],
  413: INTERWORKING,
  414: INTERWORKING,
  415: [79, 'Service or option not implemented', 'FAILED'],
  416: INTERWORKING,
  420: INTERWORKING,
  421: INTERWORKING,
  423: INTERWORKING,
  480: [18, 'No user responding', 'NO_ANSWER'],
  482: [25, 'Exchange routing error', 'FAILED'],
  483: [25, 'Exchange routing error', 'FAILED'],
  484: [28, 'Invalid number format', 'UNKNOWN_NUMBER'],
  485: [1, 'Unallocated number', 'UNKNOWN_NUMBER'],
  486: [17, 'User busy', 'BUSY'],
  487: [31, 'Normal, unspecified', 'CANCELLED'],
  488: [88, 'Incompatible destination', 'FAILED'],
  501: [79, 'Service or option not implemented', 'FAILED'],
  502: [38, 'Network out of order', 'FAILED'],
  504: [102, 'Recovery on timer expiry', 'FAILED'],
  505: INTERWORKING,
  513: INTERWORKING,
  600: [17, 'User busy', 'BUSY'],
  603: [21, 'Call rejected', 'DECLINED'],
  604: [1, 'Unallocated number', 'UNKNOWN_NUMBER'],
  606: [88, 'Incompatible destination', 'FAILED'],
  607: [21, 'Call rejected', 'DECLINED'],
}

/** Every code with a row of its own: for the table test. */
export const CALL_FAILURE_CODES: readonly string[] = Object.keys(FAILURES)

/** The verdict on a failure the switch found itself. An unknown code is a server failure. */
export function callFailure(code: string): CallFailure {
  const row = FAILURES[code]
  if (row === undefined) return { ...byStatus(500), code, reasonPhrase: 'Server Internal Error' }
  const [statusCode, reasonPhrase, q850Cause, q850Text, disposition] = row
  return { code, statusCode, reasonPhrase, q850Cause, q850Text, disposition }
}

/** The verdict on a refusal of `decideRoute`: its status and words stand, the code says the cause and the disposition. */
export function routingFailure(code: string, statusCode: number, reasonPhrase: string): CallFailure {
  const row = FAILURES[code]
  const known = row === undefined ? byStatus(statusCode) : callFailure(code)
  return { ...known, code, statusCode, reasonPhrase }
}

function byStatus(statusCode: number): CallFailure {
  const [q850Cause, q850Text, disposition] = BY_STATUS[statusCode] ?? [41, 'Temporary failure', 'FAILED' as const]
  return { code: 'Failed', statusCode, reasonPhrase: 'Failed', q850Cause, q850Text, disposition }
}

/** The Reason header field of a failure (RFC 3326, RFC 6432). */
export function reasonOf(failure: CallFailure): string {
  return `Q.850;cause=${failure.q850Cause};text="${failure.q850Text}"`
}
