import { Readable } from 'node:stream'
import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { streamCsv } from '../csv/index.ts'
import { type ApiFailure, entityNotFound, fieldRequired, invalidField, unauthorized } from '../failures/index.ts'
import { freeObject, MAX_OFFSET, named, oneOf, openOperation, type Operation, type OperationPerformer, type Reply } from '../http/index.ts'
import { cancelJob, findJob, type JobRow } from '../jobs/index.ts'
import { bulkFailure } from './bulk-failure.ts'
import { JOB_TYPES, jobTypeOf, OBJECTS_OF_JOB, OPERATIONS } from './bulk-job-type.ts'
import { type BulkObject, inColumnOrder, OBJECT_TYPES, type ObjectType } from './bulk-object.ts'
import { findCollection, pageOfResults } from './bulk-queries.ts'
import { bulkJobView, BulkJobView, collectionHead, collectionView, CollectionView, ItemResult, objectsOf } from './bulk-views.ts'
import { BULK_WORKER } from './bulk-worker.ts'
import { addUser, createCollection } from './change-collection.ts'
import { readObjects } from './read-objects.ts'
import { startBulkJob } from './start-bulk-job.ts'

const id = Type.Optional(Type.String({ minLength: 1, maxLength: 64 }))
const MAX_BODY_BYTES = 16 * 1024 * 1024
const BINARY = Type.Unsafe<unknown>({ type: 'string', format: 'binary' })
const file = Type.Optional(Type.String({ description: 'CSV with a heading line, or a JSON array' }))
const CollectionBody = named(
  'CollectionRequest',
  Type.Object({
    transformObjectType: Type.Optional(Type.String({ maxLength: 64 })),
    transformObjects: Type.Optional(Type.Array(freeObject())),
    transformObjectsFile: file,
    columnTypes: Type.Optional(Type.Unknown()),
    jobTypeId: Type.Optional(Type.String({ maxLength: 64 })),
    ownerId: id,
    accountId: id,
    targetAccountId: id,
  }),
)
const JobBody = named(
  'BulkJobRequest',
  Type.Object({
    jobTypeId: Type.Optional(Type.String({ maxLength: 64 })),
    targetAccountId: id,
    inputCollectionId: id,
    abortAfter: Type.Optional(Type.Integer({ minimum: 1 })),
    collectionId: id,
    accountId: id,
    operation: Type.Optional(Type.String({ maxLength: 64 })),
    parameters: Type.Optional(freeObject()),
    transformObjectType: Type.Optional(Type.String({ maxLength: 64 })),
    transformObjectFile: file,
  }),
)
const JobChange = named(
  'BulkJobChange',
  Type.Object({ executionStatus: Type.Optional(Type.String()), jobStatus: Type.Optional(Type.String()), status: Type.Optional(Type.String()) }),
)
const UserAdded = named(
  'CollectionUser',
  Type.Object({
    collectionId: Type.String(),
    id: Type.String(),
    accountId: Type.String(),
    size: Type.Integer(),
    extension: Type.String(),
    userId: Type.String(),
  }),
)
const JobPath = Type.Object({ jobId: Type.String() })
const CollectionPath = Type.Object({ collectionId: Type.String() })
const COLLECTION = '/v2/bulk-user-operation/collection'
const JOB = '/v2/bulk-user-operation/job'
const COLLECTION_TAG = 'Bulk Operation Collection'
const JOB_TAG = 'Bulk Operation Job'
const MAX_RESULTS = 1000

/** Collections of objects and the jobs over them, in the words of both documentation sets (S0-81 … S0-89, C-60, C-61). */
export function bulkOperations(performer: OperationPerformer): readonly Operation[] {
  return [...collectionWrites(performer), ...collectionReads, ...jobStarts(performer), ...jobReads]
}

