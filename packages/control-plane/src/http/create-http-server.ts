import { createServer, type RequestListener, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { Logger } from '@dialtone/foundation'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { type ApiFailure, invalidField, methodNotAllowed, unavailable, unknownPath } from '../failures/index.ts'
import type { HttpServerOptions } from './http-server-options.ts'
import { answerClientError } from './client-error.ts'
import type { ConnectionPlaces } from './connection-places.ts'
import { acceptFiles } from './file-bodies.ts'
import { HTTP_DEADLINES, SILENT_CONNECTION_MS } from './http-deadlines.ts'
import { rememberRoutes, type RoutesAtPath } from './known-routes.ts'
import { publishOpenApi } from './open-api.ts'
import { registerPages } from './page-routes.ts'
import { registerOperation } from './register-operation.ts'
import { sendFailure } from './send-failure.ts'
import { registerStreamOperations } from './stream-bodies.ts'
import { validatorOf } from './schema-validation.ts'

const fastJsonStringify = createRequire(import.meta.url)('fast-json-stringify') as (schema: unknown) => (data: unknown) => string

const MAX_BODY_BYTES = 1_048_576
const MAX_PARAMETER_CHARACTERS = 256

/** The HTTP face: every operation registered the same way, every failure in the same envelope. */
export async function createHttpServer(o: HttpServerOptions): Promise<FastifyInstance> {
  const http = Fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { maxParamLength: MAX_PARAMETER_CHARACTERS },
    // Also asked for a second one, where a name such as localhost has two addresses.
    serverFactory: (handle) => guardedServer(handle, o.connections),
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerClientError,
    genReqId: () => crypto.randomUUID(),
    // A URL that cannot be decoded reaches no route; it is answered in the same envelope.
    frameworkErrors: (error, request, reply) =>
      void sendFailure(
        o.context,
        request,
        reply,
        error.code === 'FST_ERR_BAD_URL' ? invalidField('path', 'cannot be decoded', 'RFC 3986 section 2.1, UTF-8') : failureOf(error, request, o.logger),
      ),
  })
  compileLazily(http)
  acceptBodies(http)
  http.decorateRequest('caller', null)
  const routesAt = rememberRoutes(http)
  http.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id)
    done()
  })
  // Before the body is read: nobody keeps what a stranger sends to no place.
  http.addHook('onRequest', (request, reply, done) => (request.is404 ? void answerWithoutRoute(o, request, reply, routesAt) : done()))
  http.setNotFoundHandler((request, reply) => answerWithoutRoute(o, request, reply, routesAt))
  http.setErrorHandler((error, request, reply) => {
    const failure = failureOf(error, request, o.logger)
    // Who still sends would lose the answer with the connection (RFC 9112 section 9.6): what comes is forgotten until the time for a request is over.
    if (failure.status === 413) void reply.removeHeader('connection')
    return sendFailure(o.context, request, reply, failure)
  })
  await publishOpenApi(
    http,
    o.operations.flatMap(({ surface }) => surface?.name ?? []),
  )
  registerPages(http)
  for (const operation of o.operations) if (operation.takesStream !== true) registerOperation(http, operation, o)
  await registerStreamOperations(http, o)
  return http
}

function guardedServer(handle: RequestListener, connections: ConnectionPlaces): Server {
  const server = createServer(HTTP_DEADLINES, handle)
  server.setTimeout(SILENT_CONNECTION_MS)
  connections.guard(server)
  return server
}

/** Nothing at the path, or nothing for this method. What a path allows may be asked without a token: it is in the published interface. */
function answerWithoutRoute(o: HttpServerOptions, request: FastifyRequest, reply: FastifyReply, routesAt: (path: string) => RoutesAtPath): FastifyReply {
  const path = request.url.split('?')[0] ?? '/'
  const { methods, surface } = routesAt(path)
  if (methods.length === 0) return sendFailure(o.context, request, reply, unknownPath(path))
  const allowed = [...methods, 'OPTIONS']
  void reply.header('allow', allowed.join(', '))
  return request.method === 'OPTIONS'
    ? reply.code(204).send()
    : sendFailure(o.context, request, reply, methodNotAllowed(request.method, path, allowed), surface)
}

