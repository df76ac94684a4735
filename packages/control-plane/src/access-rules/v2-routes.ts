import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { entityNotFound } from '../failures/index.ts'
import { freeObject, named, oneOf, type Operation, partitionOperation, patchedBody } from '../http/index.ts'
import { type AccessRuleAttributes, type AccessRuleRow, RULE_ACTIONS, RULE_SCOPES } from './access-rule.ts'
import { createRule, deleteRule, findRule, listRules, updateRule } from './change-access-rules.ts'

const AccessRuleBody = named(
  'AccessRuleRequest',
  Type.Object({
    scope: Type.Unsafe<(typeof RULE_SCOPES)[number]>({ type: 'string', enum: [...RULE_SCOPES], default: 'api' }),
    action: oneOf(RULE_ACTIONS),
    cidr: Type.String({ minLength: 2, maxLength: 64 }),
    description: Type.String({ maxLength: 256, default: '' }),
    enabled: Type.Boolean({ default: true }),
  }),
)
const AccessRuleView = named(
  'AccessRule',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    scope: oneOf(RULE_SCOPES),
    action: oneOf(RULE_ACTIONS),
    cidr: Type.String(),
    description: Type.String(),
    enabled: Type.Boolean(),
    createdDate: Type.String(),
    lastUpdatedDate: Type.String(),
  }),
)

const TAG = 'Access Rules'
const COLLECTION = '/v2/partition/:partitionId/accessrule'
const ITEM = `${COLLECTION}/:accessRuleId`
const RulePath = Type.Object({ partitionId: Type.String(), accessRuleId: Type.String({ maxLength: 64 }) })
const Confirmed = Type.Object({ confirmLockout: Type.Boolean({ default: false }) })
const requires = (level: 'READ' | 'EDIT' | 'CREATE' | 'DELETE') => ({ permission: 'IpWhitelist' as const, level })

/** Which addresses may use the interface for a partition and those below it (C-09). */
export const accessRuleOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the access rules of a partition',
    requires: requires('READ'),
    responses: { 200: Type.Array(AccessRuleView) },
    handle: async (context, { scope }) => ok({ status: 200, body: (await listRules(context, scope)).map(viewOf) }),
  }),
  partitionOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Allow or deny a block of addresses; an allow list shuts everybody else out',
    requires: requires('CREATE'),
    query: Confirmed,
    body: AccessRuleBody,
    responses: { 200: AccessRuleView },
    handle: async (context, { principal, remoteAddress, scope, query, body }) => {
      const created = await createRule(context, { principal, remoteAddress, ...query }, scope, body)
      return created.ok ? ok({ status: 200, body: viewOf(created.value) }) : created
    },
  }),
  partitionOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read an access rule',
    requires: requires('READ'),
    params: RulePath,
    responses: { 200: AccessRuleView },
    handle: async (context, { scope, params }) => {
      const row = await findRule(context, scope, params.accessRuleId)
      return row === undefined ? err(entityNotFound('AccessRule', params.accessRuleId)) : ok({ status: 200, body: viewOf(row) })
    },
  }),
  partitionOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Replace an access rule',
    requires: requires('EDIT'),
    params: RulePath,
    query: Confirmed,
    body: AccessRuleBody,
    responses: { 200: AccessRuleView },
    handle: async (context, { principal, remoteAddress, scope, params, query, body }) => {
      const updated = await updateRule(context, { principal, remoteAddress, ...query }, scope, params.accessRuleId, () => ok(body))
      return updated.ok ? ok({ status: 200, body: viewOf(updated.value) }) : updated
    },
  }),
  partitionOperation({
    method: 'PATCH',
    path: ITEM,
    tag: TAG,
    summary: 'Change parts of an access rule (JSON Merge Patch)',
    requires: requires('EDIT'),
    params: RulePath,
    query: Confirmed,
    body: freeObject(),
    responses: { 200: AccessRuleView },
    handle: async (context, { principal, remoteAddress, scope, params, query, body }) => {
      const updated = await updateRule(context, { principal, remoteAddress, ...query }, scope, params.accessRuleId, (before) =>
        patchedBody(AccessRuleBody, attributesOf(before), body),
      )
      return updated.ok ? ok({ status: 200, body: viewOf(updated.value) }) : updated
    },
  }),
  partitionOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Delete an access rule',
    requires: requires('DELETE'),
    params: RulePath,
    query: Confirmed,
    responses: { 204: undefined },
    handle: async (context, { principal, remoteAddress, scope, params, query }) => {
      const deleted = await deleteRule(context, { principal, remoteAddress, ...query }, scope, params.accessRuleId)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
]

function attributesOf(row: AccessRuleRow): AccessRuleAttributes {
  return {
    scope: row.scope as AccessRuleAttributes['scope'],
    action: row.action as AccessRuleAttributes['action'],
    cidr: row.cidr,
    description: row.description,
    enabled: row.enabled,
  }
}

function viewOf(row: AccessRuleRow): Static<typeof AccessRuleView> {
  return {
    ...attributesOf(row),
    id: row.id,
    partitionId: row.partition_id,
    createdDate: row.created_at.toISOString(),
    lastUpdatedDate: row.updated_at.toISOString(),
  }
}
