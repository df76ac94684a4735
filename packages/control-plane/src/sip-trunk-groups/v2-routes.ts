import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import { configuredObject, findObject, pageOfObjects } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { accountOperation, freeObject, named, oneOf, type Operation, patchedBody } from '../http/index.ts'
import { FORWARD_TYPES, trunksOfGroups } from '../sip-trunks/index.ts'
import { createTrunkGroup, deleteTrunkGroup, reviseTrunkGroup, type ShownTrunkGroup, type WantedTrunkGroup } from './change-trunk-group.ts'
import type { SipTrunkGroup } from './sip-trunk-group.ts'

const COLLECTION = '/v2/partition/:partitionId/account/:accountId/siptrunkgroup'
const ITEM = `${COLLECTION}/:groupId`
const TAG = 'SIP Trunk Group'
const MAX_LIST = 1000
const GroupPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), groupId: Type.String({ maxLength: 64 }) })
const Target = { referenceType: oneOf(FORWARD_TYPES), referenceId: Type.Optional(Type.String({ maxLength: 64 })) }
const targets = () => Type.Array(Type.Object(Target), { maxItems: 10 })
const RulesBody = named(
  'SipTrunkGroupForwardRulesRequest',
  Type.Object({
    unconditionalForward: Type.Optional(Type.Object({ ...Target, enabled: Type.Optional(Type.Boolean()) })),
    unreachableForward: Type.Optional(targets()),
    capacityForward: Type.Optional(targets()),
  }),
)
const GroupBody = named(
  'SipTrunkGroupRequest',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    ...RulesBody.properties,
    sipTrunksIds: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 100, uniqueItems: true })),
  }),
)
const rules = {
  unconditionalForward: Type.Optional(Type.Object({ ...Target, enabled: Type.Boolean() })),
  unreachableForward: targets(),
  capacityForward: targets(),
}
const GroupView = named(
  'SipTrunkGroup',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    name: Type.String(),
    ...rules,
    sipTrunksIds: Type.Array(Type.String()),
  }),
)
const RulesView = named(
  'SipTrunkGroupForwardRules',
  Type.Object({ partitionId: Type.String(), accountId: Type.String(), sipTrunkGroupId: Type.String(), ...rules }),
)
const read = { permission: 'EU_SipTrunk', level: 'READ' } as const
const edit = { permission: 'EU_SipTrunk', level: 'EDIT' } as const

export const sipTrunkGroupOperations: readonly Operation[] = [
  accountOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Put trunks together; each of them leaves the group it was in',
    requires: { permission: 'EU_SipTrunk', level: 'CREATE' },
    body: GroupBody,
    responses: { 201: GroupView },
    handle: async (context, { principal, scope, body }) => shown(201, await createTrunkGroup(context, principal, scope, wantedOf(body))),
  }),
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the trunk groups of an account',
    requires: read,
    responses: { 200: Type.Array(GroupView) },
    handle: async (context, { scope, page = { limit: MAX_LIST } }) => {
      const { sql } = context.database
      const { rows, following } = await pageOfObjects(sql, scope, 'SIP_TRUNK_GROUP', page)
      const trunks = await trunksOfGroups(sql, scope)
      return ok({ status: 200, body: rows.map((row) => groupView({ group: configuredObject(row), trunkIds: trunks.get(row.id) ?? [] })), following })
    },
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read a trunk group',
    requires: read,
    params: GroupPath,
    responses: { 200: GroupView },
    handle: async (context, { scope, params }) => shown(200, await found(context, scope, params.groupId)),
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Replace a trunk group; without sipTrunksIds its trunks stay',
    requires: edit,
    params: GroupPath,
    body: GroupBody,
    responses: { 200: GroupView },
    handle: async (context, { principal, scope, params, body }) =>
      shown(200, await reviseTrunkGroup(context, principal, scope, params.groupId, () => ok(wantedOf(body)))),
  }),
  accountOperation({
    method: 'PATCH',
    path: ITEM,
    tag: TAG,
    summary: 'Change parts of a trunk group (JSON Merge Patch)',
    requires: edit,
    params: GroupPath,
    body: freeObject(),
    responses: { 200: GroupView },
    handle: async (context, { principal, scope, params, body }) => {
      const revise = (before: SipTrunkGroup, trunkIds: readonly string[]): Result<WantedTrunkGroup, ApiFailure> => {
        const checked = patchedBody(GroupBody, { ...before, sipTrunksIds: [...trunkIds] }, body['sipTrunksIds'] === null ? { ...body, sipTrunksIds: [] } : body)
        return checked.ok ? ok(wantedOf(checked.value)) : checked
      }
      return shown(200, await reviseTrunkGroup(context, principal, scope, params.groupId, revise))
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Delete a trunk group that no number rings; its trunks stay',
    requires: { permission: 'EU_SipTrunk', level: 'DELETE' },
    params: GroupPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteTrunkGroup(context, principal, scope, params.groupId)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/forward`,
    tag: TAG,
    summary: 'Where calls of a trunk group go instead',
    requires: read,
    params: GroupPath,
    responses: { 200: RulesView },
    handle: async (context, { scope, params }) => shownRules(await found(context, scope, params.groupId)),
  }),
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/forward`,
    tag: TAG,
    summary: 'Say where calls of a trunk group go instead: always, when none of its trunks answers, when all are full',
    requires: edit,
    params: GroupPath,
    body: RulesBody,
    responses: { 200: RulesView },
    handle: async (context, { principal, scope, params, body }) =>
      shownRules(
        await reviseTrunkGroup(context, principal, scope, params.groupId, ({ name }) => ok({ group: { name, ...rulesOfBody(body) }, trunkIds: undefined })),
      ),
  }),
]

async function found(context: Context, scope: AccountScope, id: string): Promise<Result<ShownTrunkGroup, ApiFailure>> {
  const { sql } = context.database
  const row = await findObject(sql, scope, { type: 'SIP_TRUNK_GROUP', id })
  if (row === undefined) return err(entityNotFound('SIPTrunkGroup', id))
  return ok({ group: configuredObject(row), trunkIds: (await trunksOfGroups(sql, scope)).get(id) ?? [] })
}

function wantedOf({ name, sipTrunksIds, ...body }: Static<typeof GroupBody>): WantedTrunkGroup {
  return { group: { name, ...rulesOfBody(body) }, trunkIds: sipTrunksIds }
}

function rulesOfBody(body: Static<typeof RulesBody>): Omit<SipTrunkGroup, 'name'> {
  return {
    unconditionalForward: body.unconditionalForward === undefined ? undefined : { enabled: false, ...body.unconditionalForward },
    unreachableForward: body.unreachableForward ?? [],
    capacityForward: body.capacityForward ?? [],
  }
}

function shown(status: 200 | 201, answer: Result<ShownTrunkGroup, ApiFailure>) {
  return answer.ok ? ok({ status, body: groupView(answer.value) }) : answer
}

function groupView({ group, trunkIds }: ShownTrunkGroup) {
  const { id, partitionId, accountId, attributes } = group
  return { id, partitionId, accountId, ...attributes, sipTrunksIds: trunkIds }
}

function shownRules(answer: Result<ShownTrunkGroup, ApiFailure>) {
  if (!answer.ok) return answer
  const { id, partitionId, accountId, attributes } = answer.value.group
  const { name: _name, ...forwards } = attributes
  return ok({ status: 200, body: { partitionId, accountId, sipTrunkGroupId: id, ...forwards } })
}
