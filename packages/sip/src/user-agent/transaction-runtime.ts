import type { Logger, Timers } from '@dialtone/foundation'
import type { Header } from '../message/index.ts'
import type { TransactionTiming } from '../transaction/index.ts'
import type { RemoteAddress } from '../transport/index.ts'

export interface MessageCounters {
  received: number
  sent: number
  malformed: number
  retransmitted: number
}

/** What the running transactions need of the world. */
export interface TransactionRuntime {
  readonly timing: TransactionTiming
  readonly timers: Timers
  readonly logger: Logger
  readonly counters: MessageCounters
  /** Server of our responses, if any. */
  readonly serverHeader: Header | undefined
  /** See `SipStackOptions.randomToken`. */
  readonly newToken: (byteCount: number) => string
  /** See `Transports.send`. */
  readonly send: (bytes: Buffer, remote: RemoteAddress, onFailed?: (reason: string) => void) => string | undefined
  /** See `SipNetwork.keep`. */
  readonly keep: (connectionId: string) => void
}
