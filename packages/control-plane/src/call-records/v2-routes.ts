import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import { csvReply } from '../csv/index.ts'
import { accountOperation, named, type Operation } from '../http/index.ts'
import { jobView, JobView, startJob } from '../jobs/index.ts'
import { callRecordCsv, callRecordCsvWorker, MAX_SYNCHRONOUS_ROWS } from './call-record-csv.ts'
import { CallRecordQuery, searchOf } from './call-record-query.ts'
import { CallRecordView, callRecordView } from './call-record-view.ts'
import { surroundingsOf } from './call-surroundings.ts'
import { searchCallRecords } from './search-call-records.ts'

const SEARCH = '/v2/partition/:partitionId/account/:accountId/cdrsearch'
const TAG = 'CDRs'
const requires = { permission: 'AccountCallHistory', level: 'READ' } as const

export const callRecordOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: SEARCH,
    tag: TAG,
    summary: 'Search the call detail records of an account',
    requires,
    query: CallRecordQuery,
    responses: { 200: named('CallDetailRecordSearchResponse', Type.Object({ totalRecords: Type.Integer(), results: Type.Array(CallRecordView) })) },
    handle: async (context, { scope, query }) => {
      const { sql } = context.database
      const search = await searchOf(sql, scope, query)
      if (!search.ok) return search
      const found = await searchCallRecords(sql, scope, search.value)
      const surroundings = await surroundingsOf(sql, scope, found.rows)
      return ok({ status: 200, body: { totalRecords: found.totalRecords, results: found.rows.map((row) => callRecordView(row, surroundings)) } })
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${SEARCH}/csv`,
    tag: TAG,
    summary: 'The first ten thousand call detail records of a search as CSV; more is a job',
    requires,
    query: CallRecordQuery,
    responses: { 200: Type.String() },
    handle: async (context, { scope, query }) => {
      const search = await searchOf(context.database.sql, scope, query)
      if (!search.ok) return search
      return ok(await csvReply(callRecordCsv(context.database.sql, scope, search.value, MAX_SYNCHRONOUS_ROWS)))
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${SEARCH}/csv_2`,
    tag: TAG,
    summary: 'The call detail records of a search as CSV, as a job',
    requires,
    query: CallRecordQuery,
    responses: { 202: JobView },
    handle: async (context, { principal, scope, query }) => {
      const search = await searchOf(context.database.sql, scope, query)
      if (!search.ok) return search
      const job = await startJob(context, principal, scope, { name: 'Call detail records', work: callRecordCsvWorker.name, parameters: { ...query } })
      return job.ok ? ok({ status: 202, body: jobView(job.value) }) : job
    },
  }),
]
