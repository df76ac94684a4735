import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { checkSchema, freeObject, named, oneOf, type Operation, partitionOperation, patchedBody } from '../http/index.ts'
import { normalizeTimeZone } from '../time-zones/index.ts'
import { carrierOperations } from './carrier-routes.ts'
import { changeSetting, type PartitionAttributes, updatePartition } from './change-partition.ts'
import { createSubPartition } from './create-partition.ts'
import { DataHistoryQuery, DataHistorySearch, searchDataHistory } from './data-history.ts'
import { partitionDefaults } from './partition-defaults.ts'
import type { PartitionSettings } from './partition-settings.ts'
import { KEY_OF_FIELD, PARTITION_STATUSES, PartitionFields, type PartitionRow, PartitionView, partitionView } from './partition-view.ts'
import { SETTING_TYPE_NAMES, SETTING_TYPES } from './setting-types.ts'

const name = Type.String({ minLength: 1, maxLength: 256 })
const NewPartition = named(
  'NewPartition',
  Type.Object({
    ...PartitionFields,
    name,
    manager: Type.Optional(
      Type.Object({
        username: Type.String({ minLength: 3, maxLength: 256 }),
        password: Type.String({ minLength: 1, maxLength: 256 }),
        firstName: name,
        lastName: name,
      }),
    ),
  }),
)
const PartitionBody = named('PartitionRequest', Type.Object({ ...PartitionFields, name, status: Type.Optional(oneOf(PARTITION_STATUSES)) }))
const PartitionSetting = named('PartitionSetting', Type.Object({ partitionId: Type.String(), type: oneOf(SETTING_TYPE_NAMES), value: Type.Unknown() }))

const TAG = 'Partition'
const ITEM = '/v2/partition/:partitionId'
const SettingPath = Type.Object({ partitionId: Type.String(), type: oneOf(SETTING_TYPE_NAMES) })

export const partitionOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read a partition with everything in force for it, its own or inherited',
    requires: 'signed-in',
    responses: { 200: PartitionView },
    handle: async (context, { scope }) => {
      const row = await context.database.sql.selectFrom('partition').selectAll().where('id', '=', scope.partitionId).executeTakeFirst()
      return row === undefined ? err(entityNotFound('Partition', scope.partitionId)) : shown(context, ok(row))
    },
  }),
  partitionOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Replace what a partition decides itself; what is left out is inherited',
    requires: { permission: 'Product', level: 'EDIT' },
    body: PartitionBody,
    responses: { 200: PartitionView },
    handle: async (context, { principal, scope, body }) =>
      shown(context, await updatePartition(context, principal, scope, (before) => attributesOf(body, { ...before, settings: unwritten(before.settings) }))),
  }),
  partitionOperation({
    method: 'PATCH',
    path: ITEM,
    tag: TAG,
    summary: 'Change parts of a partition (JSON Merge Patch); null takes what is inherited',
    requires: { permission: 'Product', level: 'EDIT' },
    body: freeObject(),
    responses: { 200: PartitionView },
    handle: async (context, { principal, scope, body }) =>
      shown(
        context,
        await updatePartition(context, principal, scope, (before) => {
          const checked = patchedBody(PartitionBody, bodyOf(before), body, ['status'])
          return checked.ok ? attributesOf(checked.value, { ...before, settings: unwritten(before.settings) }) : checked
        }),
      ),
  }),
  partitionOperation({
    method: 'POST',
    path: `${ITEM}/partition`,
    tag: TAG,
    summary: 'Create a sub-partition, with an operator of its own if wanted',
    requires: { permission: 'Product', level: 'CREATE' },
    body: NewPartition,
    responses: { 200: PartitionView },
    handle: async (context, { principal, scope, body }) => {
      const { manager, ...fields } = body
      const wanted = attributesOf(fields, { name: fields.name, status: 'ACTIVE', settings: {} })
      if (!wanted.ok) return wanted
      return shown(context, await createSubPartition(context, principal, scope, { name: fields.name, manager, settings: wanted.value.settings }))
    },
  }),
  partitionOperation({
    method: 'GET',
    path: `${ITEM}/setting`,
    tag: TAG,
    summary: 'The settings in force for a partition, by type',
    requires: { permission: 'Account', level: 'READ' },
    responses: { 200: Type.Record(Type.String(), PartitionSetting) },
    handle: async (context, { scope }) => {
      const settings = await partitionDefaults(context.database.sql, scope)
      const rows = SETTING_TYPE_NAMES.flatMap((type) => {
        const value = settings[SETTING_TYPES[type].key]
        return value === undefined ? [] : [[type, { partitionId: scope.partitionId, type, value }]]
      })
      return ok({ status: 200, body: Object.fromEntries(rows) as Record<string, unknown> })
    },
  }),
  partitionOperation({
    method: 'PUT',
    path: `${ITEM}/setting/:type`,
    tag: TAG,
    summary: 'Set one setting of a partition',
    requires: { permission: 'Product', level: 'EDIT' },
    params: SettingPath,
    body: named('PartitionSettingRequest', Type.Object({ value: Type.Unknown() })),
    responses: { 200: PartitionSetting },
    handle: async (context, { principal, scope, params, body }) => {
      const checked = checkSchema(Type.Object({ value: SETTING_TYPES[params.type].value }), { value: body.value })
      if (!checked.ok) return checked
      const changed = await changeSetting(context, principal, scope, params.type, checked.value.value)
      return changed.ok ? ok({ status: 200, body: { partitionId: scope.partitionId, type: params.type, value: changed.value } }) : changed
    },
  }),
  partitionOperation({
    method: 'DELETE',
    path: `${ITEM}/setting/:type`,
    tag: TAG,
    summary: 'Take a setting back: what is inherited is in force again',
    requires: { permission: 'Product', level: 'EDIT' },
    params: SettingPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const changed = await changeSetting(context, principal, scope, params.type, undefined)
      return changed.ok ? ok({ status: 204 }) : changed
    },
  }),
  partitionOperation({
    method: 'GET',
    path: `${ITEM}/data-history`,
    tag: TAG,
    summary: 'What happened to a partition: users, roles, settings, price lists, access rules; the newest first',
    requires: { permission: 'AccountHistory', level: 'READ' },
    query: DataHistoryQuery,
    responses: { 200: DataHistorySearch },
    handle: async (context, { scope, query }) => {
      const found = await searchDataHistory(context, scope, query)
      return found.ok ? ok({ status: 200, body: found.value }) : found
    },
  }),
  ...carrierOperations,
]

