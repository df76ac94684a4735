import { err, ok, type Result } from '@dialtone/foundation'
import type { Context } from '../../context.ts'
import { inOneUnit } from '../../events/index.ts'
import { type ApiFailure, invalidField } from '../../failures/index.ts'
import type { HttpServerOptions } from '../http-server-options.ts'
import type { Operation, OperationInput, Reply } from '../operation.ts'
import type { AccountScope, PartitionScope } from '../../access/index.ts'
import { askedPage, showPage } from './list-pages.ts'
import { dryRun } from './dry-run.ts'
import { entityTagOf, namesTag, namesUnchanged } from './entity-tag.ts'
import { oncePerKey } from './idempotency.ts'
import { readSamePath, samePathReader } from './same-path-reader.ts'

/** A request that was admitted and whose input is well-formed. */
export interface AdmittedRequest {
  readonly operation: Operation
  readonly input: OperationInput<unknown, unknown, unknown>
  readonly scope: PartitionScope | AccountScope | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Method, path and body as they came, for comparing. */
  readonly original: { readonly url: string; readonly body: unknown }
  /** The text of an answer as the published schema shows it. */
  readonly textOf: (reply: Reply) => string
}

/**
 * Runs an operation the way its caller asked for: as it is, at most once for an `Idempotency-Key`, only if nothing
 * changed since it was read (`If-Match`), or without doing it (`?dryRun=true`).
 */
export async function runOperation(o: HttpServerOptions, request: AdmittedRequest): Promise<Result<Reply, ApiFailure>> {
  const { operation, headers } = request
  if (operation.method === 'GET') return read(o.context, request)
  // A login is not tried out, repeated or taken back: what it counts has to stay.
  if (request.input.principal === undefined) return perform(o.context, request)
  const precondition = textOf(headers['if-match'])
  const act = (context: Context): Promise<Result<Reply, ApiFailure>> =>
    precondition === undefined ? perform(context, request) : performIfUnchanged(context, o, request, precondition)
  const key = textOf(headers['idempotency-key'])
  const isDry = isDryRun(request.original.url)
  if (!isDry.ok) return isDry
  if (isDry.value) return dryRun(o, request, act)
  if (key !== undefined) return oncePerKey(o.context, request, key, act, precondition === undefined ? inUnit : inRepeatableUnit)
  return precondition === undefined ? act(o.context) : inRepeatableUnit(o.context, act)
}

async function inUnit<Value>(context: Context, act: (context: Context) => Promise<Result<Value, ApiFailure>>): Promise<Result<Value, ApiFailure>> {
  return (await inOneUnit(context, act)).result
}

/** It sees one state only: who changed something between its reading and its writing makes it start again. */
async function inRepeatableUnit<Value>(context: Context, act: (context: Context) => Promise<Result<Value, ApiFailure>>): Promise<Result<Value, ApiFailure>> {
  return (await inOneUnit(context, act, { isRepeatableRead: true })).result
}

function perform(context: Context, { operation, input, scope }: AdmittedRequest): Promise<Result<Reply, ApiFailure>> {
  return operation.run(context, input, scope)
}

/** The caller may keep it, to ask whether it is still so. */
const ASK_AGAIN = { 'cache-control': 'private, no-cache' } as const

/** A single object gets an entity tag, and is not sent again to who has it. */
async function read(context: Context, request: AdmittedRequest): Promise<Result<Reply, ApiFailure>> {
  const asked = askedPage(context.sealer, request.operation, request.input, request.original.url)
  if (!asked.ok) return asked
  const result = await perform(context, asked.value === undefined ? request : { ...request, input: asked.value.input })
  if (result.ok && asked.value !== undefined) return ok(showPage(context.sealer, asked.value, request.input.origin, result.value))
  if (!result.ok || !isTagged(result.value)) return result
  const etag = entityTagOf(result.value.body, request.operation.liveMembers)
  const known = textOf(request.headers['if-none-match'])
  if (known !== undefined && namesTag(known, etag)) return ok({ status: 304, headers: { etag, ...ASK_AGAIN } })
  return ok({ ...result.value, headers: { ...ASK_AGAIN, ...result.value.headers, etag } })
}

function isTagged(reply: Reply): reply is Reply & { readonly body: object } {
  return reply.status === 200 && reply.contentType === undefined && typeof reply.body === 'object' && reply.body !== null && !Array.isArray(reply.body)
}

/** Compares with what a GET of the same path shows in the transaction that then changes it. */
async function performIfUnchanged(context: Context, o: HttpServerOptions, request: AdmittedRequest, wanted: string): Promise<Result<Reply, ApiFailure>> {
  const reader = samePathReader(o.operations, request.operation)
  if (reader === undefined) return err(invalidField('If-Match', 'cannot be used here', 'only where GET of the same path gives an ETag', 'InvalidIfMatch'))
  const shown = await readSamePath(context, reader, request)
  if (!shown.ok) return shown
  if (!isTagged(shown.value) || !namesUnchanged(wanted, entityTagOf(shown.value.body, reader.liveMembers))) return err(changedMeanwhile())
  return perform(context, request)
}

/** Who means to try something and misspells it must not do it. */
function isDryRun(url: string): Result<boolean, ApiFailure> {
  const start = url.indexOf('?')
  const asked = start < 0 ? null : new URLSearchParams(url.slice(start)).get('dryRun')
  return asked === null || asked === 'true' || asked === 'false'
    ? ok(asked === 'true')
    : err(invalidField('dryRun', 'has a value that is not allowed', 'true or false'))
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header
}

function changedMeanwhile(): ApiFailure {
  return { code: 'PreconditionFailed', status: 412, message: 'It was changed since you read it: read it again and decide anew (RFC 9110 section 13.1.1).' }
}
