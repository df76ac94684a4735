import { err, ok, type Result } from '@dialtone/foundation'
import { actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, type FieldProblem, invalidField, invalidFields, notPermitted } from '../failures/index.ts'
import { leaveSubDomains, provenSubDomains } from '../sip-domains/index.ts'
import { CALL_RECORD_COLUMNS, callRecordColumn, deviceType } from '../reference-data/index.ts'
import { carriersInForce } from './inbound-carriers.ts'
import { partitionChanged, settingChanged } from './partition-events.ts'
import type { PartitionSettings } from './partition-settings.ts'
import type { PartitionRow } from './partition-view.ts'
import { SETTING_TYPES, type SettingTypeName } from './setting-types.ts'

export interface PartitionAttributes {
  readonly name: string
  readonly status: string
  /** Without what is to be inherited. */
  readonly settings: Partial<PartitionSettings>
}

/** Changes a partition; accounts that exist keep what they were created with. */
export function updatePartition(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  revise: (before: PartitionAttributes) => Result<PartitionAttributes, ApiFailure>,
): Promise<Result<PartitionRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const before = await lockPartition(change.sql, scope)
    if (before === undefined) return err(entityNotFound('Partition', scope.partitionId))
    const revised = revise({ name: before.name, status: before.status, settings: before.settings })
    if (!revised.ok) return revised
    // Whoever archived the partition he is in himself could never come back.
    if (revised.value.status !== before.status && principal.partitionId === scope.partitionId)
      return err(notPermitted('The status of a partition is changed from the partition above it.'))
    const problems = await referenceProblems(change.sql, scope.partitionId, revised.value.settings)
    if (problems.length > 0) return err(invalidFields(problems))
    const after = await change.sql
      .updateTable('partition')
      .set({ name: revised.value.name, status: revised.value.status, settings: JSON.stringify(revised.value.settings), updated_at: change.now })
      .where('id', '=', scope.partitionId)
      .returningAll()
      .executeTakeFirstOrThrow()
    change.emit(partitionChanged(before, after))
    return ok(after)
  })
}

/** Sets one setting, or with `undefined` takes what is inherited again. @returns the value as it is kept */
export async function changeSetting(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  type: SettingTypeName,
  value: unknown,
): Promise<Result<unknown, ApiFailure>> {
  const { key } = SETTING_TYPES[type]
  let left: readonly string[] = []
  const changed = await write(context, actorOf(principal), async (change) => {
    const before = await lockPartition(change.sql, scope)
    if (before === undefined) return err(entityNotFound('Partition', scope.partitionId))
    if (type === 'InboundRatePlanDefault' && typeof value === 'string' && !(await isRatePlan(change.sql, scope, value)))
      return err(invalidField('value', 'is no inbound rate plan of the partition', 'an id of GET …/inboundrateplanproduct', 'InvalidValue'))
    const unknown = type === 'CDRReportColumns' ? textsOf(value).filter((name) => callRecordColumn(name) === undefined) : []
    if (unknown.length > 0) return err(invalidField('value', `"${unknown.join('", "')}" is no column`, `one of ${CALL_RECORD_COLUMNS.join(', ')}`))
    const proven = type === 'SUB_DOMAINS' && value !== undefined ? await provenSubDomains(context, change.sql, scope, value as readonly string[]) : ok(value)
    if (!proven.ok) return proven
    const { [key]: old, ...others } = before.settings
    const settings = proven.value === undefined ? others : { ...others, [key]: proven.value }
    const after = await change.sql
      .updateTable('partition')
      .set({ settings: JSON.stringify(settings), updated_at: change.now })
      .where('id', '=', scope.partitionId)
      .returningAll()
      .executeTakeFirstOrThrow()
    if (JSON.stringify(old) !== JSON.stringify(proven.value)) change.emit(settingChanged(after, type, old, proven.value))
    if (type === 'SUB_DOMAINS') left = textsOf(old).filter((name) => !textsOf(proven.value).includes(name))
    return ok(proven.value)
  })
  await leaveSubDomains(context, left)
  return changed
}

/** What a partition's settings point at has to be there for it. */
export async function referenceProblems(sql: Transaction, partitionId: string, settings: Partial<PartitionSettings>): Promise<FieldProblem[]> {
  const problems: FieldProblem[] = []
  const unknown = (settings.allowedDeviceTypes ?? []).filter((id) => deviceType(id) === undefined)
  if (unknown.length > 0)
    problems.push({
      field: 'allowedDeviceTypes',
      code: 'InvalidAllowedDeviceTypes',
      reason: `"${unknown.join('", "')}" is unknown`,
      rule: 'ids of GET /v2/ref/devicetype',
    })
  if (settings.byotnCarrierId !== undefined) {
    const carriers = await carriersInForce(sql, partitionId)
    if (!carriers.some((carrier) => carrier.id === settings.byotnCarrierId && carrier.attributes.enableByotn === true))
      problems.push({
        field: 'byotnCarrierId',
        code: 'InvalidByotnCarrierId',
        reason: 'is no carrier for own numbers',
        rule: 'one of GET …/inboundcarriers with enableByotn',
      })
  }
  for (const [index, rule] of (settings.serviceDialPlanRules ?? []).entries())
    if ((rule.endingMinimumLength ?? 0) > (rule.endingMaximumLength ?? Infinity))
      problems.push({
        field: `serviceDialPlanRules.${index}.endingMinimumLength`,
        code: 'InvalidEndingMinimumLength',
        reason: 'is above the maximum',
        rule: 'at most endingMaximumLength',
      })
  return problems
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function lockPartition(sql: Transaction, scope: PartitionScope): Promise<PartitionRow | undefined> {
  return sql.selectFrom('partition').selectAll().where('id', '=', scope.partitionId).forNoKeyUpdate().executeTakeFirst()
}

async function isRatePlan(sql: Transaction, scope: PartitionScope, id: string): Promise<boolean> {
  const row = await sql
    .selectFrom('inbound_rate_plan_product')
    .select('id')
    .where('id', '=', id)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  return row !== undefined
}
