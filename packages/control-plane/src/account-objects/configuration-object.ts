import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static, type TSchema } from 'typebox'
import type { PermissionType } from '../access/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { accountOperation, type Displacing, freeObject, idAnswer, IdText, type Operation, patchedBody, type Reply } from '../http/index.ts'
import { entityNameOf } from './account-object.ts'
import { findObject, pageOfObjects } from './account-object-queries.ts'
import type { ConfigurationKind, ConfiguredObject } from './configuration-kind.ts'
import { configuredObject, createObject, deleteObject, updateObject } from './configured-objects.ts'

/** How a kind of configuration is seen over HTTP. Nothing is decided here. */
export interface ConfigurationObject<Body extends TSchema, Attributes extends object> extends ConfigurationKind<Attributes> {
  /** Below the account, such as `paginggroup`. */
  readonly path: string
  readonly aliases?: readonly string[]
  /** The name of the id in the path, such as `pagingGroupId`. */
  readonly parameter: string
  readonly tag: string
  /** In a sentence: `a paging group`. */
  readonly noun: string
  readonly permission: PermissionType
  readonly createStatus: 200 | 201
  readonly deleteStatus: 200 | 204
  readonly body: Body
  readonly view: TSchema
  /** From the words of this surface to the attributes; the rules of single fields that a schema cannot say. What the words do not cover stays as `before` has it. */
  readonly read: (body: Static<Body>, before?: Attributes) => Result<Attributes, ApiFailure>
  /** The other way round, for PATCH; the attributes themselves unless said otherwise. */
  readonly bodyOf?: (attributes: Attributes) => object
  /** See `patchedBody`. */
  readonly displacing?: Displacing
  readonly viewOf: (object: ConfiguredObject<Attributes>) => object
}

const MAX_LIST = 1000

const BASE = '/v2/partition/:partitionId/account/:accountId'

type OperationName = 'create' | 'list' | 'read' | 'replace' | 'patch' | 'delete'

/** POST, list, GET, PUT, PATCH and DELETE of one kind of configuration. @param except those it does itself. */
export function configurationObject<Body extends TSchema, Attributes extends object>(
  o: ConfigurationObject<Body, Attributes>,
  { except = [] }: { readonly except?: readonly OperationName[] } = {},
): readonly Operation[] {
  const all = {
    create: createOperation(o),
    list: listOperation(o),
    read: readOperation(o),
    replace: replaceOperation(o),
    patch: patchOperation(o),
    delete: deleteOperation(o),
  }
  return Object.entries(all).flatMap(([name, operation]) => (except.some((left) => left === name) ? [] : [operation]))
}

function createOperation<Body extends TSchema, Attributes extends object>(o: ConfigurationObject<Body, Attributes>): Operation {
  return accountOperation({
    ...onCollection(o),
    method: 'POST',
    summary: `Create ${o.noun}`,
    requires: { permission: o.permission, level: 'CREATE' },
    body: o.body,
    responses: { [o.createStatus]: o.view },
    handle: async (context, { principal, scope, body }) => {
      const attributes = o.read(body)
      return attributes.ok ? shown(o, o.createStatus, await createObject(context, principal, scope, o, attributes.value)) : attributes
    },
  })
}

function listOperation<Body extends TSchema, Attributes extends object>(o: ConfigurationObject<Body, Attributes>): Operation {
  return accountOperation({
    ...onCollection(o),
    method: 'GET',
    summary: `List all of its kind: ${o.noun}`,
    requires: { permission: o.permission, level: 'READ' },
    responses: { 200: Type.Array(o.view) },
    handle: async (context, { scope, page = { limit: MAX_LIST } }) => {
      const { rows, following } = await pageOfObjects(context.database.sql, scope, o.type, page)
      return ok({ status: 200, body: rows.map((row) => o.viewOf(configuredObject<Attributes>(row))), following })
    },
  })
}

