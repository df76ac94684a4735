import type { DueTask } from '../due-work/index.ts'

const DAY_MS = 86_400_000
/** How long events can be caught up with; deliveries and their attempts are kept as long. */
const RETENTION_MS = 30 * DAY_MS
/** Finished jobs, their inputs and outputs. */
const JOB_RETENTION_MS = 30 * DAY_MS
const ROWS_AT_ONCE = 1000
const MAX_TURNS = 20
/** Each has up to 20,000 objects. */
const COLLECTIONS_AT_ONCE = 10

/** Takes away what has been kept long enough, a bounded number of rows at a time. */
export const eventRetentionTask: DueTask = {
  name: 'event retention',
  isBackground: true,
  run: async (context) => {
    const { sql } = context.database
    const before = new Date(context.clock.nowMs() - RETENTION_MS)
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const events = await sql
        .deleteFrom('event_outbox')
        .where('sequence', 'in', (query) =>
          query
            .selectFrom('event_outbox')
            .select('sequence')
            .where('feed_position', 'is not', null)
            .where('occurred_at', '<', before)
            .orderBy('feed_position')
            .limit(ROWS_AT_ONCE),
        )
        .executeTakeFirst()
      const deliveries = await sql
        .deleteFrom('webhook_delivery')
        .where('id', 'in', (query) => query.selectFrom('webhook_delivery').select('id').where('finished_at', '<', before).limit(ROWS_AT_ONCE))
        .executeTakeFirst()
      if (events.numDeletedRows + deliveries.numDeletedRows === 0n) break
    }
    await removeFinishedJobs(context, new Date(context.clock.nowMs() - JOB_RETENTION_MS))
    await removeOldCollections(context, new Date(context.clock.nowMs() - 2 * JOB_RETENTION_MS))
  },
}

async function removeFinishedJobs(context: Parameters<DueTask['run']>[0], before: Date): Promise<void> {
  const { sql } = context.database
  const jobs = await sql
    .deleteFrom('job')
    .where('id', 'in', (query) => query.selectFrom('job').select('id').where('finished_at', '<', before).limit(ROWS_AT_ONCE))
    .returning('output_key')
    .execute()
  const uploads = await sql
    .deleteFrom('job_upload')
    .where('key', 'in', (query) =>
      query
        .selectFrom('job_upload')
        .select('job_upload.key')
        .where('expires_at', '<', before)
        .where((row) => row.not(row.exists(row.selectFrom('job').select('job.id').whereRef('job.input_key', '=', 'job_upload.key'))))
        .limit(ROWS_AT_ONCE),
    )
    .returning('file_name')
    .execute()
  for (const name of [...jobs.map((job) => job.output_key), ...uploads.map((upload) => upload.file_name)]) if (name !== null) await removeFile(context, name)
}

/** One that cannot be removed keeps the others from nothing: whoever looks after the disk finds its name in the log. */
async function removeFile({ files, logger }: Parameters<DueTask['run']>[0], name: string): Promise<void> {
  await files.remove(name).catch((error: unknown) => logger.warn('a file of a job that is gone could not be removed', { name, error: String(error) }))
}

/** Collections of bulk jobs, with their objects: later than the jobs over them. */
async function removeOldCollections(context: Parameters<DueTask['run']>[0], before: Date): Promise<void> {
  await context.database.sql
    .deleteFrom('bulk_collection')
    .where('id', 'in', (query) => query.selectFrom('bulk_collection').select('id').where('created_at', '<', before).limit(COLLECTIONS_AT_ONCE))
    .execute()
}
