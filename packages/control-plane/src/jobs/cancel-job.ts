import { err, ok, type Result } from '@dialtone/foundation'
import { actorOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { findJob, type JobRow } from './job-queries.ts'

/** Ends a job: at once when nobody works on it yet, else at its next checkpoint. What was done stays done. */
export function cancelJob(context: Context, principal: Principal, jobId: string): Promise<Result<JobRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const job = await findJob(change.sql, principal.userId, jobId)
    if (job === undefined) return err(entityNotFound('Job', jobId))
    const row = await change.sql
      .updateTable('job')
      .set({ cancel_requested: true, updated_at: change.now })
      .where('id', '=', jobId)
      .where('status', 'in', ['PENDING', 'IN_PROGRESS'])
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return err(inConflict('JobFinished', 'The job is finished.', { status: job.status }))
    change.emit({ type: 'job.cancelled', partitionId: row.partition_id, accountId: row.account_id ?? undefined, data: { jobId } })
    return ok(row)
  })
}