function collectionWrites(performer: OperationPerformer): readonly Operation[] {
  return [
    openOperation({
      method: 'POST',
      path: COLLECTION,
      tag: COLLECTION_TAG,
      summary: 'Make a collection: of objects, from JSON or a file, or empty for users to be added by their extensions',
      requires: 'any-change',
      takesForm: true,
      maxBodyBytes: MAX_BODY_BYTES,
      body: CollectionBody,
      responses: { 200: CollectionView },
      handle: (context, { principal, body }) =>
        asBulk(principal, async (caller) => {
          const created = await collectionOf(context, caller, performer, body, body.transformObjectsFile)
          if (!created.ok) return created
          return ok({ status: 200, body: { ...collectionHead(created.value), transformObjects: body.transformObjects ?? [] } })
        }),
    }),
    openOperation({
      method: 'POST',
      path: `${COLLECTION}/:collectionId/:extension`,
      tag: COLLECTION_TAG,
      summary: 'Add the user with an extension to a collection of users',
      requires: 'any-change',
      params: Type.Object({ collectionId: Type.String(), extension: Type.String({ pattern: '^[0-9]{1,8}$' }) }),
      query: Type.Object({ accountId: id }),
      responses: { 200: UserAdded },
      handle: (context, { principal, params, query }) =>
        asBulk(principal, async (caller) => {
          const added = await addUser(context, caller, params.collectionId, params.extension, query.accountId)
          if (!added.ok) return added
          const { id: collectionId, account_id: accountId, size } = added.value.collection
          return ok({ status: 200, body: { collectionId, id: collectionId, accountId, size, extension: params.extension, userId: added.value.userId } })
        }),
    }),
  ]
}

const collectionReads: readonly Operation[] = [
  openOperation({
    method: 'GET',
    path: `${COLLECTION}/:collectionId`,
    tag: COLLECTION_TAG,
    summary: 'Read a collection with its objects',
    requires: 'signed-in',
    params: CollectionPath,
    responses: { 200: CollectionView },
    handle: (context, { principal, params }) =>
      asBulk(principal, async (caller) => {
        const row = await findCollection(context.database.sql, caller, params.collectionId)
        if (row === undefined) return err(entityNotFound('Collection', params.collectionId))
        return ok({ status: 200, body: await collectionView(context.database.sql, row) })
      }),
  }),
  openOperation({
    method: 'GET',
    path: `${COLLECTION}/:collectionId/:extension`,
    tag: COLLECTION_TAG,
    summary: 'The objects of a collection as a file',
    requires: 'signed-in',
    params: Type.Object({ collectionId: Type.String(), extension: oneOf(['json', 'csv']) }),
    responses: { 200: BINARY },
    handle: (context, { principal, params }) =>
      asBulk(principal, async (caller) => {
        const row = await findCollection(context.database.sql, caller, params.collectionId)
        return row === undefined ? err(entityNotFound('Collection', params.collectionId)) : ok(await fileReply(context, row.id, params.extension))
      }),
  }),
]

function jobStarts(performer: OperationPerformer): readonly Operation[] {
  return [
    openOperation({
      method: 'POST',
      path: JOB,
      tag: JOB_TAG,
      summary: 'Start a job over a collection, or over the file of the same request',
      requires: 'any-change',
      takesForm: true,
      maxBodyBytes: MAX_BODY_BYTES,
      body: JobBody,
      responses: { 200: BulkJobView },
      handle: (context, { principal, body }) => asBulk(principal, (caller) => startJobOf(context, caller, performer, body)),
    }),
  ]
}