function readOperation<Body extends TSchema, Attributes extends object>(o: ConfigurationObject<Body, Attributes>): Operation {
  return accountOperation({
    ...onItem(o),
    method: 'GET',
    summary: `Read ${o.noun}`,
    requires: { permission: o.permission, level: 'READ' },
    responses: { 200: o.view },
    handle: async (context, { scope, params }) => {
      const row = await findObject(context.database.sql, scope, { type: o.type, id: idOf(o, params) })
      if (row === undefined) return err(entityNotFound(entityNameOf(o.type), idOf(o, params)))
      return ok({ status: 200, body: o.viewOf(configuredObject<Attributes>(row)) })
    },
  })
}

function replaceOperation<Body extends TSchema, Attributes extends object>(o: ConfigurationObject<Body, Attributes>): Operation {
  return accountOperation({
    ...onItem(o),
    method: 'PUT',
    summary: `Replace ${o.noun}`,
    requires: { permission: o.permission, level: 'EDIT' },
    body: o.body,
    responses: { 200: o.view },
    handle: async (context, { principal, scope, params, body }) =>
      shown(o, 200, await updateObject(context, principal, scope, o, idOf(o, params), (before) => o.read(body, before))),
  })
}

function patchOperation<Body extends TSchema, Attributes extends object>(o: ConfigurationObject<Body, Attributes>): Operation {
  const bodyOf = o.bodyOf ?? ((attributes: Attributes): object => attributes)
  return accountOperation({
    ...onItem(o),
    method: 'PATCH',
    summary: `Change parts of ${o.noun} (JSON Merge Patch)`,
    requires: { permission: o.permission, level: 'EDIT' },
    body: freeObject(),
    responses: { 200: o.view },
    handle: async (context, { principal, scope, params, body }) => {
      const revise = (before: Attributes): Result<Attributes, ApiFailure> => {
        const checked = patchedBody(o.body, bodyOf(before), body, [], o.displacing)
        return checked.ok ? o.read(checked.value, before) : checked
      }
      return shown(o, 200, await updateObject(context, principal, scope, o, idOf(o, params), revise))
    },
  })
}

function deleteOperation<Body extends TSchema, Attributes extends object>(o: ConfigurationObject<Body, Attributes>): Operation {
  return accountOperation({
    ...onItem(o),
    method: 'DELETE',
    summary: `Delete ${o.noun} that nothing uses`,
    requires: { permission: o.permission, level: 'DELETE' },
    responses: o.deleteStatus === 200 ? { 200: IdText } : { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteObject(context, principal, scope, o, idOf(o, params))
      if (!deleted.ok) return deleted
      return ok(o.deleteStatus === 200 ? idAnswer(idOf(o, params)) : { status: 204 })
    },
  })
}

type Named = Pick<ConfigurationObject<TSchema, object>, 'tag' | 'path' | 'aliases' | 'parameter'>

function onCollection(o: Named) {
  return { tag: o.tag, path: `${BASE}/${o.path}`, aliases: (o.aliases ?? []).map((alias) => `${BASE}/${alias}`) }
}

function onItem(o: Named) {
  const { tag, path, aliases } = onCollection(o)
  const params = Type.Object({ partitionId: Type.String(), accountId: Type.String(), [o.parameter]: Type.String({ maxLength: 64 }) })
  return { tag, path: `${path}/:${o.parameter}`, aliases: aliases.map((alias) => `${alias}/:${o.parameter}`), params }
}

function idOf(o: Named, params: Readonly<Record<string, unknown>>): string {
  return String(params[o.parameter])
}

function shown<Body extends TSchema, Attributes extends object>(
  o: ConfigurationObject<Body, Attributes>,
  status: 200 | 201,
  object: Result<ConfiguredObject<Attributes>, ApiFailure>,
): Result<Reply, ApiFailure> {
  return object.ok ? ok({ status, body: o.viewOf(object.value) }) : object
}
