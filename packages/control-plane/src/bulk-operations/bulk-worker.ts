import { ok } from '@dialtone/foundation'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { csvLine, streamCsv } from '../csv/index.ts'
import { inOneUnit } from '../events/index.ts'
import type { OperationPerformer } from '../http/index.ts'
import { type Job, type JobOutcome, type JobProgress, JobTakenAway, type JobWorker } from '../jobs/index.ts'
import type { BulkJobType } from './bulk-job-type.ts'
import type { BulkObject } from './bulk-object.ts'
import { readItems, readResults } from './bulk-queries.ts'
import { performRow, type RowResult } from './perform-row.ts'
import { storeOutputs } from './store-outputs.ts'

export const BULK_WORKER = 'bulk-operation'

/** Rows that commit together: few enough that a request on the same account does not wait long, and that little is done twice after a crash. */
const ROWS_A_COMMIT = 200
const RESULTS_A_PAGE = 1000

export interface BulkState {
  /** Position of the first row that is not done. */
  readonly next: number
  readonly successful: number
  readonly failed: number
  /** The collections of what was done and what was not, once all is. */
  readonly outputs?: Readonly<Record<'success' | 'failure', string>>
}

export interface BulkParameters {
  readonly type: BulkJobType
  readonly collectionId: string
  readonly total: number
  readonly parameters: BulkObject
  readonly abortAfter?: number
}

/**
 * Takes the rows of a collection through the operations of the interface. Some rows at a time commit together with their results
 * and the place to go on, each behind a savepoint of its own: after a crash every row was done exactly once or not at all.
 */
export function bulkWorker(performer: OperationPerformer): JobWorker {
  return {
    name: BULK_WORKER,
    run: async (context, job, _input, progress) => {
      const work = job.parameters as unknown as BulkParameters
      let state = stateOf(progress.checkpoint)
      for (;;) {
        const done = isAborted(work, state) ? undefined : await runRows(context, performer, job, work, progress, state)
        if (done === undefined) break
        state = done
      }
      state = await storeOutputs(context, job, work, progress, state)
      return outcomeOf(context, job, work, state)
    },
  }
}

export function stateOf(checkpoint: unknown): BulkState {
  return (checkpoint as BulkState | undefined) ?? { next: 0, successful: 0, failed: 0 }
}

function isAborted(work: BulkParameters, state: BulkState): boolean {
  return work.abortAfter !== undefined && state.failed >= work.abortAfter
}

/** @returns undefined when there are no more rows. */
async function runRows(
  context: Context,
  performer: OperationPerformer,
  job: Job,
  work: BulkParameters,
  progress: JobProgress,
  state: BulkState,
): Promise<BulkState | undefined> {
  const items = await readItems(context.database.sql, work.collectionId, state.next, ROWS_A_COMMIT)
  if (items.length === 0) return undefined
  try {
    return await commitRows(context, performer, job, work, progress, state, items)
  } catch (error) {
    if (error instanceof JobTakenAway || items.length === 1) throw error
    // One of them is a defect of ours, or met somebody else's lock: each alone, so that the others do not suffer for it.
    context.logger.warn('bulk rows are tried one by one', { jobId: job.id, from: state.next, error: String(error) })
    let alone = state
    for (const item of items) alone = await commitRows(context, performer, job, work, progress, alone, [item], true)
    return alone
  }
}

async function commitRows(
  context: Context,
  performer: OperationPerformer,
  job: Job,
  work: BulkParameters,
  progress: JobProgress,
  state: BulkState,
  items: Awaited<ReturnType<typeof readItems>>,
  isAlone = false,
): Promise<BulkState> {
  const scope = job.scope as AccountScope
  const { result } = await inOneUnit(
    context,
    async (unit) => {
      const results: RowResult[] = []
      for (const item of items) {
        if (isAborted(work, { ...state, failed: state.failed + countFailed(results) })) break
        results.push(await performRow(unit, performer, job.principal, scope, work, item, isAlone))
      }
      const rows = results.map((row) => ({ job_id: job.id, position: row.position, is_successful: row.isSuccessful, result: JSON.stringify(row.result) }))
      if (unit.unit !== undefined && rows.length > 0) await unit.unit.sql.insertInto('bulk_result').values(rows).execute()
      const failed = countFailed(results)
      const next = {
        ...state,
        next: (results.at(-1)?.position ?? state.next) + 1,
        successful: state.successful + results.length - failed,
        failed: state.failed + failed,
      }
      if (unit.unit !== undefined) await progress.save(unit.unit.sql, next, { done: next.successful + next.failed, total: work.total })
      return ok(next)
    },
    // Two jobs over the same rows in other orders would meet again and again, each with many rows in hand.
    { isUnanswered: true, isTriedOnce: !isAlone },
  )
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

function countFailed(results: readonly RowResult[]): number {
  return results.filter((row) => !row.isSuccessful).length
}

function outcomeOf(context: Context, job: Job, work: BulkParameters, state: BulkState): JobOutcome {
  const status = isAborted(work, state) && state.next < work.total ? 'FAILED' : 'DONE'
  const errors = status === 'FAILED' ? [{ error: 'Aborted', lineNumber: 0, column: '', input: `${state.failed} rows failed` }] : []
  const content = work.total === 0 ? csvLine(RESULT_COLUMNS) : streamCsv(RESULT_COLUMNS, resultRows(context, job.id))
  return { status, errors, failedRows: state.failed, output: { content, contentType: 'text/csv; charset=utf-8', fileName: 'results.csv' } }
}

const RESULT_COLUMNS = ['row', 'successful', 'userId', 'extension', 'phoneNumber', 'error', 'message']

async function* resultRows(context: Context, jobId: string) {
  for (let from = 0; ;) {
    const rows = await readResults(context.database.sql, jobId, { from, limit: RESULTS_A_PAGE })
    for (const { position, is_successful: isSuccessful, result } of rows) {
      const cell = (name: string) => (typeof result[name] === 'string' ? result[name] : undefined)
      yield [position + 1, isSuccessful, cell('userId'), cell('extension'), cell('phoneNumber'), cell('error'), cell('message')]
    }
    if (rows.length < RESULTS_A_PAGE) return
    from = (rows.at(-1)?.position ?? from) + 1
  }
}
