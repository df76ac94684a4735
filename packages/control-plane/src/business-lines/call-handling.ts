import type { FieldProblem } from '../failures/index.ts'
import type { ForwardTarget } from './forward-target.ts'

export const ACTIVE_CALL_HANDLINGS = ['RING_LINE', 'FORWARD'] as const
export const RING_FAILOVER_TYPES = ['BusyRingFailoverAction', 'ForwardRingFailoverAction', 'VoicemailRingFailoverAction'] as const
export const RING_TIMEOUT_TYPES = ['LimitedRingTimeoutConfiguration', 'UnlimitedRingTimeoutConfiguration'] as const

/** What a caller gets who does not reach the line (S1-109). */
export interface RingFailoverAction {
  readonly '@type': (typeof RING_FAILOVER_TYPES)[number]
  /** Of a forward, and of nothing else. */
  readonly forwardToPhoneNumber?: string | undefined
}

/** How long the line rings (S1-110). */
export interface RingTimeout {
  readonly '@type': (typeof RING_TIMEOUT_TYPES)[number]
  /** Of a limited one, and of nothing else. */
  readonly timeoutSeconds?: number | undefined
  readonly noAnswerAction?: RingFailoverAction | undefined
}

/**
 * What happens to calls of a number that points at the line; a hunt group that rings it decides for itself (S1-105).
 * Voicemail without a box is busy: the guide's own answer has one (S1-112).
 */
export interface CallHandling {
  readonly activeCallHandling: (typeof ACTIVE_CALL_HANDLINGS)[number]
  readonly callWaitingEnabled: boolean
  readonly busyFailoverAction: RingFailoverAction
  readonly unregisteredFailoverAction: RingFailoverAction
  readonly ringTimeoutConfiguration: RingTimeout
  readonly forwardToPhoneNumber: string | undefined
  readonly voicemailBoxId: string | undefined
}

/** Of a line that nobody configured, and of what a request leaves out (S1-107, S1-108). */
export const DEFAULT_CALL_HANDLING: CallHandling = {
  activeCallHandling: 'RING_LINE',
  callWaitingEnabled: true,
  busyFailoverAction: { '@type': 'BusyRingFailoverAction' },
  unregisteredFailoverAction: { '@type': 'BusyRingFailoverAction' },
  ringTimeoutConfiguration: { '@type': 'UnlimitedRingTimeoutConfiguration' },
  forwardToPhoneNumber: undefined,
  voicemailBoxId: undefined,
}
export const DEFAULT_RING_SECONDS = 30

/** The rules between the parts. */
export function callHandlingProblems(handling: CallHandling): readonly FieldProblem[] {
  const { activeCallHandling, forwardToPhoneNumber, ringTimeoutConfiguration: timeout } = handling
  const isLimited = timeout['@type'] === 'LimitedRingTimeoutConfiguration'
  return [
    ...(activeCallHandling === 'FORWARD' && forwardToPhoneNumber === undefined ? [missing('forwardToPhoneNumber', 'FORWARD needs a number')] : []),
    ...actionsOf(handling).flatMap(([field, action]) => actionProblems(field, action)),
    ...(isLimited && timeout.noAnswerAction === undefined
      ? [missing('ringTimeoutConfiguration.noAnswerAction', 'a limited time needs what comes after it', 'NoAnswerActionRequired')]
      : []),
  ]
}

/** Every number that calls are sent on to. */
export function forwardTargetsOf(handling: CallHandling): readonly ForwardTarget[] {
  const all = [
    ['forwardToPhoneNumber', handling.forwardToPhoneNumber] as const,
    ...actionsOf(handling).map(([field, action]) => [`${field}.forwardToPhoneNumber`, action.forwardToPhoneNumber] as const),
  ]
  return all.flatMap(([field, number]) => (number === undefined ? [] : [{ field, number }]))
}

function actionsOf(handling: CallHandling): readonly (readonly [string, RingFailoverAction])[] {
  const { noAnswerAction } = handling.ringTimeoutConfiguration
  return [
    ['busyFailoverAction', handling.busyFailoverAction],
    ['unregisteredFailoverAction', handling.unregisteredFailoverAction],
    ...(noAnswerAction === undefined ? [] : [['ringTimeoutConfiguration.noAnswerAction', noAnswerAction] as const]),
  ]
}

function actionProblems(field: string, action: RingFailoverAction): readonly FieldProblem[] {
  if (action['@type'] !== 'ForwardRingFailoverAction' || action.forwardToPhoneNumber !== undefined) return []
  return [missing(`${field}.forwardToPhoneNumber`, 'a forward needs a number')]
}

function missing(field: string, rule: string, code = 'ForwardToPhoneNumberRequired'): FieldProblem {
  return { field, code, reason: 'is missing', rule }
}
