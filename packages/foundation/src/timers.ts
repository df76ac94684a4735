/** A started timer. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void
}

/** Starts timers. The protocol code never calls `setTimeout` itself, so that tests can run in virtual time. */
export interface Timers {
  /** Calls `callback` once, not before `delayMs` milliseconds have passed. */
  start(delayMs: number, callback: () => void): Timer
}

/** Timers of the running process. They do not keep the process alive. */
export const systemTimers: Timers = {
  start(delayMs, callback) {
    const handle = setTimeout(callback, delayMs)
    handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
}
