import { err, newId, randomToken, type Result } from '@dialtone/foundation'
import type { Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound, inConflict, notPermitted } from '../failures/index.ts'
import { findUpload } from './job-queries.ts'

/** 10,000 users with every field are about 5 MB; a number export of a large partition is 50. */
export const MAX_UPLOAD_BYTES = 64 * 1024 * 1024
const UPLOAD_LIFE_MS = 3_600_000
const DOWNLOAD_LIFE_MS = 900_000
const KEY_BYTES = 24

/** What a pre-signed URL allows, and until when. */
export interface SignedAccess {
  readonly expires: number
  readonly signature: string
}

/** A place to upload to: the URL carries its own permission and needs no token (public-spec section 4). */
export async function createUpload(context: Context, principal: Principal, origin: string): Promise<{ url: string; key: string }> {
  const key = randomToken(KEY_BYTES)
  const nowMs = context.clock.nowMs()
  await context.database.sql
    .insertInto('job_upload')
    .values({
      key,
      partition_id: principal.partitionId,
      user_id: principal.userId,
      file_name: null,
      bytes: null,
      created_at: new Date(nowMs),
      expires_at: new Date(nowMs + UPLOAD_LIFE_MS),
      stored_at: null,
      used_at: null,
    })
    .execute()
  return { url: signedUrl(context, origin, 'upload', key, nowMs + UPLOAD_LIFE_MS), key }
}

/** Stores what is uploaded. A later upload takes the place of an earlier one until a job uses it. */
export async function storeUpload(
  context: Context,
  key: string,
  access: SignedAccess,
  content: AsyncIterable<Uint8Array>,
): Promise<Result<{ readonly bytes: number }, ApiFailure>> {
  const refused = accessFailure(context, 'upload', key, access)
  if (refused !== undefined) return err(refused)
  const before = await findUpload(context.database.sql, key)
  if (before === undefined) return err(entityNotFound('JobInput', key))
  const fileName = `uploads/${newId()}`
  const stored = await context.files.store(fileName, content, MAX_UPLOAD_BYTES)
  if (!stored.ok) return err({ code: 'BodyTooLarge', status: 413, message: `The file is larger than ${MAX_UPLOAD_BYTES} bytes.` })
  const taken = await context.database.sql
    .updateTable('job_upload')
    .set({ file_name: fileName, bytes: stored.value.bytes, stored_at: new Date(context.clock.nowMs()) })
    .where('key', '=', key)
    .where('used_at', 'is', null)
    .returning('key')
    .executeTakeFirst()
  if (taken === undefined) {
    await context.files.remove(fileName)
    return err(inConflict('InputInUse', 'A job works on that file; ask for a new key.', { key }))
  }
  if (before.file_name !== null) await context.files.remove(before.file_name)
  return stored
}

/** A URL that gives the output of a job to whoever has it, for a quarter of an hour. */
export function outputUrl(context: Context, origin: string, jobId: string): string {
  return signedUrl(context, origin, 'download', jobId, context.clock.nowMs() + DOWNLOAD_LIFE_MS)
}

/** @returns why the URL is no longer, or never was, good for this. */
export function accessFailure(context: Context, use: 'upload' | 'download', key: string, access: SignedAccess): ApiFailure | undefined {
  if (!context.sealer.isSigned(signedText(use, key, access.expires), 'job-file', access.signature))
    return notPermitted('The URL was not signed by this platform.')
  return access.expires < context.clock.nowMs() ? { code: 'UrlExpired', status: 403, message: 'The URL has expired; ask for a new one.' } : undefined
}

function signedUrl(context: Context, origin: string, use: 'upload' | 'download', key: string, expiresMs: number): string {
  const signature = context.sealer.sign(signedText(use, key, expiresMs), 'job-file')
  return `${origin}/v2/job/${use}/${key}?expires=${expiresMs}&signature=${signature}`
}

function signedText(use: string, key: string, expiresMs: number): string {
  return `${use}\n${key}\n${expiresMs}`
}

/** The uploaded file of a job byte for byte, for work on what is no text. @returns undefined when the job has none. */
export async function openJobInput(context: Context, jobId: string): Promise<AsyncIterable<Uint8Array> | undefined> {
  const upload = await context.database.sql
    .selectFrom('job_upload')
    .innerJoin('job', 'job.input_key', 'job_upload.key')
    .select('job_upload.file_name')
    .where('job.id', '=', jobId)
    .executeTakeFirst()
  return upload === undefined || upload.file_name === null ? undefined : context.files.open(upload.file_name)
}

/** A file as text; a byte order mark at its beginning is left out. */
export async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8')
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true })
  const rest = decoder.decode()
  if (rest !== '') yield rest
}
