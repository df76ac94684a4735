import { err, ok, type Result } from '@dialtone/foundation'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { type ApiFailure, invalidField, invalidFields, tooManyRequests } from '../failures/index.ts'
import { admitRequest, type CallerState } from './admit-request.ts'
import { MAX_FILE_BYTES } from './file-bodies.ts'
import type { HttpServerOptions } from './http-server-options.ts'
import { isUploadedFile } from './multipart-body.ts'
import { ProblemSchema } from './named-schema.ts'
import { publishedQuery } from './manners/list-form.ts'
import { runOperation } from './manners/run-operation.ts'
import type { Operation, Reply } from './operation.ts'
import { patchSchemaOf } from './patched-body.ts'
import { checkBody } from './perform-operation.ts'
import { checkSchema, saidTwice } from './schema-validation.ts'
import { sendFailure } from './send-failure.ts'
import { unstorableText } from './storable-text.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: CallerState | null
  }
}

/** What a stranger sends is kept until it is whole, on each of his connections: a login, or a mailed token, is short. */
const MAX_PUBLIC_BODY_BYTES = 16_384
const MAX_BODY_BYTES = 1_048_576
const NO_ROOM_RETRY_SECONDS = 5

/** One of every operation: what is no form is refused before as much as a form may have was read. */
function bodyLimitOf({ requires, maxBodyBytes, maxUploadBytes, takesForm }: Operation): { readonly bodyLimit?: number } {
  if (requires === 'public') return { bodyLimit: MAX_PUBLIC_BODY_BYTES }
  const own = maxBodyBytes ?? maxUploadBytes
  if (own !== undefined) return { bodyLimit: own }
  // Of forms more than of JSON: by their parsers.
  return takesForm === true ? {} : { bodyLimit: MAX_BODY_BYTES }
}

/** The path of every request: who calls → may he → where → is the input well-formed → the use case → the answer. */
export function registerOperation(http: FastifyInstance, operation: Operation, o: HttpServerOptions): void {
  // Forms without a limit of their own have that of their parsers.
  const { bodyLimit = MAX_FILE_BYTES } = bodyLimitOf(operation)
  for (const url of [operation.path, ...(operation.aliases ?? [])]) {
    http.route({
      method: operation.method,
      url,
      schema: publishedSchema(operation, url !== operation.path, o.operations),
      ...bodyLimitOf(operation),
      config: {
        ...(operation.maxUploadBytes === undefined ? {} : { keepsFileBytes: true }),
        ...(operation.takesUrlEncoded === true ? { takesUrlEncoded: true } : {}),
        ...(operation.surface === undefined ? {} : { surface: operation.surface }),
      },
      // Input is checked by checkSchema in the handler, so that failures carry field, reason and rule.
      attachValidation: true,
      validatorCompiler: () => () => true,
      onRequest: async (request, reply) => {
        // Answers are somebody's own, and some hold a token or a password (RFC 6749 section 5.1): nothing in between keeps them (S0-19).
        void reply.header('cache-control', 'no-store')
        const caller = await admitRequest(request, reply, operation, o)
        if (!caller.ok) return sendFailure(o.context, request, reply, caller.error)
        request.caller = caller.value
        const { principal } = caller.value
        if (principal === undefined || operation.takesStream === true) return undefined
        if (o.bodies.take(principal.partitionId, request, reply, bodyLimit)) return undefined
        return sendFailure(o.context, request, reply, tooManyRequests(NO_ROOM_RETRY_SECONDS))
      },
      handler: (request, reply) => perform(request, reply, operation, o),
    })
  }
}

async function perform(request: FastifyRequest, reply: FastifyReply, operation: Operation, o: HttpServerOptions): Promise<FastifyReply> {
  const input = checkInput(request, operation)
  if (!input.ok) return sendFailure(o.context, request, reply, input.error)
  const { principal, token, scope } = request.caller ?? { principal: undefined, token: undefined, scope: undefined }
  const result = await runOperation(o, {
    operation,
    input: { ...input.value, principal, token, remoteAddress: request.ip, origin: `${request.protocol}://${request.host}`, headers: request.headers },
    scope,
    headers: request.headers,
    original: { url: request.url, body: request.body },
    textOf: (answer) => textOf(reply, operation, answer),
  })
  if (!result.ok) return sendFailure(o.context, request, reply, result.error)
  if (result.value.headers !== undefined) void reply.headers(result.value.headers)
  if (result.value.contentType !== undefined) void reply.type(result.value.contentType)
  if (result.value.contentType !== undefined && !Buffer.isBuffer(result.value.body)) void reply.serializer(String)
  return reply.code(result.value.status).send(result.value.body)
}

