import type { Timers } from '@dialtone/foundation'

/** Waits on given timers; ends early when `signal` aborts. */
export function wait(timers: Timers, durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      timer.cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = timers.start(durationMs, end)
    signal.addEventListener('abort', end)
  })
}

/** How long to wait before try number `attempt` (from 1): doubling, to a limit. */
export function backOffMs(attempt: number): number {
  return Math.min(30_000, 250 * 2 ** Math.min(attempt - 1, 10))
}
