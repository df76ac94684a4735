import { writeCsv } from '../csv/index.ts'
import type { JobWorker } from '../jobs/index.ts'
import { changeStatus, readStatusChanges } from './status-change-file.ts'

const MAX_FILE_CHARACTERS = 8_000_000

/** The bulk change of account statuses: a line an account, each on its own; the output names the lines that did not succeed. */
export const statusChangeWorker: JobWorker = {
  name: 'account-status-change',
  run: async (context, job, input, progress) => {
    let file = ''
    for await (const piece of input ?? []) {
      file += piece
      if (file.length > MAX_FILE_CHARACTERS) return { status: 'FAILED', errors: [{ error: 'FileTooLarge', lineNumber: 0, column: '', input: '' }] }
    }
    const { changes, problems } = readStatusChanges(file)
    const errors = [...problems]
    for (const change of changes) {
      progress.check()
      const problem = await changeStatus(context, job.principal, job.scope, change)
      if (problem !== undefined) errors.push(problem)
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
