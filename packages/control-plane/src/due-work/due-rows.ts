import type { Clock, Logger } from '@dialtone/foundation'

/** The rows of one task, each on its own: one whose work throws keeps no other waiting, and is tried again later and later. */
export interface DueRows {
  /** Those that rest after a failure: left out when rows are looked up, so that they do not fill the turn of the others. */
  resting(): readonly string[]
  /** Does the work of a row, unless it rests. Never rejects. */
  attempt(id: string, work: () => Promise<unknown>): Promise<void>
}

const FIRST_REST_MS = 10_000
const LONGEST_REST_MS = 600_000
/** With more of them it is no row that is wrong: the oldest is forgotten and tried again. */
const MAX_RESTING = 5_000

interface Failure {
  readonly times: number
  readonly atMs: number
  readonly restMs: number
}

/** Kept in memory: a start tries everything again. */
export function createDueRows({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }, task: string): DueRows {
  const failures = new Map<string, Failure>()
  const isResting = ({ atMs, restMs }: Failure): boolean => {
    const sinceMs = clock.nowMs() - atMs
    // Less than nothing: the clock was set back, and nobody waits until it is there again.
    return sinceMs >= 0 && sinceMs < restMs
  }
  const noteFailure = (id: string, error: unknown): void => {
    const times = (failures.get(id)?.times ?? 0) + 1
    const restMs = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (times - 1))
    failures.delete(id)
    if (failures.size >= MAX_RESTING) failures.delete(failures.keys().next().value ?? '')
    failures.set(id, { times, atMs: clock.nowMs(), restMs })
    const stack = error instanceof Error ? error.stack : String(error)
    logger.error('a row of due work broke: it rests, the others go on', { task, id, times, restSeconds: restMs / 1000, error: stack })
  }
  return {
    resting: () => [...failures].flatMap(([id, failure]) => (isResting(failure) ? [id] : [])),
    attempt: async (id, work) => {
      const before = failures.get(id)
      if (before !== undefined && isResting(before)) return
      try {
        await work()
        failures.delete(id)
      } catch (error) {
        noteFailure(id, error)
      }
    },
  }
}
