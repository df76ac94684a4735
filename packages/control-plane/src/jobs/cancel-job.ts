import { err, ok, type Result } from '@dialtone/foundation'
import { actorOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { CANCELLED } from './job.ts'
import { jobFinished } from './job-finished.ts'
import { findJob, type JobRow } from './job-queries.ts'

/** Ends a job: at once when nobody works on it yet, else at its next checkpoint. What was done stays done. */
export function cancelJob(context: Context, principal: Principal, jobId: string): Promise<Result<JobRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const job = await findJob(change.sql, principal.userId, jobId)
    if (job === undefined) return err(entityNotFound('Job', jobId))
    const cancelled = { cancel_requested: true, updated_at: change.now }
    const over = { status: 'FAILED', errors: JSON.stringify([CANCELLED]), error_count: 1, finished_at: change.now } as const
    const waiting = await change.sql
      .updateTable('job')
      .set({ ...cancelled, ...over })
      .where('id', '=', jobId)
      .where('status', '=', 'PENDING')
      .returningAll()
      .executeTakeFirst()
    const row =
      waiting ??
      (await change.sql.updateTable('job').set(cancelled).where('id', '=', jobId).where('status', '=', 'IN_PROGRESS').returningAll().executeTakeFirst())
    if (row === undefined) return err(inConflict('JobFinished', 'The job is finished.', { status: job.status }))
    change.emit({ type: 'job.cancelled', partitionId: row.partition_id, accountId: row.account_id ?? undefined, data: { jobId } })
    if (waiting !== undefined) change.emit(jobFinished(row, 'FAILED', 1))
    return ok(row)
  })
}
