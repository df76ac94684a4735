import type { Readable } from 'node:stream'
import { err, ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import type { Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound, fieldRequired, unauthorized } from '../failures/index.ts'
import { named, openOperation, type Operation, type Reply } from '../http/index.ts'
import { cancelJob } from './cancel-job.ts'
import { accessFailure, createUpload, outputUrl, storeUpload } from './job-inputs.ts'
import { findJob, findUpload, type JobRow, listJobs } from './job-queries.ts'
import { jobView, JobView } from './job-view.ts'

const TAG = 'Asynchronous JOB Tracker'
const JobPath = Type.Object({ jobId: Type.String() })
const SignedQuery = Type.Object({ expires: Type.Integer({ minimum: 0 }), signature: Type.String({ maxLength: 64 }) })
const BINARY = Type.Unsafe<unknown>({ type: 'string', format: 'binary' })
const JobUpload = named('JobUpload', Type.Object({ url: Type.String(), key: Type.String() }))
const JobOutputUrl = named('JobOutputUrl', Type.Object({ url: Type.String() }))

/** Jobs of the acting user: status, input, output (public-spec section 4). */
export const jobOperations: readonly Operation[] = [
  openOperation({
    method: 'POST',
    path: '/v2/job/input',
    tag: TAG,
    summary: 'A pre-signed URL to upload the input of a job to, and the key to start the job with',
    requires: 'any-change',
    responses: { 200: JobUpload },
    handle: async (context, { principal, origin }) =>
      principal === undefined ? err(unauthorized()) : ok({ status: 200, body: await createUpload(context, principal, origin) }),
  }),
  openOperation({
    method: 'PUT',
    path: '/v2/job/upload/:key',
    tag: TAG,
    summary: 'Upload the input of a job; the URL carries its permission',
    requires: 'public',
    takesStream: true,
    params: Type.Object({ key: Type.String() }),
    query: SignedQuery,
    responses: { 200: named('JobUploaded', Type.Object({ key: Type.String(), bytes: Type.Integer() })) },
    handle: async (context, { params, query, body }) => {
      if (!isStream(body)) return err(fieldRequired('body'))
      const stored = await storeUpload(context, params.key, query, body)
      return stored.ok ? ok({ status: 200, body: { key: params.key, bytes: stored.value.bytes } }) : stored
    },
  }),
  openOperation({
    method: 'GET',
    path: '/v2/job',
    tag: TAG,
    summary: 'Your newest jobs, newest first',
    requires: 'signed-in',
    responses: { 200: Type.Array(JobView) },
    handle: async (context, { principal, page }) => {
      if (principal === undefined) return err(unauthorized())
      const { rows, following } = await listJobs(context.database.sql, principal.userId, page)
      return ok({ status: 200, body: rows.map(jobView), following })
    },
  }),
  openOperation({
    method: 'GET',
    path: '/v2/job/:jobId',
    tag: TAG,
    summary: 'How far a job is',
    requires: 'signed-in',
    params: JobPath,
    responses: { 200: JobView },
    handle: (context, { principal, params }) => withJob(context, principal, params.jobId, (job) => Promise.resolve(ok({ status: 200, body: jobView(job) }))),
  }),
  openOperation({
    method: 'POST',
    path: '/v2/job/:jobId/cancel',
    tag: TAG,
    summary: 'End a job; what it did so far stays',
    requires: 'signed-in',
    params: JobPath,
    responses: { 202: JobView },
    handle: async (context, { principal, params }) => {
      if (principal === undefined) return err(unauthorized())
      const cancelled = await cancelJob(context, principal, params.jobId)
      return cancelled.ok ? ok({ status: 202, body: jobView(cancelled.value) }) : cancelled
    },
  }),
  openOperation({
    method: 'GET',
    path: '/v2/job/:jobId/input',
    tag: TAG,
    summary: 'The file a job was given',
    requires: 'signed-in',
    params: JobPath,
    responses: { 200: BINARY },
    handle: (context, { principal, params }) =>
      withJob(context, principal, params.jobId, async (job) => {
        const upload = job.input_key === null ? undefined : await findUpload(context.database.sql, job.input_key)
        return fileReply(context, upload?.file_name ?? null, { type: 'application/octet-stream', name: 'input', missing: entityNotFound('JobInput', job.id) })
      }),
  }),
  openOperation({
    method: 'GET',
    path: '/v2/job/:jobId/output',
    tag: TAG,
    summary: 'What a job produced',
    requires: 'signed-in',
    params: JobPath,
    responses: { 200: BINARY },
    handle: (context, { principal, params }) => withJob(context, principal, params.jobId, (job) => outputReply(context, job)),
  }),
  openOperation({
    method: 'GET',
    path: '/v2/job/:jobId/output-url',
    tag: TAG,
    summary: 'A URL to what a job produced, good for a quarter of an hour without a token',
    requires: 'signed-in',
    params: JobPath,
    responses: { 200: JobOutputUrl },
    handle: (context, { principal, params, origin }) =>
      withJob(context, principal, params.jobId, (job) =>
        Promise.resolve(
          job.output_key === null ? err(entityNotFound('JobOutput', job.id)) : ok({ status: 200, body: { url: outputUrl(context, origin, job.id) } }),
        ),
      ),
  }),
  openOperation({
    method: 'GET',
    path: '/v2/job/download/:jobId',
    tag: TAG,
    summary: 'What a job produced, by a pre-signed URL',
    requires: 'public',
    params: JobPath,
    query: SignedQuery,
    responses: { 200: BINARY },
    handle: async (context, { params, query }) => {
      const refused = accessFailure(context, 'download', params.jobId, query)
      if (refused !== undefined) return err(refused)
      const job = await context.database.sql.selectFrom('job').selectAll().where('id', '=', params.jobId).executeTakeFirst()
      return job === undefined ? err(entityNotFound('Job', params.jobId)) : outputReply(context, job)
    },
  }),
]

async function withJob(
  context: Context,
  principal: Principal | undefined,
  jobId: string,
  show: (job: JobRow) => Promise<Result<Reply, ApiFailure>>,
): Promise<Result<Reply, ApiFailure>> {
  if (principal === undefined) return err(unauthorized())
  const job = await findJob(context.database.sql, principal.userId, jobId)
  return job === undefined ? err(entityNotFound('Job', jobId)) : show(job)
}

function outputReply(context: Context, job: JobRow): Promise<Result<Reply, ApiFailure>> {
  return fileReply(context, job.output_key, {
    type: job.output_type ?? 'application/octet-stream',
    name: job.output_name ?? 'output',
    missing: entityNotFound('JobOutput', job.id),
  })
}

async function fileReply(
  context: Context,
  fileName: string | null,
  as: { readonly type: string; readonly name: string; readonly missing: ApiFailure },
): Promise<Result<Reply, ApiFailure>> {
  const body = fileName === null ? undefined : await context.files.open(fileName)
  if (body === undefined) return err(as.missing)
  // What somebody uploaded is never shown as a page of ours.
  const headers = { 'content-disposition': `attachment; filename="${as.name}"`, 'x-content-type-options': 'nosniff' }
  return ok({ status: 200, body, contentType: as.type, headers })
}

function isStream(body: unknown): body is Readable {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}