const jobReads: readonly Operation[] = [
  openOperation({
    method: 'GET',
    path: `${JOB}/:jobId`,
    tag: JOB_TAG,
    summary: 'How far a bulk job is, and what went wrong with which object',
    requires: 'signed-in',
    params: JobPath,
    responses: { 200: BulkJobView },
    handle: (context, { principal, params }) => withBulkJob(context, principal, params.jobId, (job) => jobReply(context, job)),
  }),
  openOperation({
    method: 'GET',
    path: `${JOB}/:jobId/results`,
    tag: JOB_TAG,
    summary: 'What became of each object, in pages',
    requires: 'signed-in',
    params: JobPath,
    query: Type.Object({
      from: Type.Integer({ minimum: 0, maximum: MAX_OFFSET, default: 0 }),
      limit: Type.Integer({ minimum: 1, maximum: MAX_RESULTS, default: MAX_RESULTS }),
      failedOnly: Type.Optional(Type.Boolean()),
    }),
    responses: { 200: Type.Array(ItemResult) },
    handle: (context, { principal, params, query, page = query }) =>
      withBulkJob(context, principal, params.jobId, async (job) => {
        const { rows, following } = await pageOfResults(context.database.sql, job.id, { from: query.from, failedOnly: query.failedOnly ?? false }, page)
        return ok({ status: 200, body: rows.map((row) => ({ ...row.result, index: row.position, successful: row.is_successful })), following })
      }),
  }),
  openOperation({
    method: 'PUT',
    path: `${JOB}/:jobId`,
    tag: JOB_TAG,
    summary: 'Abort a job: what it did stays, the rest is left',
    requires: 'signed-in',
    params: JobPath,
    body: JobChange,
    responses: { 200: BulkJobView },
    handle: (context, { principal, params, body }) =>
      withBulkJob(context, principal, params.jobId, async (job, caller) => {
        const wanted = [body.executionStatus, body.jobStatus, body.status].find((word) => word !== undefined)
        if (wanted === undefined) return err(fieldRequired('executionStatus'))
        if (!['ABORTED', 'CANCELLED', 'CANCELED'].includes(wanted.toUpperCase())) return err(invalidField('executionStatus', 'can only be ended', 'ABORTED'))
        const cancelled = await cancelJob(context, caller, job.id)
        return cancelled.ok ? jobReply(context, cancelled.value) : cancelled
      }),
  }),
]

/** The caller, and failures in the form of these operations. */
async function asBulk(principal: Principal | undefined, work: (caller: Principal) => Promise<Result<Reply, ApiFailure>>): Promise<Result<Reply, ApiFailure>> {
  if (principal === undefined) return err(unauthorized())
  const result = await work(principal)
  return result.ok ? result : err(bulkFailure(result.error))
}

function withBulkJob(
  context: Context,
  principal: Principal | undefined,
  jobId: string,
  show: (job: JobRow, caller: Principal) => Promise<Result<Reply, ApiFailure>>,
): Promise<Result<Reply, ApiFailure>> {
  return asBulk(principal, async (caller) => {
    const job = await findJob(context.database.sql, caller.userId, jobId)
    return job === undefined || job.worker !== BULK_WORKER ? err(entityNotFound('Job', jobId)) : show(job, caller)
  })
}

async function jobReply(context: Context, job: JobRow): Promise<Result<Reply, ApiFailure>> {
  return ok({ status: 200, body: await bulkJobView(context.database.sql, job) })
}

interface CollectionRequest {
  readonly transformObjectType?: string | undefined
  readonly transformObjects?: readonly BulkObject[]
  readonly ownerId?: string
  readonly accountId?: string
  readonly targetAccountId?: string
}

async function collectionOf(context: Context, caller: Principal, performer: OperationPerformer, body: CollectionRequest, text: string | undefined) {
  const objectType = objectTypeOf(body.transformObjectType)
  if (!objectType.ok) return objectType
  const objects = text === undefined ? ok<readonly BulkObject[]>(body.transformObjects ?? []) : await readObjects(text, 'transformObjectsFile')
  if (!objects.ok) return objects
  if (objectType.value === undefined && objects.value.length > 0) return err(fieldRequired('transformObjectType'))
  const accountId = body.targetAccountId ?? body.accountId ?? (await ownerOf(context, caller, body.ownerId))
  return createCollection(context, caller, performer, { objectType: objectType.value, objects: objects.value, accountId })
}

