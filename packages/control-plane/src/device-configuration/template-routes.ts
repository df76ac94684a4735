import { err, newId, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { actorOf, maySeeCredentials, type PartitionScope, type Principal } from '../access/index.ts'
import { violatedUniqueIndex } from '../database/index.ts'
import { type DomainEvent, write } from '../events/index.ts'
import { alreadyInUse, entityNotFound, inConflict } from '../failures/index.ts'
import { freeObject, named, type Operation, partitionOperation } from '../http/index.ts'
import { shownSettings, unmaskedSettings } from './shown-settings.ts'
import { addDraftVersion, type DeviceTemplateRow, findTemplate, listTemplates, lockTemplate, type TemplateVersionRow, versionsOf } from './template-queries.ts'

const BASE = '/v2/partition/:partitionId/devicetemplate'
const TAG = 'Device Template'
const MAY_READ = { permission: 'EU_Device', level: 'READ' } as const
const MAY_EDIT = { permission: 'EU_Device', level: 'EDIT' } as const
const MAX_TEMPLATES = 200
const MAX_VERSIONS = 200
const MAX_ACCOUNTS = 500

const VersionView = Type.Object({
  version: Type.Integer(),
  settings: freeObject(),
  note: Type.Optional(Type.String()),
  percent: Type.Integer(),
  accountIds: Type.Array(Type.String()),
  createdDate: Type.String(),
  publishedDate: Type.Optional(Type.String()),
})
const TemplateView = named(
  'DeviceTemplate',
  Type.Object({ id: Type.String(), partitionId: Type.String(), name: Type.String(), versions: Type.Array(VersionView) }),
)
const NewTemplate = named('DeviceTemplateRequest', Type.Object({ name: Type.String({ minLength: 1, maxLength: 128 }), settings: Type.Optional(freeObject()), note: Type.Optional(Type.String({ maxLength: 512 })) })) // prettier-ignore
const NewVersion = named('DeviceTemplateVersionRequest', Type.Object({ settings: freeObject(), note: Type.Optional(Type.String({ maxLength: 512 })) }))
const Rollout = named(
  'DeviceTemplateRollout',
  Type.Object({
    percent: Type.Integer({ minimum: 0, maximum: 100 }),
    accountIds: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: MAX_ACCOUNTS })),
  }),
)
const TemplatePath = Type.Object({ partitionId: Type.String(), templateId: Type.String() })
const VersionPath = Type.Object({ partitionId: Type.String(), templateId: Type.String(), version: Type.Integer({ minimum: 1, maximum: MAX_VERSIONS }) })

