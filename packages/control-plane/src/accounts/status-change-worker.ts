import type { Context } from '../context.ts'
import { type CsvProblem, writeCsv } from '../csv/index.ts'
import type { JobProgress, JobWorker } from '../jobs/index.ts'
import { changeStatus, readStatusChanges } from './status-change-file.ts'

const MAX_FILE_CHARACTERS = 8_000_000
/** A line done twice changes nothing, so each need not be noted by itself. */
const LINES_A_CHECKPOINT = 500
const MAX_INPUT_CHARACTERS = 200

interface Checkpoint {
  readonly next: number
  readonly errors: readonly CsvProblem[]
}

/** The bulk change of account statuses: a line an account, each on its own; the output names the lines that did not succeed. */
export const statusChangeWorker: JobWorker = {
  name: 'account-status-change',
  run: async (context, job, input, progress) => {
    let file = ''
    for await (const piece of input ?? []) {
      file += piece
      if (file.length > MAX_FILE_CHARACTERS) return { status: 'FAILED', errors: [{ error: 'FileTooLarge', lineNumber: 0, column: '', input: '' }] }
    }
    const { changes, problems } = await readStatusChanges(file)
    const { next, errors: before } = (progress.checkpoint as Checkpoint | undefined) ?? { next: 0, errors: problems.map(short) }
    const errors = [...before]
    for (const [index, change] of changes.entries()) {
      if (index < next) continue
      progress.check()
      const problem = await changeStatus(context, job.principal, job.scope, change)
      if (problem !== undefined) errors.push(short(problem))
      const done = index + 1
      if (done % LINES_A_CHECKPOINT === 0 || done === changes.length) await save(context, progress, { next: done, errors }, changes.length)
    }
    const sorted = errors.toSorted((one, other) => one.lineNumber - other.lineNumber)
    const content = writeCsv(['LineNumber', 'Column', 'Error', 'Input'], sorted.map((row) => [row.lineNumber, row.column, row.error, row.input])) // prettier-ignore
    const isRefused = changes.length === 0 && errors.length > 0
    return {
      status: isRefused ? 'FAILED' : 'DONE',
      errors: sorted,
      output: { content, contentType: 'text/csv; charset=utf-8', fileName: 'account-status-change.csv' },
    }
  },
}

function save(context: Context, progress: JobProgress, checkpoint: Checkpoint, total: number): Promise<void> {
  return context.database.sql.transaction().execute((sql) => progress.save(sql, checkpoint, { done: checkpoint.next, total }))
}

function short(problem: CsvProblem): CsvProblem {
  return { ...problem, input: problem.input.slice(0, MAX_INPUT_CHARACTERS) }
}
