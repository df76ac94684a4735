import { createHash } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { PartitionScope } from '../access/index.ts'
import type { DeviceTemplateTable, DeviceTemplateVersionTable, Sql, Transaction } from '../database/index.ts'
import type { DeviceRow } from '../devices/index.ts'
import { partitionLine } from '../partitions/index.ts'

export type DeviceTemplateRow = Selectable<DeviceTemplateTable>
export type TemplateVersionRow = Selectable<DeviceTemplateVersionTable>

type Executor = Sql | Transaction

/** The template that is always there: what the platform gives every device (S3-45 shows its id). */
export const STANDARD_TEMPLATE = 'standard'

export function listTemplates(sql: Executor, scope: PartitionScope): Promise<DeviceTemplateRow[]> {
  return sql.selectFrom('device_template').selectAll().where('partition_id', '=', scope.partitionId).orderBy('created_at').orderBy('id').execute()
}

export function findTemplate(sql: Executor, scope: PartitionScope, id: string): Promise<DeviceTemplateRow | undefined> {
  return sql.selectFrom('device_template').selectAll().where('id', '=', id).where('partition_id', '=', scope.partitionId).executeTakeFirst()
}

export function lockTemplate(sql: Transaction, scope: PartitionScope, id: string): Promise<DeviceTemplateRow | undefined> {
  return sql.selectFrom('device_template').selectAll().where('id', '=', id).where('partition_id', '=', scope.partitionId).forUpdate().executeTakeFirst()
}

/** @param templateIds of templates that were read inside the caller's scope. The newest version first. */
export async function versionsOf(sql: Executor, templateIds: readonly string[]): Promise<TemplateVersionRow[]> {
  if (templateIds.length === 0) return []
  return sql.selectFrom('device_template_version').selectAll().where('template_id', 'in', templateIds).orderBy('version', 'desc').execute()
}

/** A further version, as a draft: no device has it before it is rolled out. */
export async function addDraftVersion(
  sql: Transaction,
  templateId: string,
  draft: { readonly version: number; readonly settings: object; readonly note: string | undefined; readonly now: Date },
): Promise<void> {
  const { version, settings, note, now } = draft
  const row = {
    template_id: templateId,
    version,
    settings: JSON.stringify(settings),
    note: note ?? null,
    account_ids: '[]',
    created_at: now,
    published_at: null,
  }
  await sql.insertInto('device_template_version').values(row).execute()
}

/** A template that a device of a partition may have: one of its own, or of a partition above. */
export async function isTemplateFor(sql: Executor, partitionId: string, templateId: string): Promise<boolean> {
  if (templateId === STANDARD_TEMPLATE) return true
  const above = (await partitionLine(sql, partitionId)).map((row) => row.id)
  const row = await templateOf(sql, templateId, above).executeTakeFirst()
  return row !== undefined
}

/** The same inside a change, until whose end the template stays. */
export async function holdTemplateFor(sql: Transaction, partitionId: string, templateId: string): Promise<boolean> {
  if (templateId === STANDARD_TEMPLATE) return true
  const above = (await partitionLine(sql, partitionId)).map((row) => row.id)
  const row = await templateOf(sql, templateId, above).forKeyShare().executeTakeFirst()
  return row !== undefined
}

function templateOf(sql: Executor, templateId: string, partitionIds: readonly string[]) {
  return sql.selectFrom('device_template').select('id').where('id', '=', templateId).where('partition_id', 'in', partitionIds)
}

/** What of a template a device of a partition may be shown in, the newest first: drafts of the partition's own ones too, of those above what was rolled out. */
export async function versionsFor(sql: Executor, scope: PartitionScope, templateId: string): Promise<TemplateVersionRow[]> {
  if (templateId === STANDARD_TEMPLATE || !(await isTemplateFor(sql, scope.partitionId, templateId))) return []
  const own = await findTemplate(sql, scope, templateId)
  return (await versionsOf(sql, [templateId])).filter((version) => own !== undefined || version.published_at !== null)
}

/** The version of its template a device has: the newest whose roll-out has come to it. */
export async function templateInForce(sql: Executor, device: DeviceRow, templateId: string | null): Promise<TemplateVersionRow | undefined> {
  if (templateId === null || templateId === STANDARD_TEMPLATE) return undefined
  const published = (await versionsOf(sql, [templateId])).filter((version) => version.published_at !== null)
  return published.find((version) => version.percent > rolloutPlace(templateId, device.id) || version.account_ids.includes(device.account_id))
}

/** 0 to 99, always the same for a device: who has a version at ten percent has it at fifty. */
function rolloutPlace(templateId: string, deviceId: string): number {
  return createHash('sha256').update(`${templateId}/${deviceId}`).digest().readUInt32BE(0) % 100
}
