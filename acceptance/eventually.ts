const PAUSE_MS = 25

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
 * @returns the first answer that is not undefined
 * @throws when none came within `timeoutMs`; `what` says what was waited for
 */
export async function eventually<Value>(
  what: string | (() => string),
  timeoutMs: number,
  ask: () => Promise<Value | undefined> | Value | undefined,
): Promise<Value> {
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
