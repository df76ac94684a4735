import type { Result } from '@dialtone/foundation'
import type { FastifyRequest } from 'fastify'
import type { Principal } from '../access/index.ts'
import type { ApiFailure } from '../failures/index.ts'

/** Turns a token into who is calling; a key may be bound to addresses. */
export type Authenticate = (token: string, remoteAddress: string) => Promise<Result<Principal, ApiFailure>>

/** The token of a request: `X-AUTH-TOKEN`, or `Authorization: Bearer` (C-05). */
export function tokenOf(request: FastifyRequest): string | undefined {
  const header = request.headers['x-auth-token']
  if (typeof header === 'string' && header !== '') return header
  const [scheme, token] = (request.headers.authorization ?? '').split(' ')
  return scheme?.toLowerCase() === 'bearer' && token !== undefined && token !== '' ? token : undefined
}
