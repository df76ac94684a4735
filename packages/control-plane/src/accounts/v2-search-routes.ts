import { err, ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound, fieldRequired, invalidField } from '../failures/index.ts'
import { accountOperation, FileProblem, MAX_OFFSET, oneOf, openOperation, type Operation, partitionOperation } from '../http/index.ts'
import { jobView, JobView, startJob } from '../jobs/index.ts'
import { frequentlyAccessed, recentlyAccessed } from './account-access.ts'
import { AccountHistoryResults, HISTORY_TYPES, searchHistory } from './account-history.ts'
import { AccountSummaryView } from './account-summary.ts'
import { searchAccounts } from './search-accounts.ts'
import { changeStatus, readStatusChanges, statusChangeTemplate } from './status-change-file.ts'
import { statusChangeWorker } from './status-change-worker.ts'
import { takenProperty } from './unique-properties.ts'

const COLLECTION = '/v2/partition/:partitionId/account'
const TAG = 'Account'
const CSV = 'text/csv; charset=utf-8'
const MAX_RESULT = 1000
/** What is changed while the caller waits; longer files are jobs. */
const MAX_SYNCHRONOUS_LINES = 1000
const date = Type.Optional(Type.String({ maxLength: 32 }))
const historyQuery = {
  accountHistoryType: Type.Optional(Type.Union([Type.Array(oneOf(HISTORY_TYPES)), oneOf(HISTORY_TYPES)])),
  startDate: date,
  endDate: date,
  firstResultIndex: Type.Integer({ minimum: 0, maximum: MAX_OFFSET, default: 0 }),
  maxResult: Type.Integer({ minimum: 1, maximum: MAX_RESULT, default: 20 }),
}
const text = Type.Optional(Type.String({ minLength: 1, maxLength: 256 }))

export const accountSearchOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/search`,
    tag: TAG,
    summary: 'Find accounts by any part of their number, name, a telephone number, an e-mail or a MAC address',
    requires: { permission: 'Account', level: 'READ' },
    query: Type.Object({ q: Type.Optional(Type.String({ maxLength: 256, description: 'Nothing is found by nothing' })) }),
    responses: { 200: Type.Array(AccountSummaryView) },
    handle: async (context, { scope, query }) => ok({ status: 200, body: await searchAccounts(context, scope, query.q ?? '') }),
  }),
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/frequentlyaccessed`,
    tag: TAG,
    summary: 'The ten accounts that are opened most often, by anybody',
    requires: { permission: 'Account', level: 'READ' },
    responses: { 200: Type.Array(AccountSummaryView) },
    handle: async (context, { scope }) => ok({ status: 200, body: await frequentlyAccessed(context, scope) }),
  }),
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/recentlyaccessed`,
    tag: TAG,
    summary: 'The ten accounts that the caller opened last, within seven days',
    requires: { permission: 'Account', level: 'READ' },
    responses: { 200: Type.Array(AccountSummaryView) },
    handle: async (context, { principal, scope }) => ok({ status: 200, body: await recentlyAccessed(context, principal, scope) }),
  }),
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/validateproperties`,
    tag: TAG,
    summary: 'Whether values that have to be unique are free',
    requires: { permission: 'Account', level: 'READ' },
    query: Type.Object({ accountnumber: text, macaddress: text, sipusername: text, username: text }),
    responses: { 200: Type.Boolean() },
    handle: async (context, { scope, query }) => {
      const { accountnumber, macaddress, sipusername, username } = query
      // Who misspells the name of one would be told that his value is free.
      if ([accountnumber, macaddress, sipusername, username].every((value) => value === undefined)) return err(fieldRequired('accountnumber'))
      const taken = await takenProperty(context.database.sql, scope, query)
      return taken === undefined ? ok({ status: 200, body: true }) : err(taken)
    },
  }),
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/accounthistorysearch`,
    tag: TAG,
    summary: 'What happened on the account of a number, newest first',
    requires: { permission: 'AccountHistory', level: 'READ' },
    query: Type.Object({ accountNumber: Type.String({ minLength: 1, maxLength: 256 }), ...historyQuery }),
    responses: { 200: AccountHistoryResults },
    handle: async (context, { scope, query }) => {
      // A number can be given out again; the account that has it now, or had it last, is meant.
      const account = await context.database.sql
        .selectFrom('account')
        .select('id')
        .where('partition_id', '=', scope.partitionId)
        .where('account_number', '=', query.accountNumber)
        .orderBy((row) => row.case().when('status', '=', 'DELETED').then(1).else(0).end())
        .orderBy('created_at', 'desc')
        .limit(1)
        .executeTakeFirst()
      return account === undefined ? err(entityNotFound('Account', query.accountNumber)) : history(context, { ...scope, accountId: account.id }, query)
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${COLLECTION}/:accountId/accounthistorysearch`,
    tag: TAG,
    summary: 'What happened on an account, newest first',
    requires: { permission: 'EU_History', level: 'READ' },
    query: Type.Object(historyQuery),
    responses: { 200: AccountHistoryResults },
    handle: (context, { scope, query }) => history(context, scope, query),
  }),
  partitionOperation({
    method: 'POST',
    path: `${COLLECTION}/bulkstatuschange_2`,
    tag: TAG,
    summary: 'Change the status of many accounts by an uploaded CSV file, as a job',
    requires: { permission: 'AccountBulkStatuses', level: 'EDIT' },
    body: Type.Object({ key: Type.String({ minLength: 1, maxLength: 256 }) }),
    responses: { 200: JobView, 202: JobView },
    handle: async (context, { principal, scope, body }) => {
      const job = await startJob(context, principal, scope, { name: 'Account status change', work: statusChangeWorker.name, inputKey: body.key })
      return job.ok ? ok({ status: 202, body: jobView(job.value) }) : job
    },
  }),
  partitionOperation({
    method: 'POST',
    path: `${COLLECTION}/bulkstatuschange`,
    tag: TAG,
    summary: 'Change the status of up to a thousand accounts by a CSV file; the lines that did not succeed come back',
    requires: { permission: 'AccountBulkStatuses', level: 'EDIT' },
    takesForm: true,
    body: Type.Object({ file: Type.String({ maxLength: 1_000_000 }) }),
    responses: { 200: Type.Array(FileProblem) },
    handle: async (context, { principal, scope, body }) => {
      const { changes, problems } = await readStatusChanges(body.file)
      if (changes.length > MAX_SYNCHRONOUS_LINES)
        return err(invalidField('file', 'has too many lines', `at most ${MAX_SYNCHRONOUS_LINES}; longer files are jobs`))
      const refused = [...problems]
      for (const change of changes) {
        const problem = await changeStatus(context, principal, scope, change)
        if (problem !== undefined) refused.push(problem)
      }
      return ok({ status: 200, body: refused.toSorted((one, other) => one.lineNumber - other.lineNumber) })
    },
  }),
  openOperation({
    method: 'GET',
    path: '/v2/ref/account/bulkstatuschange',
    tag: TAG,
    summary: 'The CSV file of a bulk status change, to be filled in',
    requires: 'signed-in',
    responses: { 200: Type.String() },
    handle: () => Promise.resolve(ok({ status: 200, body: statusChangeTemplate(), contentType: CSV })),
  }),
]

