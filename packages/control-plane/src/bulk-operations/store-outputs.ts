import { newId } from '@dialtone/foundation'
import { sql as sqlText } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import type { Job, JobProgress } from '../jobs/index.ts'
import type { BulkParameters, BulkState } from './bulk-worker.ts'

/** Makes the output collections: what was done and what was not, each object with what became of it. Once, also after a crash. */
export async function storeOutputs(context: Context, job: Job, work: BulkParameters, progress: JobProgress, state: BulkState): Promise<BulkState> {
  if (state.outputs !== undefined) return state
  return context.database.sql.transaction().execute(async (sql) => {
    const outputs = { success: newId(), failure: newId() }
    await storeOutput(sql, context, job, work, { id: outputs.success, isSuccessful: true, size: state.successful })
    await storeOutput(sql, context, job, work, { id: outputs.failure, isSuccessful: false, size: state.failed })
    const next = { ...state, outputs }
    await progress.save(sql, next, { done: next.successful + next.failed, total: work.total })
    return next
  })
}

async function storeOutput(
  sql: Transaction,
  context: Context,
  job: Job,
  work: BulkParameters,
  o: { readonly id: string; readonly isSuccessful: boolean; readonly size: number },
): Promise<void> {
  const scope = job.scope as AccountScope
  const input = await sql.selectFrom('bulk_collection').select('object_type').where('id', '=', work.collectionId).executeTakeFirst()
  await sql
    .insertInto('bulk_collection')
    .values({
      id: o.id,
      partition_id: scope.partitionId,
      account_id: scope.accountId,
      user_id: job.principal.userId,
      object_type: input?.object_type ?? null,
      size: o.size,
      is_frozen: true,
      created_at: new Date(context.clock.nowMs()),
    })
    .execute()
  await sqlText`
    INSERT INTO bulk_item (collection_id, position, key, object)
    SELECT ${o.id}, row_number() OVER (ORDER BY result.position) - 1, NULL, item.object || result.result || jsonb_build_object('index', result.position)
    FROM bulk_result result JOIN bulk_item item ON item.collection_id = ${work.collectionId} AND item.position = result.position
    WHERE result.job_id = ${job.id} AND result.is_successful = ${o.isSuccessful}`.execute(sql)
}
