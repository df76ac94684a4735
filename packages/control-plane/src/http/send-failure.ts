import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import type { ApiFailure } from '../failures/index.ts'
import { problemBody, problemDetails } from './problem-body.ts'
import type { Surface } from './surface.ts'

/**
 * Answers with the error envelope of the surface, on `/v2` with RFC 9457 for who asks for it; every failure leaves through here.
 * @param surface that of the operation unless it is given
 */
export function sendFailure(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  failure: ApiFailure,
  surface = (request.routeOptions.config as { readonly surface?: Surface } | undefined)?.surface,
): FastifyReply {
  // A URL that cannot be read comes here by no hook.
  void reply.header('x-request-id', request.id)
  if (failure.retryAfterSeconds !== undefined) void reply.header('retry-after', failure.retryAfterSeconds)
  if (surface !== undefined) return sendIn(surface, request, reply, failure)
  const status = statusOf(context, failure)
  const where = { path: request.url.split('?')[0] ?? '/', requestId: request.id, now: new Date(context.clock.nowMs()) }
  const isProblem = /application\/problem\+json/i.test(request.headers.accept ?? '')
  const body = isProblem ? problemDetails({ ...failure, status }, where) : problemBody({ ...failure, status }, where)
  return reply
    .code(status)
    .type(isProblem ? 'application/problem+json' : 'application/json')
    .serializer(JSON.stringify)
    .send(body)
}

function sendIn(surface: Surface, request: FastifyRequest, reply: FastifyReply, failure: ApiFailure): FastifyReply {
  const { accept = '' } = request.headers
  const { contentType, text } = surface.failureText(failure, { query: request.query as Record<string, unknown>, accept, requestId: request.id })
  return reply.code(failure.status).type(contentType).serializer(String).send(text)
}

/** Deployments with older clients can ask for the older statuses (C-04, C-40). */
function statusOf(context: Context, failure: ApiFailure): ApiFailure['status'] {
  const { compatibility } = context.settings
  if (failure.code === 'LoginInvalid' && compatibility.loginInvalid400) return 400
  if (failure.code === 'NotPermitted' && compatibility.notPermitted400) return 400
  return failure.status
}