/** What a partition sets for many devices at once. A version is written, looked at with preview and diff, then rolled out to more and more. */
export const templateOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: BASE,
    tag: TAG,
    summary: 'The device templates of a partition',
    requires: MAY_READ,
    responses: { 200: Type.Array(TemplateView) },
    handle: async (context, { principal, scope }) => {
      const templates = await listTemplates(context.database.sql, scope)
      const versions = Map.groupBy(await versionsOf(context.database.sql, templates.map((each) => each.id)), (each) => each.template_id) // prettier-ignore
      return ok({ status: 200, body: templates.map((template) => view(principal, template, versions.get(template.id) ?? [])) })
    },
  }),
  partitionOperation({
    method: 'POST',
    path: BASE,
    tag: TAG,
    summary: 'Create a device template; its first version is a draft',
    requires: MAY_EDIT,
    body: NewTemplate,
    responses: { 201: TemplateView },
    handle: async (context, { principal, scope, body }) => {
      try {
        const created = await write(context, actorOf(principal), async (change) => {
          if ((await listTemplates(change.sql, scope)).length >= MAX_TEMPLATES)
            return err(inConflict('TooManyDeviceTemplates', `A partition has at most ${MAX_TEMPLATES}.`))
          const settings = unmaskedSettings(body.settings ?? {}, {})
          if (!settings.ok) return settings
          const row = { id: newId(), partition_id: scope.partitionId, name: body.name, created_at: change.now, updated_at: change.now }
          await change.sql.insertInto('device_template').values(row).execute()
          await addDraftVersion(change.sql, row.id, { version: 1, settings: settings.value, note: body.note, now: change.now })
          change.emit(templateChanged(scope, row, 'created', { version: 1, note: body.note }))
          return ok(view(principal, row, await versionsOf(change.sql, [row.id])))
        })
        return created.ok ? ok({ status: 201, body: created.value }) : created
      } catch (error) {
        if (violatedUniqueIndex(error) !== 'device_template_name') throw error
        return err(alreadyInUse('DuplicateDeviceTemplateName', 'name', body.name, 'partition'))
      }
    },
  }),
  partitionOperation({
    method: 'POST',
    path: `${BASE}/:templateId/version`,
    tag: TAG,
    summary: 'Write a further version of a device template; no device has it before it is rolled out',
    requires: MAY_EDIT,
    params: TemplatePath,
    body: NewVersion,
    responses: { 201: TemplateView },
    handle: async (context, { principal, scope, params, body }) => {
      const written = await write(context, actorOf(principal), async (change) => {
        const template = await lockTemplate(change.sql, scope, params.templateId)
        if (template === undefined) return err(entityNotFound('DeviceTemplate', params.templateId))
        const [latest] = await versionsOf(change.sql, [template.id])
        const version = (latest?.version ?? 0) + 1
        if (version > MAX_VERSIONS) return err(inConflict('TooManyVersions', `A template has at most ${MAX_VERSIONS} versions.`))
        const settings = unmaskedSettings(body.settings, latest?.settings ?? {})
        if (!settings.ok) return settings
        await addDraftVersion(change.sql, template.id, { version, settings: settings.value, note: body.note, now: change.now })
        change.emit(templateChanged(scope, template, 'updated', { version, note: body.note }))
        return ok(view(principal, template, await versionsOf(change.sql, [template.id])))
      })
      return written.ok ? ok({ status: 201, body: written.value }) : written
    },
  }),
  partitionOperation({
    method: 'PUT',
    path: `${BASE}/:templateId/version/:version/rollout`,
    tag: TAG,
    summary: 'Roll a version of a device template out: to named accounts, and to a share of all devices that have the template; 0 takes it back',
    requires: MAY_EDIT,
    params: VersionPath,
    body: Rollout,
    responses: { 200: TemplateView },
    handle: async (context, { principal, scope, params, body }) => {
      const rolledOut = await write(context, actorOf(principal), async (change) => {
        const template = await lockTemplate(change.sql, scope, params.templateId)
        const updated =
          template === undefined
            ? undefined
            : await change.sql
                .updateTable('device_template_version')
                .set({ percent: body.percent, account_ids: JSON.stringify(body.accountIds ?? []), published_at: change.now })
                .where('template_id', '=', template.id)
                .where('version', '=', params.version)
                .returning('version')
                .executeTakeFirst()
        if (template === undefined || updated === undefined) return err(entityNotFound('DeviceTemplateVersion', `${params.templateId}/${params.version}`))
        change.emit(templateChanged(scope, template, 'updated', { version: params.version, percent: body.percent, accountIds: body.accountIds ?? [] }))
        return ok(view(principal, template, await versionsOf(change.sql, [template.id])))
      })
      return rolledOut.ok ? ok({ status: 200, body: rolledOut.value }) : rolledOut
    },
  }),
  partitionOperation({
    method: 'GET',
    path: `${BASE}/:templateId`,
    tag: TAG,
    summary: 'A device template with its versions',
    requires: MAY_READ,
    params: TemplatePath,
    responses: { 200: TemplateView },
    handle: async (context, { principal, scope, params }) => {
      const template = await findTemplate(context.database.sql, scope, params.templateId)
      if (template === undefined) return err(entityNotFound('DeviceTemplate', params.templateId))
      return ok({ status: 200, body: view(principal, template, await versionsOf(context.database.sql, [template.id])) })
    },
  }),
  partitionOperation({
    method: 'DELETE',
    path: `${BASE}/:templateId`,
    tag: TAG,
    summary: 'Delete a device template that no device has',
    requires: MAY_EDIT,
    params: TemplatePath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await write(context, actorOf(principal), async (change) => {
        const template = await lockTemplate(change.sql, scope, params.templateId)
        if (template === undefined) return err(entityNotFound('DeviceTemplate', params.templateId))
        const user = await change.sql.selectFrom('device_configuration').select('device_id').where('template_id', '=', template.id).limit(1).executeTakeFirst()
        if (user !== undefined) return err(inConflict('DeviceTemplateInUse', 'Devices have this template.', { deviceId: user.device_id }))
        await change.sql.deleteFrom('device_template').where('id', '=', template.id).where('partition_id', '=', scope.partitionId).execute()
        change.emit(templateChanged(scope, template, 'deleted', undefined))
        return ok(undefined)
      })
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
]

/** @param what came of it: the version that was written or rolled out */
function templateChanged(
  scope: PartitionScope,
  { id, name }: Pick<DeviceTemplateRow, 'id' | 'name'>,
  verb: 'created' | 'updated' | 'deleted',
  what: object | undefined,
): DomainEvent {
  const action = ({ created: 'CREATE', updated: 'UPDATE', deleted: 'DELETE' } as const)[verb]
  const values = { oldValue: verb === 'deleted' ? { name } : undefined, newValue: what === undefined ? undefined : { name, ...what } }
  return {
    type: `devicetemplate.${verb}`,
    partitionId: scope.partitionId,
    accountId: undefined,
    data: { templateId: id },
    history: { type: 'PARTITION_SETTINGS', action, ...values, referenceType: 'DEVICE_TEMPLATE', referenceId: id, referenceName: name },
  }
}

function view(principal: Principal, template: DeviceTemplateRow, versions: readonly TemplateVersionRow[]): Static<typeof TemplateView> {
  return {
    id: template.id,
    partitionId: template.partition_id,
    name: template.name,
    versions: versions.map((each) => ({
      version: each.version,
      settings: { ...shownSettings(each.settings, maySeeCredentials(principal)) },
      ...(each.note === null ? {} : { note: each.note }),
      percent: each.percent,
      accountIds: [...each.account_ids],
      createdDate: each.created_at.toISOString(),
      ...(each.published_at === null ? {} : { publishedDate: each.published_at.toISOString() }),
    })),
  }
}
