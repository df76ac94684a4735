import { err, ok, type Result } from '@dialtone/foundation'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  ACCOUNT_ID_TYPES,
  type AccountScope,
  enterAccount,
  enterAccountToRead,
  enterPartition,
  holds,
  type PartitionScope,
  PERMISSION_TYPES,
  type Principal,
  type TokenBuckets,
} from '../access/index.ts'
import { addressNotAllowed, type ApiFailure, invalidField, invalidFields, notPermitted, tooManyRequests, unauthorized, unknownPath } from '../failures/index.ts'
import { tokenOf } from './authenticate-request.ts'
import type { HttpServerOptions } from './http-server-options.ts'
import type { Operation } from './operation.ts'
import { unstorableText } from './storable-text.ts'

export interface CallerState {
  readonly principal: Principal | undefined
  readonly token: string | undefined
  readonly scope: PartitionScope | AccountScope | undefined
}

/** Whether the access rules of a partition let an address in. */
export type AdmitAddress = (partitionId: string, remoteAddress: string) => Promise<boolean>

/** Cheapest first: how often → from where → who → how often all of his → in which tenant → may he. */
export async function admitRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  operation: Operation,
  o: HttpServerOptions,
): Promise<Result<CallerState, ApiFailure>> {
  const token = tokenOf(request)
  const limited = takeToken(token ?? request.ip, reply, o)
  if (!limited.ok) return limited
  // Before the database is asked who calls and where: it refuses such text, and so do we.
  const unstorable = unstorableText(request.params, 'path') ?? unstorableText(request.query, 'query')
  if (unstorable !== undefined) return err(invalidFields([unstorable]))
  // `…/account/` names no account: it is not the list either.
  if (Object.values(request.params as Record<string, string>).includes('')) return err(unknownPath(request.url.split('?')[0] ?? '/'))
  const { partitionId } = request.params as Record<string, string | undefined>
  // Some operations name the tenant in the query.
  const { partitionId: asked } = request.query as Record<string, unknown>
  for (const named of [partitionId, asked]) if (typeof named === 'string' && !(await o.admitAddress(named, request.ip))) return err(addressNotAllowed())
  if (operation.requires === 'public') return ok({ principal: undefined, token, scope: undefined })
  if (token === undefined) return err(unauthorized())
  const authenticated = await authenticate(token, request, reply, o)
  if (!authenticated.ok) return authenticated
  const principal = authenticated.value
  if (partitionId === undefined && !(await o.admitAddress(principal.partitionId, request.ip))) return err(addressNotAllowed())
  const scope = await enterScope(request, operation, principal, o)
  if (!scope.ok) return scope
  if (!isAllowed(operation, principal, request.params as Record<string, string>))
    return err(notPermitted('This token does not have the permission for this operation.'))
  return ok({ principal, token, scope: scope.value })
}

/** A source that tries tokens gets as many tries as a token has requests; a partition shares what all its tokens may do. */
async function authenticate(token: string, request: FastifyRequest, reply: FastifyReply, o: HttpServerOptions): Promise<Result<Principal, ApiFailure>> {
  const triedFrom = `tried from ${request.ip}`
  if (o.buckets.isEmpty(triedFrom)) return err(tooManyRequests(1))
  const authenticated = await o.authenticate(token, request.ip)
  if (!authenticated.ok) {
    o.buckets.take(triedFrom)
    return authenticated
  }
  const shared = takeFrom(o.partitionBuckets, authenticated.value.partitionId, 'partition', reply)
  return shared.ok ? authenticated : shared
}

function takeToken(key: string, reply: FastifyReply, o: HttpServerOptions): Result<undefined, ApiFailure> {
  if (o.buckets.limit > 0) void reply.header('ratelimit-policy', `"burst";q=${o.buckets.limit};w=1, "partition";q=${o.partitionBuckets.limit};w=1`)
  return takeFrom(o.buckets, key, 'burst', reply)
}

/** draft-ietf-httpapi-ratelimit-headers, and the older spelling that clients of such interfaces read (C-08). */
function takeFrom(buckets: TokenBuckets, key: string, policy: 'burst' | 'partition', reply: FastifyReply): Result<undefined, ApiFailure> {
  if (buckets.limit === 0) return ok(undefined)
  const taken = buckets.take(key)
  const remaining = taken.allowed ? taken.remaining : 0
  const resetSeconds = taken.allowed ? 1 : taken.retryAfterSeconds
  // The partition's bucket is told only when it is the one that refuses: the caller's own is what he can act on.
  if (policy === 'burst' || !taken.allowed)
    void reply.headers({
      ratelimit: `"${policy}";r=${remaining};t=${resetSeconds}`,
      'x-ratelimit-limit': buckets.limit,
      'x-ratelimit-remaining': remaining,
      'x-ratelimit-reset': resetSeconds,
    })
  return taken.allowed ? ok(undefined) : err(tooManyRequests(taken.retryAfterSeconds))
}

async function enterScope(
  request: FastifyRequest,
  operation: Operation,
  principal: Principal,
  o: HttpServerOptions,
): Promise<Result<PartitionScope | AccountScope | undefined, ApiFailure>> {
  if (operation.scope === 'none') return ok(undefined)
  const { partitionId = '', accountId = '' } = request.params as Record<string, string>
  const partition = enterPartition(principal, partitionId)
  if (!partition.ok) return partition
  if (operation.scope === 'partition') {
    // What a user of one account holds, he holds there: the same permission must not open the whole partition.
    if (principal.accountId !== undefined && operation.forAccountUsers !== true) return err(notPermitted('This token is for one account only.'))
    return partition
  }
  const wanted = operation.accountIdTypes === true ? (request.query as Record<string, unknown>)['accountIdType'] : undefined
  const idType = ACCOUNT_ID_TYPES.find((type) => type.toLowerCase() === String(wanted).toLowerCase().replaceAll('_', ''))
  if (wanted !== undefined && idType === undefined) return err(invalidField('accountIdType', 'is unknown', `one of ${ACCOUNT_ID_TYPES.join(', ')}`))
  const { sql } = o.context.database
  if (operation.method === 'GET' && idType === undefined) return enterAccountToRead(o.knownAccounts, sql, principal, partition.value, accountId)
  return enterAccount(sql, principal, partition.value, accountId, idType)
}

/** Whether the caller holds what an operation requires. */
export function isAllowed(operation: Operation, principal: Principal, params: Readonly<Record<string, string | undefined>>): boolean {
  const { requires } = operation
  if (requires === 'public' || requires === 'signed-in') return true
  if (requires === 'any-change') return PERMISSION_TYPES.some((type) => holds(principal, type, 'EDIT'))
  if (holds(principal, requires.permission, requires.level)) return true
  // Which of the two counts is decided where the object is known.
  if (requires.inAccount !== undefined && holds(principal, requires.inAccount, requires.level)) return true
  // READ_MYUSER opens whatever is under the caller's own user; what can be changed there the operation itself says (`own`).
  if (requires.own === undefined)
    return requires.level === 'READ' && params['userId'] === principal.userId && holds(principal, requires.permission, 'READ', true)
  // What is held there for oneself opens nobody else's.
  const own = requires.own.parameter === undefined || params[requires.own.parameter] === principal.userId
  return own && holds(principal, requires.own.permission, requires.level, true)
}