function failureOf(error: unknown, request: FastifyRequest, logger: Logger): ApiFailure {
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string }
  // Nothing of ours has an id that long.
  if (code === 'FST_ERR_MAX_PARAM_LENGTH') return unknownPath(`${request.url.slice(0, MAX_PARAMETER_CHARACTERS)}…`)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return { code: 'BodyTooLarge', status: 413, message: `The body is larger than ${request.routeOptions.bodyLimit} bytes.` }
  const { 'content-encoding': encoding = 'identity' } = request.headers
  if (encoding !== 'identity' && statusCode !== undefined && statusCode < 500)
    return { code: 'UnsupportedMediaType', status: 415, message: 'Send the body as it is, without Content-Encoding.' }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return { code: 'UnsupportedMediaType', status: 415, message: 'Send application/json.' }
  // The text is counted again after it was decoded: bytes that are no UTF-8 have become others.
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return invalidField('body', 'has another length than Content-Length says, or is not UTF-8', 'RFC 8259 section 8.1', 'InvalidJson')
  if (isDatabaseGone(code, message)) return unavailable('DatabaseUnavailable', 'The database does not answer; try again in a moment.')
  if (code === 'NOT_A_FORM') return invalidField('body', 'is not a form', 'multipart/form-data, RFC 7578, with one file and each field once', 'InvalidForm')
  if (statusCode === 400) return invalidField('body', 'is not valid JSON', message ?? 'RFC 8259', 'InvalidJson')
  // The stack stays in the log: callers get an id to quote, nothing of the inside.
  logger.error('request failed', {
    requestId: request.id,
    method: request.method,
    path: request.routeOptions.url,
    error: error instanceof Error ? error.stack : String(error),
  })
  return { code: 'InternalError', status: 500, message: `Something failed on our side; quote request ${request.id}.` }
}

/** What `pg` says without a code when a connection ends under a statement, ended while nobody looked, or is not to be had in time. */
const CONNECTION_ENDED = new Set([
  'timeout exceeded when trying to connect',
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Client has encountered a connection error and is not queryable',
])

/** Errors of the connection, not of the statement: refused, broken, or PostgreSQL class 08 and 57P (shutting down, crashed). */
function isDatabaseGone(code: string | undefined, message: string | undefined): boolean {
  if (code === undefined) return message !== undefined && CONNECTION_ENDED.has(message)
  return /^(08...|57P0.)$/.test(code) || ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE'].includes(code)
}

function compileLazily(http: FastifyInstance): void {
  const serializers = new WeakMap<object, (data: unknown) => string>()
  http.setValidatorCompiler(({ schema }) => (data: unknown) => {
    const validator = validatorOf(schema)
    return validator(data) ? { value: data } : { error: new Error('checked by the operation') }
  })
  http.setSerializerCompiler(({ schema }) => (data: unknown) => {
    let serializer = serializers.get(schema)
    if (serializer === undefined) {
      serializer = fastJsonStringify(schema)
      serializers.set(schema, serializer)
    }
    return serializer(data)
  })
}

/** JSON under any JSON-like type, forms with files, and an empty body where none is needed, as the sample clients of the source documents send it. */
function acceptBodies(http: FastifyInstance): void {
  http.removeAllContentTypeParsers()
  http.addContentTypeParser(/^(application\/([\w.+-]*\+)?json|text\/json)/i, { parseAs: 'string' }, (_request, body, done) => {
    if (body === '') return done(null, undefined)
    try {
      done(null, JSON.parse(String(body)))
    } catch (error) {
      done(Object.assign(error as Error, { statusCode: 400 }))
    }
  })
  acceptFiles(http)
}
