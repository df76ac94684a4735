import Type, { type Static } from 'typebox'
import type { Sql } from '../database/index.ts'
import { freeObject, named, oneOf } from '../http/index.ts'
import type { JobRow } from '../jobs/index.ts'
import { type BulkJobType, isOperation } from './bulk-job-type.ts'
import { type CollectionRow, readItems, readResults } from './bulk-queries.ts'
import { type BulkParameters, stateOf } from './bulk-worker.ts'

export const CollectionView = named(
  'CollectionDTO',
  Type.Object({
    id: Type.String(),
    collectionId: Type.String(),
    ownerId: Type.Optional(Type.String()),
    accountId: Type.Optional(Type.String()),
    size: Type.Integer(),
    transformObjectType: Type.Optional(Type.String()),
    transformObjects: Type.Array(freeObject()),
    createdDateTime: Type.String(),
  }),
)

export const ItemError = named(
  'BulkItemError',
  Type.Object({
    index: Type.Integer(),
    userId: Type.Optional(Type.String()),
    extension: Type.Optional(Type.String()),
    phoneNumber: Type.Optional(Type.String()),
    error: Type.String(),
    message: Type.String(),
  }),
)

export const ItemResult = named(
  'BulkItemResult',
  Type.Object({
    index: Type.Integer(),
    successful: Type.Boolean(),
    userId: Type.Optional(Type.String()),
    extension: Type.Optional(Type.String()),
    phoneNumber: Type.Optional(Type.String()),
    error: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
  }),
)

const ExecutionStatus = oneOf(['CREATED', 'STARTED', 'ABORTED', 'COMPLETED'])
const OutputCollection = named('JobOutputCollectionDTO', Type.Object({ id: Type.String() }))

/** A bulk job in the words of both documentation sets (C-61). */
export const BulkJobView = named(
  'JobDTO',
  Type.Object({
    id: Type.String(),
    jobId: Type.String(),
    ownerId: Type.String(),
    jobTypeId: Type.String(),
    operation: Type.String(),
    targetAccountId: Type.String(),
    inputCollectionId: Type.String(),
    collectionId: Type.String(),
    status: oneOf(['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'PARTIAL']),
    jobStatus: ExecutionStatus,
    executionStatus: ExecutionStatus,
    total: Type.Integer(),
    processed: Type.Integer(),
    successful: Type.Integer(),
    failed: Type.Integer(),
    errors: Type.Array(ItemError),
    outputCollections: Type.Optional(Type.Record(Type.String(), OutputCollection)),
    abortAfter: Type.Optional(Type.Integer()),
    createdDateTime: Type.String(),
    updatedDateTime: Type.String(),
  }),
)

const ITEMS_A_PAGE = 1000
const MAX_SHOWN_ERRORS = 1000

export async function collectionView(sql: Sql, row: CollectionRow): Promise<Static<typeof CollectionView>> {
  const transformObjects = []
  for await (const object of objectsOf(sql, row.id)) transformObjects.push(object)
  return { ...collectionHead(row), transformObjects }
}

/** Without its objects: they were just sent. */
export function collectionHead(row: CollectionRow): Static<typeof CollectionView> {
  return {
    id: row.id,
    collectionId: row.id,
    ...(row.account_id === null ? {} : { ownerId: row.account_id, accountId: row.account_id }),
    size: row.size,
    ...(row.object_type === null ? {} : { transformObjectType: row.object_type }),
    transformObjects: [],
    createdDateTime: row.created_at.toISOString(),
  }
}

export async function* objectsOf(sql: Sql, collectionId: string): AsyncGenerator<Record<string, unknown>> {
  for (let from = 0; ;) {
    const items = await readItems(sql, collectionId, from, ITEMS_A_PAGE)
    for (const item of items) yield item.object
    if (items.length < ITEMS_A_PAGE) return
    from = (items.at(-1)?.position ?? from) + 1
  }
}

export async function bulkJobView(sql: Sql, job: JobRow): Promise<Static<typeof BulkJobView>> {
  const work = job.parameters as unknown as BulkParameters
  const { successful, failed, outputs } = stateOf(job.checkpoint ?? undefined)
  const results = failed === 0 ? [] : await readResults(sql, job.id, { from: 0, limit: MAX_SHOWN_ERRORS, failedOnly: true })
  const executionStatus = executionStatusOf(job)
  return {
    id: job.id,
    jobId: job.id,
    ownerId: job.account_id ?? '',
    jobTypeId: work.type,
    operation: operationName(work.type),
    targetAccountId: job.account_id ?? '',
    inputCollectionId: work.collectionId,
    collectionId: work.collectionId,
    status: statusOf(job, { successful, failed }),
    jobStatus: executionStatus,
    executionStatus,
    total: work.total,
    processed: successful + failed,
    successful,
    failed,
    errors: results.map((row) => ({ ...(row.result as unknown as Static<typeof ItemError>), index: row.position })),
    ...(outputs === undefined ? {} : { outputCollections: { success: { id: outputs.success }, failure: { id: outputs.failure } } }),
    ...(work.abortAfter === undefined ? {} : { abortAfter: work.abortAfter }),
    createdDateTime: job.created_at.toISOString(),
    updatedDateTime: job.updated_at.toISOString(),
  }
}

function operationName(type: BulkJobType): string {
  return isOperation(type) ? type : type.toUpperCase().replaceAll(' ', '_')
}

function executionStatusOf(job: JobRow): Static<typeof ExecutionStatus> {
  if (job.status === 'PENDING') return 'CREATED'
  if (job.status === 'IN_PROGRESS') return 'STARTED'
  return job.status === 'DONE' ? 'COMPLETED' : 'ABORTED'
}

/** S0-85. A job of which nothing worked failed, though it ran to its end. */
function statusOf(job: JobRow, counts: { readonly successful: number; readonly failed: number }): Static<typeof BulkJobView>['status'] {
  if (job.status === 'PENDING') return 'PENDING'
  if (job.status === 'IN_PROGRESS') return 'PROCESSING'
  if (job.status === 'FAILED') return 'FAILED'
  if (counts.failed === 0) return 'COMPLETED'
  return counts.successful === 0 ? 'FAILED' : 'PARTIAL'
}
