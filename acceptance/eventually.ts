const PAUSE_MS = 25
/** Limits from this on are for what comes to pass: a machine that others use as well gets more of them. What is to happen in time is measured. */
const PATIENT_FROM_MS = 2000
const PATIENCE = 3

/** Thrown inside `eventually` when waiting longer is of no use. */
export class GiveUp extends Error {}

/** Waits for a moment without holding up anything else. Only for pacing what is outside our control. */
export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs)
  })
}

/**
 * Asks again and again until the answer is there.
 * @param ordinaryMs how long it takes at most where nothing else runs
 * @returns the first answer that is not undefined
 * @throws when none came in that time, or three times as long if it is two seconds or more; `what` says what was waited for
 */
export async function eventually<Value>(
  what: string | (() => string),
  ordinaryMs: number,
  ask: () => Promise<Value | undefined> | Value | undefined,
): Promise<Value> {
  const timeoutMs = ordinaryMs < PATIENT_FROM_MS ? ordinaryMs : ordinaryMs * PATIENCE
  const startedMs = performance.now()
  let lastProblem = ''
  for (;;) {
    try {
      const value = await ask()
      if (value !== undefined) return value
    } catch (problem) {
      if (problem instanceof GiveUp) throw problem
      lastProblem = `: ${String(problem)}`
    }
    if (performance.now() - startedMs > timeoutMs) throw new Error(`${typeof what === 'string' ? what : what()}: not within ${timeoutMs} ms${lastProblem}`)
    await pause(PAUSE_MS)
  }
}