/** An answer as it would be sent: what the published schema does not know stays inside. */
function textOf(reply: FastifyReply, operation: Operation, answer: Reply): string {
  if (answer.body === undefined) return ''
  if (answer.contentType !== undefined) return typeof answer.body === 'string' ? answer.body : ''
  return operation.responses[answer.status] === undefined
    ? JSON.stringify(answer.body)
    : String(reply.serializeInput(answer.body as Record<string, unknown>, String(answer.status)))
}

function checkInput(request: FastifyRequest, operation: Operation): Result<{ params: unknown; query: unknown; body: unknown }, ApiFailure> {
  const params = operation.params === undefined ? ok(request.params) : checkSchema(operation.params, request.params, 'path')
  if (!params.ok) return params
  const twice = saidTwice(operation.query, request.query)
  if (twice !== undefined) return err(invalidFields([twice]))
  const query = operation.query === undefined ? ok(request.query) : checkSchema(operation.query, request.query, 'query')
  if (!query.ok) return query
  if (operation.takesStream === true) return ok({ params: params.value, query: query.value, body: request.body })
  if (operation.maxUploadBytes !== undefined)
    return request.body === undefined && operation.fileIsOptional?.(query.value as Readonly<Record<string, unknown>>) === true
      ? ok({ params: params.value, query: query.value, body: {} })
      : checkUpload(request.body, params.value, query.value)
  if (operation.takesForm !== true && /^(multipart\/|text\/csv)/i.test(request.headers['content-type'] ?? ''))
    return err({ code: 'UnsupportedMediaType', status: 415, message: 'Send application/json.' })
  const body = checkBody(operation, request.body)
  return body.ok ? ok({ params: params.value, query: query.value, body: body.value }) : body
}

/** A form is taken as it came: its bytes are for the use case to judge. */
function checkUpload(body: unknown, params: unknown, query: unknown): Result<{ params: unknown; query: unknown; body: unknown }, ApiFailure> {
  const file = typeof body === 'object' && body !== null && 'file' in body ? body.file : undefined
  if (!isUploadedFile(file)) return err(invalidField('file', 'is missing', 'a multipart/form-data body with a file in the field "file"', 'FileRequired'))
  const unstorable = unstorableText({ fileName: file.fileName }, 'body')
  return unstorable === undefined ? ok({ params, query, body }) : err(invalidFields([unstorable]))
}

/** The body as it is published: what reading takes further forms of is told by the schema of one, and a patch by what it patches. */
function publishedBody(operation: Operation, operations: readonly Operation[]): TSchema | undefined {
  const own = operation.publishedBody ?? operation.body
  if (operation.method !== 'PATCH') return own
  const replace = operations.find(({ method, path }) => method === 'PUT' && path === operation.path)
  const replaced = replace?.publishedBody ?? replace?.body
  return replaced === undefined ? own : (patchSchemaOf(replaced) ?? operation.body)
}

function publishedSchema(operation: Operation, isAlias: boolean, operations: readonly Operation[]): Record<string, unknown> {
  const body = publishedBody(operation, operations)
  const failures = (operation.failures ?? [400, 401, 403, 404]).map((status) => [status, operation.surface?.failureSchema ?? ProblemSchema])
  const query = publishedQuery(operation)
  const answers = Object.entries(operation.responses).map(([status, schema]) => [status, schema ?? { type: 'null', description: 'No content' }])
  return {
    tags: [operation.tag],
    ...(operation.surface === undefined ? {} : { 'x-surface': operation.surface.name }),
    summary: operation.summary,
    'x-requires': operation.requires,
    ...(isAlias ? { deprecated: true } : {}),
    ...(operation.params === undefined ? {} : { params: operation.params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(body === undefined ? {} : { body }),
    ...(operation.maxUploadBytes === undefined && operation.takesForm !== true ? {} : { consumes: ['multipart/form-data'] }),
    ...(operation.requires === 'public' ? { security: [] } : {}),
    response: Object.fromEntries([...failures, ...answers]),
  }
}
