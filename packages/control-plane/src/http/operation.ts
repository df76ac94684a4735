import type { Result } from '@dialtone/foundation'
import type { Static, TSchema } from 'typebox'
import type { AccessLevel, AccountScope, PartitionScope, PermissionType, Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { ListPage, PagePosition } from '../database/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import type { Surface } from './surface.ts'

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * What a caller needs: nothing (`public`), any valid token (`signed-in`), one that may change something of others, whatever it is
 * (`any-change`: what is prepared there is asked for its own permission when it is done), or a permission at a level.
 */
export type Requirement =
  | 'public'
  | 'signed-in'
  | 'any-change'
  | {
      readonly permission: PermissionType
      readonly level: AccessLevel
      /** The permission that takes its place in an account, where the operation is on objects of partitions and of accounts. */
      readonly inAccount?: PermissionType
      /** An end user reaches the same operation on himself with this permission; `ownParameter` names the path parameter with the user's id. */
      readonly own?: { readonly permission: PermissionType; readonly parameter?: string }
    }

export interface Reply {
  readonly status: number
  readonly body?: unknown
  /** When it is not JSON. A `Buffer` or a stream as body is sent byte for byte. */
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Of a list whose handler kept to `page`: where the next page begins, `null` after the last one. */
  readonly following?: PagePosition | null
}

interface Common {
  readonly method: HttpMethod
  /** With `:name` parameters, as registered. */
  readonly path: string
  /** Further spellings of the same operation (C-24, C-12). */
  readonly aliases?: readonly string[]
  readonly tag: string
  /** The interface it belongs to; `/v2` without one. */
  readonly surface?: Surface
  /** The failures it publishes; those of every tenant operation without it. */
  readonly failures?: readonly number[]
  readonly summary: string
  readonly requires: Requirement
  /** Answers by status, for the published interface and the serializer. */
  readonly responses: Readonly<Record<number, TSchema | undefined>>
  /** The body is a form whose fields, CSV files among them, are text; a bare CSV file is its field `file`. */
  readonly takesForm?: boolean
  /** The body may be `application/x-www-form-urlencoded` as well (RFC 6749). */
  readonly takesUrlEncoded?: boolean
  /** The body is a form with a file (`FileUpload`) of at most so many bytes, form included. */
  readonly maxUploadBytes?: number
  /** Whether the file may be missing, as the query says; the body is empty then. */
  readonly fileIsOptional?: (query: Readonly<Record<string, unknown>>) => boolean
  /** Everything in the body has a default: without one it is as if it were empty. */
  readonly mayOmitBody?: boolean
  /** A partition operation that users of a single account may call too; without it they are refused whatever they hold. */
  readonly forAccountUsers?: boolean
  /** What is published of a body that is read in more forms than its schema can say. */
  readonly publishedBody?: TSchema
  /** Of JSON and forms; 1 MiB when it is not given. */
  readonly maxBodyBytes?: number
  /** The body is anything, handed on unread as a stream, with no limit but the use case's own. */
  readonly takesStream?: boolean
  /** Members of its answer that change without anybody changing the object, by name: If-Match does not mind them. */
  readonly liveMembers?: readonly string[]
  /** What `accountId` in the path may be besides the id: taken from `?accountIdType`. */
  readonly accountIdTypes?: boolean
}

/** By lower-case name. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

export interface OperationInput<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** The caller; absent only on public operations. */
  readonly principal: Principal | undefined
  readonly remoteAddress: string
  readonly token: string | undefined
  /** How the caller reached us, such as `https://api.example.com`: for URLs in the answer to him, and for nobody else. */
  readonly origin: string
  readonly headers: RequestHeaders
  /** A list that is wanted in pages. A handler that cannot keep to it shows the whole list, and the page is cut from that. */
  readonly page?: ListPage | undefined
}

/** One HTTP operation, erased: what the server registers and the interface is published from. */
export interface Operation extends Common {
  readonly params?: TSchema
  readonly query?: TSchema
  readonly body?: TSchema
  readonly scope: 'none' | 'partition' | 'account'
  readonly run: (
    context: Context,
    input: OperationInput<unknown, unknown, unknown>,
    scope: PartitionScope | AccountScope | undefined,
  ) => Promise<Result<Reply, ApiFailure>>
}

type Schemas<Params extends TSchema, Query extends TSchema, Body extends TSchema> = {
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
}

export interface Caller {
  readonly principal: Principal
  readonly remoteAddress: string
  readonly token: string
  readonly origin: string
  readonly headers: RequestHeaders
  readonly page: ListPage | undefined
}

type Handler<Params extends TSchema, Query extends TSchema, Body extends TSchema, Extra> = (
  context: Context,
  input: { readonly params: Static<Params>; readonly query: Static<Query>; readonly body: Static<Body> } & Extra,
) => Promise<Result<Reply, ApiFailure>>

/** An operation that belongs to no tenant: login, reference data. */
export function openOperation<Params extends TSchema, Query extends TSchema, Body extends TSchema>(
  o: Common &
    Schemas<Params, Query, Body> & {
      readonly handle: Handler<
        Params,
        Query,
        Body,
        Pick<OperationInput<unknown, unknown, unknown>, 'principal' | 'token' | 'remoteAddress' | 'origin' | 'headers' | 'page'>
      >
    },
): Operation {
  return { ...o, scope: 'none', run: (context, input) => o.handle(context, checkedInput(input)) }
}

/** An operation inside a partition: the path has `:partitionId`, and the caller was proven to reach it. */
export function partitionOperation<Params extends TSchema, Query extends TSchema, Body extends TSchema>(
  o: Common & Schemas<Params, Query, Body> & { readonly handle: Handler<Params, Query, Body, Caller & { readonly scope: PartitionScope }> },
): Operation {
  return { ...o, scope: 'partition', run: (context, input, scope) => o.handle(context, checkedInput({ ...input, ...callerOf(input), scope: required(scope) })) }
}

/** An operation inside an account: the path has `:partitionId` and `:accountId`, both proven. */
export function accountOperation<Params extends TSchema, Query extends TSchema, Body extends TSchema>(
  o: Common & Schemas<Params, Query, Body> & { readonly handle: Handler<Params, Query, Body, Caller & { readonly scope: AccountScope }> },
): Operation {
  return {
    ...o,
    scope: 'account',
    run: (context, input, scope) => {
      const proven = required(scope)
      if (!('accountId' in proven)) throw new Error(`${o.method} ${o.path}: the server did not enter the account`)
      return o.handle(context, checkedInput({ ...input, ...callerOf(input), scope: proven }))
    },
  }
}

/** The server ran checkSchema on params, query and body before: from here on they have the types of their schemas. */
function checkedInput<Checked>(input: unknown): Checked {
  return input as Checked
}

function callerOf(input: OperationInput<unknown, unknown, unknown>): Caller {
  if (input.principal === undefined || input.token === undefined) throw new Error('a tenant operation ran without a caller')
  return { principal: input.principal, remoteAddress: input.remoteAddress, token: input.token, origin: input.origin, headers: input.headers, page: input.page }
}

function required(scope: PartitionScope | AccountScope | undefined): PartitionScope | AccountScope {
  if (scope === undefined) throw new Error('a tenant operation ran without a scope')
  return scope
}
