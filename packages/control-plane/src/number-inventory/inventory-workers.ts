import { ok } from '@dialtone/foundation'
import { actorOf } from '../access/index.ts'
import type { Context } from '../context.ts'
import { streamCsv } from '../csv/index.ts'
import { write } from '../events/index.ts'
import { type FoundErrors, type Job, type JobOutcome, type JobProgress, type JobWorker, NO_ERRORS, withErrors } from '../jobs/index.ts'
import { importedEvent, importRows, INVENTORY_HEADERS, inventoryRows, MAX_ROWS, readInventory } from './inventory-csv.ts'
import { readStatusQuery, STATUS_HEADERS, statusRows } from './status-search.ts'

export const INVENTORY_EXPORT = 'number-inventory-export'
export const INVENTORY_IMPORT = 'number-inventory-import'
export const STATUS_EXPORT = 'number-status-export'
const ROWS_A_COMMIT = 500
const MAX_CHARACTERS = 64_000_000
const CSV = 'text/csv; charset=utf-8'

interface ImportState {
  readonly next: number
  readonly errors: FoundErrors
}

export const numberInventoryWorkers: readonly JobWorker[] = [
  {
    name: INVENTORY_EXPORT,
    run: (context, job) =>
      Promise.resolve({
        status: 'DONE',
        output: { content: streamCsv(INVENTORY_HEADERS, inventoryRows(context, job.scope, MAX_ROWS)), contentType: CSV, fileName: 'telephone-numbers.csv' },
      }),
  },
  {
    name: STATUS_EXPORT,
    run: (context, job) => {
      const query = readStatusQuery(job.parameters)
      if (!query.ok) return Promise.resolve({ status: 'FAILED', errors: [{ error: query.error.code, lineNumber: 0, column: '', input: '' }] })
      const rows = statusRows(context, job.scope, query.value)
      return Promise.resolve({
        status: 'DONE',
        output: { content: streamCsv(STATUS_HEADERS, rows), contentType: CSV, fileName: 'telephone-number-status.csv' },
      })
    },
  },
  { name: INVENTORY_IMPORT, run: importInventory },
]

/** Some lines at a time commit together with the place to go on: after a crash each line was taken once. */
async function importInventory(context: Context, job: Job, input: AsyncIterable<string> | undefined, progress: JobProgress): Promise<JobOutcome> {
  let file = ''
  for await (const piece of input ?? []) {
    file += piece
    if (file.length > MAX_CHARACTERS) return { status: 'FAILED', errors: [{ error: 'FileTooLarge', lineNumber: 0, column: '', input: '' }] }
  }
  const { rows, problem } = await readInventory(file)
  if (problem !== undefined) return { status: 'FAILED', errors: [problem] }
  let state: ImportState = { next: 0, errors: NO_ERRORS, ...(progress.checkpoint as Partial<ImportState> | undefined) }
  while (state.next < rows.length) {
    const before = state
    const done = await write(context, actorOf(job.principal), async (change) => {
      const lines = rows.slice(before.next, before.next + ROWS_A_COMMIT)
      const problems = await importRows(change.sql, job.scope, lines, change.now)
      const after: ImportState = { next: before.next + lines.length, errors: withErrors(before.errors, problems) }
      change.emit(importedEvent(job.scope, lines.length - problems.length))
      await progress.save(change.sql, after, { done: after.next, total: rows.length })
      return ok(after)
    })
    if (!done.ok) return { status: 'FAILED', errors: [{ error: done.error.code, lineNumber: 0, column: '', input: '' }] }
    state = done.value
  }
  return { status: 'DONE', errors: state.errors.kept, errorCount: state.errors.count }
}
