import { err, ok } from '@dialtone/foundation'
import type { Selectable } from 'kysely'
import Type, { type Static } from 'typebox'
import type { PartitionTable, Sql } from '../database/index.ts'
import { entityNotFound } from '../failures/index.ts'
import { freeObject, named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import { createSubPartition } from './create-partition.ts'
import { defaultsOf } from './partition-defaults.ts'

const PartitionView = named(
  'Partition',
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    status: Type.String(),
    parentId: Type.Optional(Type.String()),
    subPartitionIds: Type.Array(Type.String()),
    country: Type.String(),
    languageTag: Type.String(),
    defaultTimeZone: Type.String(),
    defaultExtensionLength: Type.Integer(),
    defaultSimpleDialingBehaviorType: Type.String(),
    defaultAdvancedDialingBehaviorType: Type.String(),
    defaultHoldTimeoutSeconds: Type.Integer(),
    tnDeleteCooldownDays: Type.Integer(),
    autoAssignCallerId: Type.Boolean(),
  }),
)
const NewPartition = named(
  'NewPartition',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    defaultTimeZone: Type.Optional(Type.String()),
    defaultExtensionLength: Type.Optional(Type.Integer({ minimum: 3, maximum: 6 })),
    tnDeleteCooldownDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 365 })),
    regulatoryType: Type.Optional(oneOf(['RESIDENTIAL', 'COMMERCIAL', 'GOVERNMENT'])),
    manager: Type.Optional(
      Type.Object({
        username: Type.String({ minLength: 3, maxLength: 256 }),
        password: Type.String({ minLength: 1, maxLength: 256 }),
        firstName: Type.String({ minLength: 1, maxLength: 256 }),
        lastName: Type.String({ minLength: 1, maxLength: 256 }),
      }),
    ),
  }),
)

const ITEM = '/v2/partition/:partitionId'

export const partitionOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: ITEM,
    tag: 'Partition',
    summary: 'Read a partition',
    requires: 'signed-in',
    responses: { 200: PartitionView },
    handle: async (context, { scope }) => {
      const row = await context.database.sql.selectFrom('partition').selectAll().where('id', '=', scope.partitionId).executeTakeFirst()
      if (row === undefined) return err(entityNotFound('Partition', scope.partitionId))
      return ok({ status: 200, body: await viewOf(context.database.sql, row) })
    },
  }),
  partitionOperation({
    method: 'GET',
    path: `${ITEM}/setting`,
    tag: 'Partition',
    summary: 'Read the settings of a partition',
    requires: { permission: 'Account', level: 'READ' },
    responses: { 200: freeObject() },
    handle: async (context, { scope }) => {
      const row = await context.database.sql.selectFrom('partition').select('settings').where('id', '=', scope.partitionId).executeTakeFirst()
      return row === undefined ? err(entityNotFound('Partition', scope.partitionId)) : ok({ status: 200, body: { ...defaultsOf(row.settings) } })
    },
  }),
  partitionOperation({
    method: 'POST',
    path: `${ITEM}/partition`,
    tag: 'Partition',
    summary: 'Create a sub-partition, with an operator of its own if wanted',
    requires: { permission: 'ProductGroups', level: 'CREATE' },
    body: NewPartition,
    responses: { 200: PartitionView },
    handle: async (context, { principal, scope, body }) => {
      const { name, manager, defaultTimeZone, defaultExtensionLength, ...rest } = body
      const settings = Object.entries({ ...rest, timeZone: defaultTimeZone, extensionLength: defaultExtensionLength }).filter(
        ([, value]) => value !== undefined,
      )
      const created = await createSubPartition(context, principal, scope, { name, manager, settings: Object.fromEntries(settings) })
      return created.ok ? ok({ status: 200, body: await viewOf(context.database.sql, created.value) }) : created
    },
  }),
]

async function viewOf(sql: Sql, row: Selectable<PartitionTable>): Promise<Static<typeof PartitionView>> {
  const children = await sql.selectFrom('partition').select('id').where('parent_id', '=', row.id).orderBy('created_at').execute()
  const defaults = defaultsOf(row.settings)
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    ...(row.parent_id === null ? {} : { parentId: row.parent_id }),
    subPartitionIds: children.map((child) => child.id),
    country: 'USA',
    languageTag: defaults.languageTag,
    defaultTimeZone: defaults.timeZone,
    defaultExtensionLength: defaults.extensionLength,
    defaultSimpleDialingBehaviorType: defaults.simpleDialingBehaviorType,
    defaultAdvancedDialingBehaviorType: defaults.advancedDialingBehaviorType,
    defaultHoldTimeoutSeconds: defaults.holdTimeoutSeconds,
    tnDeleteCooldownDays: defaults.tnDeleteCooldownDays,
    autoAssignCallerId: defaults.autoAssignCallerId,
  }
}