interface HistoryQuery {
  readonly accountHistoryType?: string | readonly string[] | undefined
  readonly startDate?: string | undefined
  readonly endDate?: string | undefined
  readonly firstResultIndex: number
  readonly maxResult: number
}

/** Days are those of the account's own time zone, both ends inclusive (public-spec section 2). */
async function history(context: Context, scope: AccountScope, query: HistoryQuery) {
  const { sql } = context.database
  const account = await sql
    .selectFrom('account')
    .select('time_zone')
    .where('id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  const zone = account?.time_zone ?? 'UTC'
  const from = dayOf('startDate', query.startDate, zone, 0)
  const to = dayOf('endDate', query.endDate, zone, 1)
  if (!from.ok) return from
  if (!to.ok) return to
  if (from.value !== undefined && to.value !== undefined && to.value <= from.value) return err(invalidField('endDate', 'is before startDate', 'the last day'))
  const { accountHistoryType: types, firstResultIndex, maxResult } = query
  const found = await searchHistory(sql, scope, {
    types: typeof types === 'string' ? [types] : types,
    from: from.value,
    to: to.value === undefined ? undefined : new Date(to.value.getTime() - 1),
    firstResultIndex,
    maxResult,
  })
  return found === undefined ? err(entityNotFound('Account', scope.accountId)) : ok({ status: 200, body: found })
}

function dayOf(field: string, written: string | undefined, timeZone: string, daysAfter: number): Result<Date | undefined, ApiFailure> {
  if (written === undefined) return ok(undefined)
  try {
    // Days alone, or of a time: the other forms of ISO 8601 are taken nowhere in this interface.
    if (!/^\d{4}-\d{2}-\d{2}(T|$)/.test(written)) throw new RangeError(written)
    const day = Temporal.PlainDate.from(written.slice(0, 10), { overflow: 'reject' }).add({ days: daysAfter })
    return ok(new Date(day.toZonedDateTime(timeZone).epochMilliseconds))
  } catch {
    return err(invalidField(field, `"${written}" is no date`, 'yyyy-MM-dd'))
  }
}
