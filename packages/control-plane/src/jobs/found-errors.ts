import { type JobError, keptError, MAX_KEPT_ERRORS } from './job.ts'

/** What a long job found wrong so far: as much as is shown of it, and how much it is. Small enough for a checkpoint. */
export interface FoundErrors {
  readonly count: number
  readonly kept: readonly JobError[]
}

export const NO_ERRORS: FoundErrors = { count: 0, kept: [] }

export function withErrors(before: FoundErrors, found: readonly JobError[]): FoundErrors {
  const room = Math.max(0, MAX_KEPT_ERRORS - before.kept.length)
  return { count: before.count + found.length, kept: [...before.kept, ...found.slice(0, room).map(keptError)] }
}
