import { err, ok, type Result } from '@dialtone/foundation'
import { sql as sqlText } from 'kysely'
import Type, { type Static } from 'typebox'
import type { PartitionScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { MAX_OFFSET, named, oneOf } from '../http/index.ts'
import { partitionDefaults } from './partition-defaults.ts'

/** What is remembered of a partition (public-spec section 7). */
export const DATA_HISTORY_TYPES = [
  'PARTITION', 'PLATFORM_USER', 'PLATFORM_USER_GROUP', 'CALLING_PLAN', 'INBOUND_RATE_PLAN', 'LOCAL_CALLING_PLANS', 'TN_INVENTORY', 'PARTITION_SETTINGS',
  'FEATURE_TOGGLES', 'IP_WHITELIST', 'DIAL_PLAN_RULE', 'ROUTE_PLAN',
] as const // prettier-ignore
const USER_TYPES = ['AccountUser', 'EndUser', 'ManagementUser', 'AlianzaUser', 'BusinessLines'] as const
const MAX_PAGE = 1000

export const DataHistoryQuery = Type.Object({
  startDate: Type.Optional(Type.String({ maxLength: 32 })),
  endDate: Type.Optional(Type.String({ maxLength: 32 })),
  firstResultIndex: Type.Integer({ minimum: 0, maximum: MAX_OFFSET, default: 0 }),
  maxResult: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 20 }),
  /** One or several; a row with any of them is found. */
  tag: Type.Optional(
    Type.Unsafe<string | readonly string[]>({
      anyOf: [
        { type: 'array', maxItems: 50, items: { type: 'string', maxLength: 256 } },
        { type: 'string', maxLength: 256 },
      ],
    }),
  ),
})
const PartitionDataHistory = named(
  'PartitionDataHistory',
  Type.Object({
    partitionId: Type.String(),
    id: Type.String(),
    type: oneOf(DATA_HISTORY_TYPES),
    createdDate: Type.String({ format: 'date-time' }),
    userId: Type.String(),
    userName: Type.String(),
    userType: oneOf(USER_TYPES),
    searchTags: Type.Array(Type.String()),
    actionType: Type.String(),
    relatedDataId: Type.String(),
    relatedDataType: Type.String(),
    relatedDataDisplayName: Type.String(),
    oldValue: Type.Optional(Type.String()),
    newValue: Type.Optional(Type.String()),
  }),
)
export const DataHistorySearch = named(
  'PartitionDataHistorySearchResponse',
  Type.Object({ totalRecords: Type.Integer(), results: Type.Array(PartitionDataHistory) }),
)

/** Finds what happened to a partition, the newest first; days are those of the partition's time zone, both ends inclusive. */
export async function searchDataHistory(
  context: Context,
  scope: PartitionScope,
  query: Static<typeof DataHistoryQuery>,
): Promise<Result<Static<typeof DataHistorySearch>, ApiFailure>> {
  const { timeZone } = await partitionDefaults(context.database.sql, scope)
  const from = query.startDate === undefined ? undefined : beginningOf(query.startDate, timeZone, 0)
  const to = query.endDate === undefined ? undefined : beginningOf(query.endDate, timeZone, 1)
  if (query.startDate !== undefined && from === undefined) return err(invalidField('startDate', 'is no date', 'yyyy-MM-dd'))
  if (query.endDate !== undefined && to === undefined) return err(invalidField('endDate', 'is no date', 'yyyy-MM-dd'))
  if (from !== undefined && to !== undefined && to <= from) return err(invalidField('endDate', 'is before startDate', 'the last day'))
  const tags = [query.tag ?? []].flat()
  let found = context.database.sql.selectFrom('partition_history').where('partition_id', '=', scope.partitionId)
  if (from !== undefined) found = found.where('logged_at', '>=', from)
  if (to !== undefined) found = found.where('logged_at', '<', to)
  if (tags.length > 0) found = found.where(sqlText<boolean>`search_tags ?| ${tags}`)
  const rows = await found.selectAll().orderBy('sequence', 'desc').offset(query.firstResultIndex).limit(query.maxResult).execute()
  const { total } = await found.select((row) => row.fn.countAll<string>().as('total')).executeTakeFirstOrThrow()
  return ok({
    totalRecords: Number(total),
    results: rows.map((row) => ({
      partitionId: row.partition_id,
      id: row.id,
      type: row.type as (typeof DATA_HISTORY_TYPES)[number],
      createdDate: row.logged_at.toISOString(),
      userId: row.user_id,
      userName: row.user_name,
      // What the platform does by itself is its operator's doing.
      userType: USER_TYPES.find((type) => type === row.user_type) ?? 'AlianzaUser',
      searchTags: [...row.search_tags],
      actionType: row.action,
      relatedDataId: row.reference_id,
      relatedDataType: row.reference_type,
      relatedDataDisplayName: row.reference_name,
      ...(row.old_value === null ? {} : { oldValue: textOf(row.old_value) }),
      ...(row.new_value === null ? {} : { newValue: textOf(row.new_value) }),
    })),
  })
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function beginningOf(date: string, timeZone: string, daysLater: number): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined
  try {
    return new Date(Temporal.PlainDate.from(date, { overflow: 'reject' }).add({ days: daysLater }).toZonedDateTime(timeZone).epochMilliseconds)
  } catch {
    return undefined
  }
}
