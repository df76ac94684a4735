import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import type { ApiFailure } from '../failures/index.ts'
import { problemBody } from './problem-body.ts'

/** Answers with the error envelope; every surface-A failure leaves through here. */
export function sendFailure(context: Context, request: FastifyRequest, reply: FastifyReply, failure: ApiFailure): FastifyReply {
  if (failure.retryAfterSeconds !== undefined) void reply.header('retry-after', failure.retryAfterSeconds)
  const status = statusOf(context, failure)
  const body = problemBody({ ...failure, status }, { path: request.url.split('?')[0] ?? '/', requestId: request.id, now: new Date(context.clock.nowMs()) })
  return reply.code(status).type('application/json').serializer(JSON.stringify).send(body)
}

/** Deployments with older clients can ask for the older statuses (C-04, C-40). */
function statusOf(context: Context, failure: ApiFailure): ApiFailure['status'] {
  const { compatibility } = context.settings
  if (failure.code === 'LoginInvalid' && compatibility.loginInvalid400) return 400
  if (failure.code === 'NotPermitted' && compatibility.notPermitted400) return 400
  return failure.status
}
