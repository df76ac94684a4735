import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import { type ConfiguredObject, configuredObject, createObject, deleteObject, findObject, objectExists, updateObject } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { accountOperation, named, oneOf, type Operation } from '../http/index.ts'
import { configurationsOfGroup, FORWARD_CONFIGURATIONS, FORWARD_TYPES, type ForwardConfiguration } from './forward-configuration.ts'
import { ITEM, TAG } from './hunt-group-routes.ts'
import { freeStarCodes } from './star-codes.ts'

const COLLECTION = `${ITEM}/forward-configuration`
const FORWARD = `${COLLECTION}/:id`
const groupPath = { partitionId: Type.String(), accountId: Type.String(), huntGroupId: Type.String({ maxLength: 64 }) }
const GroupPath = Type.Object(groupPath)
const ForwardPath = Type.Object({ ...groupPath, id: Type.String({ maxLength: 64 }) })
/** Stands for an id where there is none yet (public-spec section 11). */
const NONE_YET = '*'

const ForwardBody = named(
  'ForwardConfigurationRequest',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    starCode: Type.String({ pattern: '^\\*\\d{2,3}$' }),
    forwardConfigurationType: oneOf(FORWARD_TYPES),
    forwardToPhoneNumber: Type.String({ pattern: '^\\d+$', maxLength: 32 }),
  }),
)
const ForwardView = named(
  'ForwardConfiguration',
  Type.Object({
    id: Type.String(),
    starCode: Type.String(),
    huntGroupId: Type.String(),
    forwardConfigurationType: oneOf(FORWARD_TYPES),
    forwardToPhoneNumber: Type.String(),
    name: Type.String(),
  }),
)
const StarCodesView = named('PartitionStarCodes', Type.Object({ constraintType: Type.String(), constraintValue: Type.Array(Type.String()) }))
const needs = (level: 'READ' | 'EDIT' | 'CREATE' | 'DELETE') => ({ permission: 'EU_BUSINESS_LINE_HUNT_GROUP', level }) as const

/** Forwards that a group can be switched to. */
export const forwardOperations: readonly Operation[] = [
  accountOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Add a forward that a hunt group can be switched to',
    requires: needs('CREATE'),
    params: GroupPath,
    body: ForwardBody,
    responses: { 200: ForwardView },
    handle: async (context, { principal, scope, params, body }) => {
      const missing = await missingGroup(context, scope, params.huntGroupId)
      if (missing !== undefined) return err(missing)
      return shown(await createObject(context, principal, scope, FORWARD_CONFIGURATIONS, attributesOf(params.huntGroupId, body)))
    },
  }),
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the forwards of a hunt group',
    requires: needs('READ'),
    params: GroupPath,
    responses: { 200: Type.Array(ForwardView) },
    handle: async (context, { scope, params }) => {
      const missing = await missingGroup(context, scope, params.huntGroupId)
      if (missing !== undefined) return err(missing)
      return ok({ status: 200, body: (await configurationsOfGroup(context.database.sql, scope, params.huntGroupId)).map(forwardView) })
    },
  }),
  accountOperation({
    method: 'GET',
    path: FORWARD,
    tag: TAG,
    summary: 'Read a forward of a hunt group',
    requires: needs('READ'),
    params: ForwardPath,
    responses: { 200: ForwardView },
    handle: async (context, { scope, params }) => shown(await foundForward(context, scope, params)),
  }),
  accountOperation({
    method: 'PUT',
    path: FORWARD,
    tag: TAG,
    summary: 'Replace a forward of a hunt group',
    requires: needs('EDIT'),
    params: ForwardPath,
    body: ForwardBody,
    responses: { 200: ForwardView },
    handle: async (context, { principal, scope, params, body }) => {
      const { huntGroupId, id } = params
      const revise = (before: ForwardConfiguration): Result<ForwardConfiguration, ApiFailure> =>
        before.huntGroupId === huntGroupId ? ok(attributesOf(huntGroupId, body)) : err(entityNotFound('ForwardConfiguration', id))
      return shown(await updateObject(context, principal, scope, FORWARD_CONFIGURATIONS, id, revise))
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: FORWARD,
    tag: TAG,
    summary: 'Delete a forward of a hunt group that is not switched on',
    requires: needs('DELETE'),
    params: ForwardPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const found = await foundForward(context, scope, params)
      if (!found.ok) return found
      const deleted = await deleteObject(context, principal, scope, FORWARD_CONFIGURATIONS, params.id)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${FORWARD}/constraints/star-code`,
    tag: TAG,
    summary: 'List the star codes that a forward can have; `*` in place of the id of one, or of a group, that is not there yet',
    requires: needs('READ'),
    params: ForwardPath,
    responses: { 200: StarCodesView },
    handle: async (context, { scope, params }) => {
      const missing = params.huntGroupId === NONE_YET ? undefined : await missingGroup(context, scope, params.huntGroupId)
      if (missing !== undefined) return err(missing)
      const found = params.id === NONE_YET ? undefined : await foundForward(context, scope, params)
      if (found !== undefined && !found.ok) return found
      const codes = await freeStarCodes(context.database.sql, scope, found?.value.attributes.starCode)
      return ok({ status: 200, body: { constraintType: 'STAR_CODE', constraintValue: [...codes] } })
    },
  }),
]

async function missingGroup(context: Context, scope: AccountScope, id: string): Promise<ApiFailure | undefined> {
  const exists = await objectExists(context.database.sql, scope, { type: 'BUSINESS_LINE_HUNT_GROUP', id })
  return exists ? undefined : entityNotFound('BusinessLineHuntGroup', id)
}

async function foundForward(
  context: Context,
  scope: AccountScope,
  { huntGroupId, id }: { readonly huntGroupId: string; readonly id: string },
): Promise<Result<ConfiguredObject<ForwardConfiguration>, ApiFailure>> {
  const row = await findObject(context.database.sql, scope, { type: 'FORWARD_CONFIGURATION', id })
  const object = row === undefined ? undefined : configuredObject<ForwardConfiguration>(row)
  return object?.attributes.huntGroupId === huntGroupId ? ok(object) : err(entityNotFound('ForwardConfiguration', id))
}

function attributesOf(huntGroupId: string, body: Static<typeof ForwardBody>): ForwardConfiguration {
  const { name, starCode, forwardConfigurationType, forwardToPhoneNumber } = body
  return { huntGroupId, name, starCode, forwardConfigurationType, forwardToPhoneNumber }
}

function shown(object: Result<ConfiguredObject<ForwardConfiguration>, ApiFailure>) {
  return object.ok ? ok({ status: 200, body: forwardView(object.value) }) : object
}

function forwardView({ id, attributes }: ConfiguredObject<ForwardConfiguration>): Static<typeof ForwardView> {
  return { id, ...attributes }
}
