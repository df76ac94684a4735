import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { CallControl, CallPlaneReplicas } from '@dialtone/control-plane'
import type { Result } from '@dialtone/foundation'
import type { MediaStatistics } from '@dialtone/media'
import type { ListenFailure, ListeningAddress, SipStatistics } from '@dialtone/sip'
import type { CallEvent, CallRecord, LeftLeg, MessageCounts, SoftswitchStatistics, StoredBinding } from '@dialtone/softswitch'

/** All of the call plane, as the rest of the server sees it: in this thread or in several others. */
export interface CallPlane extends CallPlaneReplicas {
  /** Opens media, restores the bindings and listens. */
  start(): Promise<Result<ListeningAddress, ListenFailure>>
  /** Refuses new calls, waits for the running ones up to `drainMs`, hangs up the rest, closes every socket. */
  stop(drainMs: number): Promise<void>
  isRegistered(lineId: string): boolean
  bindingsOf(lineId: string): readonly StoredBinding[]
  linesAt(domain: string): readonly string[]
  /** Resolves when nobody calls the line's phones any more. @param from only those at these addresses; left out: all */
  dropBindings(lineId: string, from?: readonly string[]): Promise<void>
  /** See `Softswitch.setMessageWaiting`. */
  setMessageWaiting(lineId: string, counts: MessageCounts): void
  /** See `Softswitch.hangUpLeft`. */
  hangUpLeft(legs: readonly LeftLeg[]): void
  acceptWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer): void
  readonly calls: CallControl
  activeCalls(): Promise<readonly CallRecord[]>
  /** See `Softswitch.traceOf`. */
  traceOf(sessionId: string): Promise<readonly CallEvent[] | undefined>
  /** Summed up over the threads, at most a second old. */
  readonly statistics: CallPlaneStatistics
}

export interface CallPlaneStatistics {
  readonly softswitch: SoftswitchStatistics
  readonly sip: SipStatistics
  readonly media: MediaStatistics
  readonly mediaReady: boolean
  /** Threads that run a switch now. */
  readonly switches: number
  /** Messages between switches that were lost because the receiver did not keep up. */
  readonly handOversLost: number
}