async function shown(context: Context, row: Result<PartitionRow, ApiFailure>): Promise<Result<{ status: number; body: unknown }, ApiFailure>> {
  return row.ok ? ok({ status: 200, body: await partitionView(context.database.sql, row.value) }) : row
}

/** What is stored but not among the fields of a partition: settings with a type of their own. */
function unwritten(settings: Partial<PartitionSettings>): Partial<PartitionSettings> {
  const written = new Set(Object.keys(PartitionFields).map((field) => KEY_OF_FIELD[field] ?? field))
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !written.has(key)))
}

function bodyOf(before: PartitionAttributes): Record<string, unknown> {
  const fields = Object.keys(PartitionFields).flatMap((field) => {
    const value = before.settings[KEY_OF_FIELD[field] ?? (field as keyof PartitionSettings)]
    return value === undefined ? [] : [[field, value]]
  })
  return { ...(Object.fromEntries(fields) as Record<string, unknown>), name: before.name, status: before.status }
}

/** From the words of this surface to those inside; members that are no fields of a partition are left alone. */
function attributesOf(
  body: Omit<Static<typeof PartitionBody>, 'status'> & { readonly status?: (typeof PARTITION_STATUSES)[number] },
  before: PartitionAttributes,
): Result<PartitionAttributes, ApiFailure> {
  const timeZone = body.defaultTimeZone === undefined ? undefined : normalizeTimeZone(body.defaultTimeZone)
  if (body.defaultTimeZone !== undefined && timeZone === undefined)
    return err(invalidField('defaultTimeZone', `"${body.defaultTimeZone}" is unknown`, 'one of GET /v2/ref/timezones'))
  const written = Object.entries({ ...body, defaultTimeZone: timeZone }).flatMap(([field, value]) =>
    field in PartitionFields && value !== undefined ? [[KEY_OF_FIELD[field] ?? field, value]] : [],
  )
  return ok({
    name: body.name,
    status: body.status ?? before.status,
    settings: { ...before.settings, ...(Object.fromEntries(written) as Partial<PartitionSettings>) },
  })
}
