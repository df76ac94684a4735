import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { admittedPartitions } from '../access-rules/index.ts'
import type { Sql } from '../database/index.ts'
import { csvReply, streamCsv } from '../csv/index.ts'
import { invalidField } from '../failures/index.ts'
import { named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import { timeOrDayWritten } from '../time-zones/index.ts'
import { type AuditPlace, type AuditQuery, type AuditRow, searchAudit } from './search-audit.ts'

const MAX_PAGE = 1000
/** An export ends here: what is older is asked for with `to`. */
const MAX_EXPORTED = 100_000
const text = Type.Optional(Type.String({ maxLength: 256 }))
const time = Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601' }))
const AuditEntry = named(
  'AuditEntry',
  Type.Object({
    id: Type.String(),
    date: Type.String(),
    partitionId: Type.String(),
    accountId: Type.Optional(Type.String()),
    userId: Type.String(),
    userName: Type.String(),
    userType: Type.String(),
    type: Type.String(),
    action: Type.String(),
    referenceType: Type.Optional(Type.String()),
    referenceId: Type.Optional(Type.String()),
    referenceName: Type.Optional(Type.String()),
    oldValue: Type.Optional(Type.Unknown()),
    newValue: Type.Optional(Type.Unknown()),
  }),
)
const Filter = Type.Object({
  from: time,
  to: time,
  accountId: text,
  userId: text,
  userName: text,
  type: text,
  action: Type.Optional(oneOf(['CREATE', 'UPDATE', 'PROVISION_REQUEST', 'DELETE'])),
  referenceType: text,
  referenceId: text,
  includeSubPartitions: Type.Optional(Type.Boolean()),
  before: Type.Optional(Type.String({ maxLength: 100, description: 'The `next` of the page before' })),
  limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 100 }),
  format: Type.Optional(oneOf(['json', 'csv'])),
})

export const auditOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: '/v2/partition/:partitionId/audit',
    tag: 'Audit',
    summary: 'Who changed what in a partition and its accounts, with the values before and after; as CSV with `format=csv` or `Accept: text/csv`',
    requires: { permission: 'AccountHistory', level: 'READ' },
    query: Filter,
    responses: { 200: named('AuditPage', Type.Object({ results: Type.Array(AuditEntry), next: Type.Optional(Type.String()) })) },
    handle: async (context, { principal, scope, query, headers, remoteAddress }) => {
      const [from, to, before] = [timeOf(query.from), timeOf(query.to), placeOf(query.before)]
      if (from === null) return err(invalidField('from', 'is no time', 'ISO 8601'))
      if (to === null) return err(invalidField('to', 'is no time', 'ISO 8601'))
      if (before === null) return err(invalidField('before', 'is no place in the list', 'the "next" of the page before'))
      // What lies below the caller's own partition is his to see, when he asks for it.
      const includesBelow = query.includeSubPartitions === true && scope.partitionId === principal.partitionId
      const asked: AuditQuery = {
        ...filtersOf(query),
        partitionIds: includesBelow ? await admittedPartitions(context, principal, remoteAddress) : [scope.partitionId],
        from,
        to,
        before,
        limit: query.limit,
      }
      const wantsCsv = query.format === 'csv' || (query.format === undefined && String(headers['accept']).startsWith('text/csv'))
      if (wantsCsv) return ok(await fileOf(context.database.sql, asked))
      const rows = await searchAudit(context.database.sql, asked)
      const last = rows.length === query.limit ? rows.at(-1) : undefined
      return ok({ status: 200, body: { results: rows.map(entryOf), ...(last === undefined ? {} : { next: nextOf(last) }) } })
    },
  }),
]

function filtersOf(query: Static<typeof Filter>) {
  const { accountId, userId, userName, type, action, referenceType, referenceId } = query
  return { accountId, userId, userName, type, action, referenceType, referenceId }
}

function entryOf(row: AuditRow): Static<typeof AuditEntry> {
  return {
    id: row.id,
    date: row.logged_at.toISOString(),
    partitionId: row.partition_id,
    ...(row.account_id === null ? {} : { accountId: row.account_id }),
    userId: row.user_id,
    userName: row.user_name,
    userType: row.user_type,
    type: row.type,
    action: row.action,
    ...(row.reference_type === null ? {} : { referenceType: row.reference_type }),
    ...(row.reference_id === null ? {} : { referenceId: row.reference_id }),
    ...(row.reference_name === null ? {} : { referenceName: row.reference_name }),
    ...(row.old_value === null ? {} : { oldValue: row.old_value }),
    ...(row.new_value === null ? {} : { newValue: row.new_value }),
  }
}

const COLUMNS = ['Date', 'Account', 'User', 'User Type', 'Type', 'Action', 'Reference Type', 'Reference Id', 'Reference Name', 'Old Value', 'New Value']

async function fileOf(sql: Sql, query: AuditQuery) {
  const reply = await csvReply(streamCsv(COLUMNS, csvRows(sql, { ...query, limit: MAX_PAGE })))
  return { ...reply, headers: { 'content-disposition': 'attachment; filename="audit.csv"' } }
}

async function* csvRows(sql: Sql, query: AuditQuery) {
  let { before } = query
  for (let exported = 0; exported < MAX_EXPORTED;) {
    const rows = await searchAudit(sql, { ...query, before })
    for (const row of rows)
      yield [
        row.logged_at,
        row.account_id,
        row.user_name,
        row.user_type,
        row.type,
        row.action,
        row.reference_type,
        row.reference_id,
        row.reference_name,
        row.old_value === null ? '' : JSON.stringify(row.old_value),
        row.new_value === null ? '' : JSON.stringify(row.new_value),
      ]
    const last = rows.at(-1)
    if (last === undefined || rows.length < query.limit) return
    before = { loggedAt: last.logged_at, id: last.id }
    exported += rows.length
  }
}

function nextOf(row: AuditRow): string {
  return `${row.logged_at.toISOString()}~${row.id}`
}

/** @returns null when it is none. */
function placeOf(written: string | undefined): AuditPlace | undefined | null {
  if (written === undefined) return undefined
  const [date = '', id = ''] = written.split('~')
  const loggedAt = timeOf(date)
  return loggedAt === undefined || loggedAt === null || id === '' ? null : { loggedAt, id }
}

function timeOf(written: string | undefined): Date | undefined | null {
  if (written === undefined) return undefined
  return timeOrDayWritten(written) ?? null
}
