import type { Context } from '../context.ts'
import { type FoundErrors, type Job, type JobOutcome, type JobProgress, type JobWorker, NO_ERRORS, withErrors } from '../jobs/index.ts'
import { exportInventory, type InventoryWork, readInventoryFile, workOnInventory } from './inventory-file.ts'

export const INVENTORY_EXPORT = 'device-inventory-export'
export const INVENTORY_IMPORT = 'device-inventory-import'
export const INVENTORY_DELETE = 'device-inventory-delete'

export const deviceInventoryWorkers: readonly JobWorker[] = [
  {
    name: INVENTORY_EXPORT,
    run: async (context, job) => ({
      status: 'DONE',
      output: { content: exportInventory(context, job.scope), contentType: 'text/csv; charset=utf-8', fileName: 'device-inventory.csv' },
    }),
  },
  { name: INVENTORY_IMPORT, run: (context, job, input, progress) => runFile(context, job, 'import', input, progress) },
  { name: INVENTORY_DELETE, run: (context, job, input, progress) => runFile(context, job, 'delete', input, progress) },
]

interface Checkpoint {
  readonly done: number
  readonly errors: FoundErrors
}

async function runFile(context: Context, job: Job, work: InventoryWork, input: AsyncIterable<string> | undefined, progress: JobProgress): Promise<JobOutcome> {
  let text = ''
  for await (const piece of input ?? []) text += piece
  const { rows, problem } = await readInventoryFile(text)
  if (problem !== undefined) return { status: 'FAILED', errors: [problem] }
  const before: Checkpoint = { done: 0, errors: NO_ERRORS, ...(progress.checkpoint as Partial<Checkpoint> | undefined) }
  let { errors } = before
  await workOnInventory(context, job.principal, job.scope, work, rows, {
    from: before.done,
    saved: (change, done, found) => progress.save(change.sql, { done, errors: withErrors(errors, found) }, { done, total: rows.length }),
    committed: (found) => void (errors = withErrors(errors, found)),
  })
  return { status: 'DONE', errors: errors.kept, errorCount: errors.count }
}