/** `ownerId` is the account (spec), but sample clients send the word "string" there: what is no account of the caller's is left out. */
async function ownerOf(context: Context, caller: Principal, ownerId: string | undefined): Promise<string | undefined> {
  if (ownerId === undefined) return undefined
  const account = await context.database.sql
    .selectFrom('account')
    .select('id')
    .where('id', '=', ownerId)
    .where('partition_id', 'in', [...caller.visiblePartitionIds])
    .executeTakeFirst()
  return account?.id
}

function objectTypeOf(word: string | undefined): Result<ObjectType | undefined, ApiFailure> {
  if (word === undefined) return ok(undefined)
  const type = OBJECT_TYPES.find((candidate) => candidate.toLowerCase() === word.toLowerCase())
  return type === undefined ? err(invalidField('transformObjectType', `"${word}" is unknown`, `one of ${OBJECT_TYPES.join(', ')}`)) : ok(type)
}

/** One of the two vocabularies (C-61); a form brings its objects along. */
async function startJobOf(
  context: Context,
  caller: Principal,
  performer: OperationPerformer,
  body: Static<typeof JobBody>,
): Promise<Result<Reply, ApiFailure>> {
  const word = body.jobTypeId ?? body.operation
  if (word === undefined) return err(fieldRequired(body.collectionId === undefined ? 'jobTypeId' : 'operation'))
  const type = jobTypeOf(word)
  if (type === undefined)
    return err(
      invalidField(body.jobTypeId === undefined ? 'operation' : 'jobTypeId', `"${word}" is unknown`, `one of ${[...JOB_TYPES, ...OPERATIONS].join(', ')}`),
    )
  const accountId = body.targetAccountId ?? body.accountId
  let collectionId = body.inputCollectionId ?? body.collectionId
  if (body.transformObjectFile !== undefined) {
    if (accountId === undefined) return err(fieldRequired('targetAccountId'))
    const transformObjectType = body.transformObjectType ?? JOB_TYPES.flatMap((known) => (known === type ? [OBJECTS_OF_JOB[known]] : []))[0]
    const created = await collectionOf(context, caller, performer, { ...body, transformObjectType }, body.transformObjectFile)
    if (!created.ok) return created
    collectionId = created.value.id
  }
  if (collectionId === undefined) return err(fieldRequired(body.jobTypeId === undefined ? 'collectionId' : 'inputCollectionId'))
  const started = await startBulkJob(context, caller, performer, {
    type,
    collectionId,
    accountId,
    parameters: body.parameters ?? {},
    abortAfter: body.abortAfter,
  })
  return started.ok ? jobReply(context, started.value) : started
}

async function fileReply(context: Context, collectionId: string, extension: 'json' | 'csv'): Promise<Reply> {
  const { sql } = context.database
  const headers = { 'content-disposition': `attachment; filename="collection.${extension}"` }
  if (extension === 'json')
    return { status: 200, body: Readable.from(jsonOf(objectsOf(sql, collectionId))), contentType: 'application/json; charset=utf-8', headers }
  const names = new Set<string>()
  for await (const object of objectsOf(sql, collectionId)) for (const name of Object.keys(object)) names.add(name)
  const columns = inColumnOrder(names)
  return {
    status: 200,
    body: Readable.from(streamCsv(columns, rowsOf(objectsOf(sql, collectionId), columns))),
    contentType: 'text/csv; charset=utf-8',
    headers,
  }
}

async function* jsonOf(objects: AsyncIterable<Record<string, unknown>>): AsyncGenerator<string> {
  let before = '['
  for await (const object of objects) {
    yield `${before}${JSON.stringify(object)}`
    before = ',\n'
  }
  yield before === '[' ? '[]' : ']'
}

async function* rowsOf(objects: AsyncIterable<Record<string, unknown>>, columns: readonly string[]) {
  for await (const object of objects) yield columns.map((column) => cellOf(object[column]))
}

function cellOf(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return value === undefined || value === null ? undefined : JSON.stringify(value)
}
