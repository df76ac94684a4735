import type { CallTarget } from './account-services.ts'

/** What happens to calls of a number that points at a business line; a group that rings it decides for itself (S1-105). */
export interface RoutingLineHandling {
  readonly lineId: string
  /** Instead of ringing. */
  readonly forwardAlwaysTo: CallTarget | undefined
  /** Whether it rings while it is in a call (S1-106); else it is busy. */
  readonly callWaitingEnabled: boolean
  /** undefined: as long as the caller waits (S1-110). */
  readonly ringTimeoutSeconds: number | undefined
  /** Where a call goes on to, by why it was not answered (S1-107, S1-109). */
  readonly onBusy: CallTarget
  readonly onNoAnswer: CallTarget
  readonly onUnregistered: CallTarget
}
