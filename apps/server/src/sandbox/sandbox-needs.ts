import type { Clock, Logger, Timers } from '@dialtone/foundation'
import type { MediaEngine } from '@dialtone/media'
import type { SandboxCall } from './sandbox-call.ts'

/** What every end of the sandbox works with. */
export interface SandboxNeeds {
  readonly media: MediaEngine
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  /** Calls that are going on, of all ends. */
  readonly calls: Set<SandboxCall>
}

/** More calls than that at a time are refused with 503. */
export const MOST_CALLS = 2000
