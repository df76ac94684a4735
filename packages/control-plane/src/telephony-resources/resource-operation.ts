import type { Result } from '@dialtone/foundation'
import Type, { type Static, type TProperties, type TSchema } from 'typebox'
import type { Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { ApiFailure } from '../failures/index.ts'
import { type HttpMethod, oneOf, openOperation, type Operation, type Reply } from '../http/index.ts'
import { type NeededPermission, reachOf, type Reach } from './reach.ts'
import { FORMATS, Succeeded, telephonyResources, wantsXml } from './surface.ts'
import { toXml } from './to-xml.ts'

/** What an operation answers when all is well. */
export interface Shown {
  readonly data: unknown
  readonly message?: string
  /** 201: something new came into being (C-41). */
  readonly status?: 200 | 201
}

/** Failures the source document lists besides 400, 401 and 403. */
type ListedFailure = 404 | 408 | 409 | 422 | 503

interface ResourceInput<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly principal: Principal
  readonly reach: Reach
  readonly remoteAddress: string
  /** How the caller reached us, such as `https://api.example.com`. */
  readonly origin: string
}

export interface ResourceOperation<Params extends TSchema, Query extends TProperties, Body extends TSchema> {
  readonly method: HttpMethod
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly requires: NeededPermission
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  /** See `Operation.mayOmitBody`. */
  readonly mayOmitBody?: boolean
  /** Of what is in `data`. */
  readonly data: TSchema
  /** It may make something. */
  readonly creates?: boolean
  /** As the source document lists them. Without 422 a value that is refused is a 400. */
  readonly refuses: readonly ListedFailure[]
  /** Codes of values whose form alone is wrong: 400 all the same. */
  readonly malformed?: readonly string[]
  /** How fields of the use case are called here, where it is not the same name in snake_case. */
  readonly fieldNames?: Readonly<Record<string, string>>
  /** See `Operation.liveMembers`. */
  readonly liveMembers?: readonly string[]
  readonly handle: (
    context: Context,
    input: ResourceInput<Static<Params>, Static<ReturnType<typeof Type.Object<Query>>>, Static<Body>>,
  ) => Promise<Result<Shown, ApiFailure>>
}

/** An operation of the Telephony Resources API. The organisation it works in is entered by the handler, through `reach`. */
export function resourceOperation<Params extends TSchema, Query extends TProperties, Body extends TSchema>(
  o: ResourceOperation<Params, Query, Body>,
): Operation {
  const { partition: permission, account: inAccount, level } = o.requires
  const answer = Succeeded(o.data)
  return openOperation({
    ...{ method: o.method, path: o.path, tag: o.tag, summary: o.summary, surface: telephonyResources },
    requires: { permission, inAccount, level },
    failures: [400, 401, 403, ...o.refuses],
    ...(o.params === undefined ? {} : { params: o.params }),
    ...(o.liveMembers === undefined ? {} : { liveMembers: o.liveMembers }),
    ...(o.body === undefined ? {} : { body: o.body, mayOmitBody: o.mayOmitBody === true }),
    query: Type.Object({ ...o.query, format: Type.Optional(oneOf(FORMATS)) }),
    responses: o.creates === true ? { 200: answer, 201: answer } : { 200: answer },
    handle: async (context, input) => {
      if (input.principal === undefined) throw new Error(`${o.method} ${o.path} ran without a caller`)
      const { principal } = input
      const reach = reachOf(context.database.sql, principal, o.requires)
      const query = input.query as unknown as Static<ReturnType<typeof Type.Object<Query>>>
      const result = await o.handle(context, { ...input, query, principal, reach })
      return result.ok ? { ok: true, value: replyOf(result.value, input) } : { ok: false, error: failureOf(o, result.error) }
    },
  })
}

function replyOf({ data, message, status = 200 }: Shown, input: { readonly query: unknown; readonly headers: Readonly<Record<string, unknown>> }): Reply {
  const body = { success: true, data, ...(message === undefined ? {} : { message }) }
  const { format } = input.query as { readonly format?: unknown }
  const accept = input.headers['accept']
  return wantsXml(format, typeof accept === 'string' ? accept : '')
    ? { status, body: toXml(body), contentType: 'application/xml; charset=utf-8' }
    : { status, body }
}

/** 400 is for what is malformed, 422 for a value that cannot be, 409 for what contradicts what is there, each where it is listed. */
function failureOf<Params extends TSchema, Query extends TProperties, Body extends TSchema>(
  o: ResourceOperation<Params, Query, Body>,
  failure: ApiFailure,
): ApiFailure {
  const details = failure.details?.map((problem) => ({ ...problem, field: o.fieldNames?.[problem.field] ?? problem.field }))
  const told = details === undefined ? failure : { ...failure, details }
  if (failure.status !== 400) return told
  if (failure.isConflict === true) return { ...told, status: o.refuses.includes(409) ? 409 : 400 }
  // A field that is missing is no value that could be wrong.
  const isMalformed = o.malformed?.includes(failure.code) === true || failure.code.endsWith('Required')
  return details === undefined || isMalformed || !o.refuses.includes(422) ? told : { ...told, status: 422 }
}
