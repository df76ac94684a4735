import { actorOf, type PartitionScope } from '../access/index.ts'
import type { JobWorker } from '../jobs/index.ts'
import { exportPlan, importPlan } from './inventory-plan.ts'

export const PLAN_EXPORT = 'ratecenter-plan-export'
export const PLAN_IMPORT = 'ratecenter-plan-import'
const MAX_CHARACTERS = 16_000_000

export const rateCenterWorkers: readonly JobWorker[] = [
  {
    name: PLAN_EXPORT,
    run: async (context, job) => {
      const content = await exportPlan(context.database.sql, job.scope)
      return { status: 'DONE', output: { content, contentType: 'text/csv; charset=utf-8', fileName: 'inventory-plan.csv' } }
    },
  },
  {
    name: PLAN_IMPORT,
    run: async (context, job, input) => {
      let file = ''
      for await (const piece of input ?? []) {
        file += piece
        if (file.length > MAX_CHARACTERS) return { status: 'FAILED', errors: [{ error: 'FileTooLarge', lineNumber: 0, column: '', input: '' }] }
      }
      // Replacing the plan a second time after a crash gives the same plan.
      const scope: PartitionScope = job.scope
      const imported = await importPlan(context, actorOf(job.principal), scope, file)
      if (!imported.ok) return { status: 'FAILED', errors: [{ error: imported.error.code, lineNumber: 0, column: '', input: '' }] }
      return { status: imported.value.length === 0 ? 'DONE' : 'FAILED', errors: imported.value }
    },
  },
]
