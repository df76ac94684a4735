import { type Selectable, sql as sqlText } from 'kysely'
import { type JobTable, type JobUploadTable, type ListPage, NEWEST_FIRST, type PageOfRows, readPage, type Sql, type Transaction } from '../database/index.ts'

export type JobRow = Selectable<JobTable>
export type UploadRow = Selectable<JobUploadTable>

/** Whether somebody wants a job to end that goes on. */
export interface WantedEnd {
  readonly cancel_requested: boolean
  readonly partition_archived: boolean
  /** Whoever started it was deleted, or his key was revoked. */
  readonly starter_gone: boolean
}

const PARTITION_ARCHIVED = sqlText<boolean>`EXISTS (
  SELECT 1 FROM partition WHERE partition.id = job.principal ->> 'partitionId' AND partition.status = 'ARCHIVED')`.as('partition_archived')
const STARTER_GONE = sqlText<boolean>`NOT EXISTS (
  SELECT 1 FROM management_user WHERE id = job.user_id UNION ALL SELECT 1 FROM account_user WHERE id = job.user_id
  UNION ALL SELECT 1 FROM end_user WHERE id = job.user_id UNION ALL SELECT 1 FROM program_key WHERE id = job.user_id)`.as('starter_gone')

const MAX_LIST = 100

/** Jobs belong to the user who started them: nobody else's id finds one (public-spec section 4). */
export function findJob(sql: Sql | Transaction, userId: string, jobId: string): Promise<JobRow | undefined> {
  return sql.selectFrom('job').selectAll().where('id', '=', jobId).where('user_id', '=', userId).executeTakeFirst()
}

/** The newest jobs of a user, newest first. */
export function listJobs(sql: Sql, userId: string, page: ListPage = { limit: MAX_LIST }): Promise<PageOfRows<JobRow>> {
  return readPage(sql.selectFrom('job').selectAll().where('user_id', '=', userId), NEWEST_FIRST, page)
}

export function findUpload(sql: Sql | Transaction, key: string): Promise<UploadRow | undefined> {
  return sql.selectFrom('job_upload').selectAll().where('key', '=', key).executeTakeFirst()
}

/**
 * Takes a job that nobody works on: one whose node stopped renewing its lease, else the oldest of the user who has waited longest for
 * one of his, so that two hundred of one do not keep the others waiting. Several nodes may ask at once.
 * @param leaseId proves later that the job is still ours.
 */
export async function claimJob(
  sql: Sql,
  o: { leaseId: string; now: Date; leaseUntil: Date; workers: readonly string[] },
): Promise<(JobRow & WantedEnd) | undefined> {
  if (o.workers.length === 0) return undefined
  return sql
    .updateTable('job')
    .set((expression) => ({
      status: 'IN_PROGRESS',
      lease_id: o.leaseId,
      lease_until: o.leaseUntil,
      attempt: expression('attempt', '+', 1),
      started_at: sqlText<Date>`coalesce(started_at, ${o.now})`,
      updated_at: o.now,
    }))
    .where('id', '=', (expression) =>
      expression
        .selectFrom('job as waiting')
        .select('id')
        .where('status', 'in', ['PENDING', 'IN_PROGRESS'])
        .where('worker', 'in', [...o.workers])
        .where((inner) => inner.or([inner('lease_until', 'is', null), inner('lease_until', '<=', o.now)]))
        .orderBy(sqlText`status = 'IN_PROGRESS'`, 'desc')
        .orderBy(sqlText`(SELECT max(started.started_at) FROM job started WHERE started.user_id = waiting.user_id)`, (order) => order.asc().nullsFirst())
        .orderBy('created_at')
        .orderBy('id')
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .returning([PARTITION_ARCHIVED, STARTER_GONE])
    .executeTakeFirst()
}

export interface Lease {
  readonly jobId: string
  readonly leaseId: string
}

/** Changes a job that is still ours. @returns the row, or undefined when another node has it or it was ended. */
export function updateLeased(
  sql: Sql | Transaction,
  lease: Lease,
  change: Partial<
    Pick<
      JobRow,
      'status' | 'lease_id' | 'lease_until' | 'updated_at' | 'finished_at' | 'attempt' | 'error_count' | 'output_key' | 'output_type' | 'output_name'
    >
  > & { readonly checkpoint?: string; readonly progress?: string; readonly errors?: string },
): Promise<WantedEnd | undefined> {
  return sql
    .updateTable('job')
    .set(change)
    .where('id', '=', lease.jobId)
    .where('lease_id', '=', lease.leaseId)
    .where('status', '=', 'IN_PROGRESS')
    .returning(['cancel_requested', PARTITION_ARCHIVED, STARTER_GONE])
    .executeTakeFirst()
}
