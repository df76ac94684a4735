import type { DomainEvent } from '../events/index.ts'
import type { JobStatus } from './job.ts'
import type { JobRow } from './job-queries.ts'

export function jobFinished(row: Pick<JobRow, 'id' | 'name' | 'partition_id' | 'account_id'>, status: JobStatus, errorCount: number): DomainEvent {
  const { id: jobId, name, partition_id: partitionId, account_id: accountId } = row
  return { type: 'job.finished', partitionId, accountId: accountId ?? undefined, data: { jobId, name, status, errorCount } }
}
