import { err, newId, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { findUpload, type JobRow } from './job-queries.ts'

export interface JobRequest {
  /** What the user calls it, such as `Account status change`. */
  readonly name: string
  /** The registered worker that does it. */
  readonly work: string
  /** The file it works on: a key of `POST /v2/job/input` that the same user uploaded to. */
  readonly inputKey?: string | undefined
  /** JSON for the worker. */
  readonly parameters?: Readonly<Record<string, unknown>>
}

/** How many jobs of one user may wait or run at once. */
const MAX_OPEN_JOBS = 200

/** Stores a job; a worker takes it up after the commit. Answer with {@link jobView} and status 202. */
export function startJob(
  context: Context,
  principal: Principal,
  scope: PartitionScope | AccountScope,
  request: JobRequest,
): Promise<Result<JobRow, ApiFailure>> {
  const accountId = 'accountId' in scope ? scope.accountId : undefined
  return write(context, actorOf(principal), async (change) => {
    const { open } = await change.sql
      .selectFrom('job')
      .select((expression) => expression.fn.countAll<string>().as('open'))
      .where('user_id', '=', principal.userId)
      .where('status', 'in', ['PENDING', 'IN_PROGRESS'])
      .executeTakeFirstOrThrow()
    if (Number(open) >= MAX_OPEN_JOBS)
      return err(inConflict('JobLimitReached', `You have ${open} jobs waiting; wait until some are done.`, { limit: MAX_OPEN_JOBS }))
    if (request.inputKey !== undefined) {
      const upload = await findUpload(change.sql, request.inputKey)
      if (upload === undefined || upload.user_id !== principal.userId) return err(entityNotFound('JobInput', request.inputKey))
      if (upload.stored_at === null) return err(inConflict('InputNotUploaded', 'Nothing was uploaded to that key yet.', { key: request.inputKey }))
      await change.sql.updateTable('job_upload').set({ used_at: change.now }).where('key', '=', upload.key).execute()
    }
    const row = await change.sql
      .insertInto('job')
      .values({
        id: newId(),
        partition_id: scope.partitionId,
        account_id: accountId ?? null,
        user_id: principal.userId,
        principal: JSON.stringify(principal),
        name: request.name,
        worker: request.work,
        parameters: JSON.stringify(request.parameters ?? {}),
        input_key: request.inputKey ?? null,
        output_key: null,
        output_type: null,
        output_name: null,
        status: 'PENDING',
        errors: '[]',
        checkpoint: null,
        progress: null,
        lease_id: null,
        lease_until: null,
        created_at: change.now,
        started_at: null,
        updated_at: change.now,
        finished_at: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    change.emit({ type: JOB_CREATED, partitionId: scope.partitionId, accountId, data: { jobId: row.id, name: row.name } })
    return ok(row)
  })
}

export const JOB_CREATED = 'job.created'
