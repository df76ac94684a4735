import { type Logger, newId, ok, type Timer, type Timers } from '@dialtone/foundation'
import { actorOf, type Principal, systemPartition, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { TimeAhead } from '../due-work/index.ts'
import { write } from '../events/index.ts'
import { noticeOfIntegration } from '../integration-notices/index.ts'
import { jobFinished } from './job-finished.ts'
import { noticeOfFailures } from './notice-of-failures.ts'
import { CANCELLED, type Job, keptError, MAX_KEPT_ERRORS, PARTITION_ARCHIVED, STARTER_GONE } from './job.ts'
import { textOf } from './job-inputs.ts'
import { claimJob, findUpload, type JobRow, type Lease, updateLeased, type WantedEnd } from './job-queries.ts'
import { type JobOutcome, type JobOutput, type JobProgress, JobTakenAway, type JobWorker } from './job-worker.ts'

/** A node that died is missed after this; the job goes on elsewhere. */
const LEASE_MS = 15_000
export const JOB_LEASE: TimeAhead = { table: 'job', column: 'lease_until', mostMs: LEASE_MS }
const HEARTBEAT_MS = 4_000
const IDLE_POLL_MS = 1_000
/** Runs that broke without getting further, before the job is given up. */
const MAX_ATTEMPTS = 5
const RETRY_MS = 5_000
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024

export interface JobRunner {
  /** There may be a new job: look now. */
  kick(): void
  /** Resolves when no job of this node waits or runs any more. */
  settled(): Promise<void>
  /** Ends the run that is going on at its next checkpoint, and leaves the job to the next start. */
  stop(): Promise<void>
}

export interface JobRunnerOptions {
  readonly context: Context
  readonly workers: readonly JobWorker[]
  readonly timers: Timers
  readonly logger: Logger
}

/** Works on jobs, one at a time: a node that is killed in the middle leaves a job that the next one resumes at its last checkpoint. */
export function startJobRunner(o: JobRunnerOptions): JobRunner {
  const byName = new Map(o.workers.map((worker) => [worker.name, worker]))
  let timer: Timer | undefined
  let running: Promise<void> | undefined
  let again = false
  const state = { isStopped: false }

  const look = (): void => {
    timer?.cancel()
    if (state.isStopped) return
    if (running !== undefined) {
      again = true
      return
    }
    again = false
    running = workThrough(o, byName, state)
      .catch((error: unknown) => o.logger.warn('jobs: the database does not answer', { error: String(error) }))
      .then(() => {
        running = undefined
        if (state.isStopped) return
        if (again) look()
        else timer = o.timers.start(IDLE_POLL_MS, look)
      })
  }
  timer = o.timers.start(0, look)
  return {
    kick: look,
    settled: async () => {
      look()
      while (running !== undefined) await running
    },
    stop: async () => {
      state.isStopped = true
      timer?.cancel()
      await running
    },
  }
}

async function workThrough(o: JobRunnerOptions, workers: ReadonlyMap<string, JobWorker>, state: { readonly isStopped: boolean }): Promise<void> {
  for (;;) {
    if (state.isStopped) return
    const nowMs = o.context.clock.nowMs()
    const leaseId = newId()
    const row = await claimJob(o.context.database.sql, {
      leaseId,
      now: new Date(nowMs),
      leaseUntil: new Date(nowMs + LEASE_MS),
      workers: [...workers.keys()],
    })
    const worker = row === undefined ? undefined : workers.get(row.worker)
    if (row === undefined || worker === undefined) return
    await runJob(o, row, { jobId: row.id, leaseId }, worker, state)
  }
}

async function runJob(o: JobRunnerOptions, row: JobRow & WantedEnd, lease: Lease, worker: JobWorker, state: { readonly isStopped: boolean }): Promise<void> {
  const { context } = o
  const hold = holdLease(o, lease, state)
  try {
    const end = wantedEnd(row)
    if (end !== undefined) return await finish(context, row, lease, end)
    // It ended the process each time, or the process was ended under it without its getting further.
    if (row.attempt > MAX_ATTEMPTS) return await finish(context, row, lease, BROKEN)
    const outcome = await worker.run(context, jobOf(row), await inputOf(context, row), hold.progress(row.checkpoint))
    await finish(context, row, lease, outcome, hold.check)
  } catch (error) {
    if (error instanceof JobTakenAway) await giveBack(context, row, lease, hold.wantedEnd())
    else await afterBreak(o, row, lease, error)
  } finally {
    hold.release()
  }
}

interface Hold {
  progress(checkpoint: unknown): JobProgress
  readonly check: () => void
  /** What the job is to end as; undefined: it was taken away for another reason. */
  wantedEnd(): JobOutcome | undefined
  release(): void
}

/** Keeps saying that the job is ours while it runs; learns that it no longer is, or that it is to end. */
function holdLease(o: JobRunnerOptions, lease: Lease, state: { readonly isStopped: boolean }): Hold {
  const { context } = o
  let isLost = false
  let wanted: JobOutcome | undefined
  let timer: Timer | undefined
  const leaseUntil = (): Date => new Date(context.clock.nowMs() + LEASE_MS)
  const learn = (row: WantedEnd | undefined): void => {
    if (row === undefined) isLost = true
    else wanted = wantedEnd(row)
  }
  const beat = (): void => {
    timer = o.timers.start(HEARTBEAT_MS, () => {
      updateLeased(context.database.sql, lease, { lease_until: leaseUntil() })
        .then(learn)
        // The next beat may get through; if none does, the lease runs out and `save` finds that out.
        .catch(() => undefined)
        .finally(() => {
          if (timer !== undefined && !isLost) beat()
        })
    })
  }
  beat()
  const check = (): void => {
    if (isLost || wanted !== undefined || state.isStopped) throw new JobTakenAway()
  }
  return {
    check,
    progress: (checkpoint) => ({
      checkpoint: checkpoint ?? undefined,
      check,
      save: async (sql, next, shown) => {
        check()
        const now = new Date(context.clock.nowMs())
        learn(
          await updateLeased(sql, lease, {
            checkpoint: JSON.stringify(next),
            ...(shown === undefined ? {} : { progress: JSON.stringify(shown) }),
            lease_until: leaseUntil(),
            updated_at: now,
            // It got further: what breaks later has all its attempts again.
            attempt: 1,
          }),
        )
        check()
      },
    }),
    wantedEnd: () => wanted,
    release: () => {
      timer?.cancel()
      timer = undefined
    },
  }
}

function wantedEnd({ cancel_requested: isCancelled, partition_archived: isArchived, starter_gone: isStarterGone }: WantedEnd): JobOutcome | undefined {
  if (!isCancelled && !isArchived && !isStarterGone) return undefined
  return { status: 'FAILED', errors: [isCancelled ? CANCELLED : isArchived ? PARTITION_ARCHIVED : STARTER_GONE] }
}

const BROKEN: JobOutcome = { status: 'FAILED', errors: [{ ...CANCELLED, error: 'InternalError' }] }

/** @param check throws when the job was taken away: a long output is not written to its end then. */
async function finish(context: Context, row: JobRow, lease: Lease, outcome: JobOutcome, check: () => void = () => undefined): Promise<void> {
  const outputKey = outcome.output === undefined ? undefined : `outputs/${newId()}`
  if (outputKey !== undefined && outcome.output !== undefined) {
    const { content } = outcome.output
    const stored = await context.files.store(outputKey, checked(content, check), MAX_OUTPUT_BYTES)
    if (!stored.ok) throw new Error(`the output of job ${row.id} is larger than ${MAX_OUTPUT_BYTES} bytes`)
  }
  const { errors = [], errorCount = errors.length } = outcome
  const now = new Date(context.clock.nowMs())
  await write(context, actorOf(principalOf(row)), async (change) => {
    const done = await updateLeased(change.sql, lease, {
      status: outcome.status,
      errors: JSON.stringify(errors.slice(0, MAX_KEPT_ERRORS).map(keptError)),
      error_count: errorCount,
      ...(outputKey === undefined || outcome.output === undefined
        ? {}
        : { output_key: outputKey, output_type: outcome.output.contentType, output_name: outcome.output.fileName }),
      lease_id: null,
      lease_until: null,
      updated_at: now,
      finished_at: now,
    })
    if (done !== undefined) {
      change.emit(jobFinished(row, outcome.status, errorCount))
      const notice = noticeOfFailures(row, outcome)
      if (notice !== undefined) await noticeOfIntegration(change.sql, notice, now)
    }
    return ok(undefined)
  })
}

/** A job that is to end is over; one that a stopping node gives back can be taken at once. */
async function giveBack(context: Context, row: JobRow, lease: Lease, end: JobOutcome | undefined): Promise<void> {
  if (end !== undefined) await finish(context, row, lease, end)
  else await updateLeased(context.database.sql, lease, { lease_id: null, lease_until: null })
}

async function afterBreak(o: JobRunnerOptions, row: JobRow, lease: Lease, error: unknown): Promise<void> {
  o.logger.error('a job broke', { jobId: row.id, worker: row.worker, attempt: row.attempt, error: error instanceof Error ? error.stack : String(error) })
  if (row.attempt >= MAX_ATTEMPTS) return finish(o.context, row, lease, BROKEN)
  await updateLeased(o.context.database.sql, lease, { lease_id: null, lease_until: new Date(o.context.clock.nowMs() + RETRY_MS) })
}

function jobOf(row: JobRow): Job {
  const { partition_id: partitionId, account_id: accountId } = row
  return {
    id: row.id,
    name: row.name,
    principal: principalOf(row),
    // It was proven when the job was started.
    scope: accountId === null ? systemPartition(partitionId) : systemScope(partitionId, accountId),
    parameters: row.parameters,
    startedAt: row.started_at ?? row.created_at,
  }
}

function principalOf(row: JobRow): Principal {
  return { accountId: undefined, ...row.principal } as unknown as Principal
}

async function inputOf(context: Context, row: JobRow): Promise<AsyncIterable<string> | undefined> {
  if (row.input_key === null) return undefined
  const upload = await findUpload(context.database.sql, row.input_key)
  const bytes = upload === undefined || upload.file_name === null ? undefined : await context.files.open(upload.file_name)
  if (bytes === undefined) throw new Error(`the input of job ${row.id} is gone`)
  return textOf(bytes)
}

async function* checked(content: JobOutput['content'], check: () => void): AsyncGenerator<string | Uint8Array> {
  for await (const piece of typeof content === 'string' ? [content] : content) {
    check()
    yield piece
  }
}
