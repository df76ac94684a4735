import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import type { Job, JobError } from './job.ts'

/** Does the work of a kind of job. Registered once, at start; a job names it. */
export interface JobWorker {
  /** Stored in the job's row, so it never changes. */
  readonly name: string
  /**
   * Runs the job from where it was left: after a crash it is called again, with the last checkpoint and the input from its beginning.
   * Whatever it changes commits together with {@link JobProgress.save}, or is safe to repeat.
   * @param input the uploaded file as text, undefined when the job has none.
   * @throws to be called again after a while, a few times; expected failures are returned as errors.
   */
  readonly run: (context: Context, job: Job, input: AsyncIterable<string> | undefined, progress: JobProgress) => Promise<JobOutcome>
}

export interface JobProgress {
  /** What the last committed {@link JobProgress.save} left; undefined at the first run. JSON. */
  readonly checkpoint: unknown
  /**
   * Stores how far the work is, in the transaction of the work itself: both are durable or neither.
   * @param shown counts for whoever watches the job, such as `{ done: 200, total: 10000 }`.
   * @throws JobTakenAway when the job was cancelled, or this node lost it: the transaction is rolled back and `run` ends.
   */
  save(sql: Transaction, checkpoint: unknown, shown?: Readonly<Record<string, number>>): Promise<void>
  /** For work without checkpoints: throws like `save` when the job was taken away. */
  check(): void
}

export interface JobOutcome {
  /** FAILED: nothing of it was done. Line errors alone leave a job DONE. */
  readonly status: 'DONE' | 'FAILED'
  readonly errors?: readonly JobError[]
  /** When it is more than `errors` tells of. */
  readonly errorCount?: number
  /** Rows that failed and are told of elsewhere than in `errors`. */
  readonly failedRows?: number
  readonly output?: JobOutput
}

export interface JobOutput {
  readonly content: AsyncIterable<string | Uint8Array> | string
  /** Such as `text/csv; charset=utf-8`. */
  readonly contentType: string
  readonly fileName: string
}

/** Ends a run whose job is no longer this node's. Workers let it pass. */
export class JobTakenAway extends Error {
  constructor() {
    super('the job was taken away')
  }
}
