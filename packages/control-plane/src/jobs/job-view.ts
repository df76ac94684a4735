import Type, { type Static } from 'typebox'
import { named, oneOf } from '../http/index.ts'
import { JOB_STATUSES, type JobStatus } from './job.ts'
import type { JobRow } from './job-queries.ts'

export const JobErrorView = named('JobError', Type.Object({ error: Type.String(), lineNumber: Type.Integer(), column: Type.String(), input: Type.String() }))

/** What every operation that starts a job answers with, status 202 (public-spec section 4). */
export const JobView = named(
  'Job',
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    userId: Type.String(),
    status: oneOf(JOB_STATUSES),
    errors: Type.Array(JobErrorView),
    errorCount: Type.Integer(),
    progress: Type.Optional(Type.Record(Type.String(), Type.Number())),
    inputKey: Type.Optional(Type.String()),
    outputKey: Type.Optional(Type.String()),
    start: Type.String(),
    lastUpdated: Type.String(),
  }),
)

export function jobView(row: JobRow): Static<typeof JobView> {
  return {
    id: row.id,
    name: row.name,
    userId: row.user_id,
    status: row.status as JobStatus,
    errors: row.errors as unknown as Static<typeof JobErrorView>[],
    errorCount: row.error_count,
    ...(row.progress === null ? {} : { progress: row.progress as Record<string, number> }),
    ...(row.input_key === null ? {} : { inputKey: row.input_key }),
    ...(row.output_key === null ? {} : { outputKey: row.id }),
    start: (row.started_at ?? row.created_at).toISOString(),
    lastUpdated: row.updated_at.toISOString(),
  }
}
