import type { Logger, Timers } from '@dialtone/foundation'

export interface GuardedTimers extends Timers {
  /** No callback runs any more. */
  stop(): void
}

/** Timers whose callbacks may fail without taking the process down: a bug in one call must not end the others. */
export function guardTimers(timers: Timers, logger: Logger): GuardedTimers {
  let stopped = false
  return {
    start: (delayMs, callback) =>
      timers.start(delayMs, () => {
        if (stopped) return
        try {
          callback()
        } catch (error) {
          logger.error('a SIP timer failed', { error })
        }
      }),
    stop: () => {
      stopped = true
    },
  }
}
