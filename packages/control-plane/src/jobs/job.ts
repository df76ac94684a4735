import type { AccountScope, PartitionScope, Principal } from '../access/index.ts'

/** The states of a job on the wire (public-spec section 4). */
export const JOB_STATUSES = ['PENDING', 'IN_PROGRESS', 'DONE', 'FAILED'] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

/** What was wrong with one line of the input, or with the job as a whole (`lineNumber` 0). */
export interface JobError {
  readonly error: string
  readonly lineNumber: number
  readonly column: string
  readonly input: string
}

/** Whoever started it ended it. */
export const CANCELLED_ERROR = 'Cancelled'
export const CANCELLED: JobError = { error: CANCELLED_ERROR, lineNumber: 0, column: '', input: '' }

/** The partition of whoever started it was archived: he is let in nowhere any more, and what he began goes no further. */
export const PARTITION_ARCHIVED: JobError = { ...CANCELLED, error: 'PartitionArchived' }

/** Whoever started it was deleted, or his key was revoked: nothing goes on in his name. */
export const STARTER_GONE: JobError = { ...CANCELLED, error: 'NoLongerAuthorized' }

/** A job as its worker sees it. */
export interface Job {
  readonly id: string
  readonly name: string
  /** Whom it works for, as he was when he started it. */
  readonly principal: Principal
  readonly scope: PartitionScope | AccountScope
  readonly parameters: Readonly<Record<string, unknown>>
  readonly startedAt: Date
}

/** What is shown and kept of the errors; the rest is counted. */
export const MAX_KEPT_ERRORS = 1000
const MAX_INPUT_CHARACTERS = 200

/** @returns the error as it is kept: the line it names may be somebody's megabyte. */
export function keptError(error: JobError): JobError {
  return { ...error, error: error.error.slice(0, MAX_INPUT_CHARACTERS), input: error.input.slice(0, MAX_INPUT_CHARACTERS) }
}
