import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, MAX_OFFSET, named, oneOf, type Operation } from '../http/index.ts'
import { CallRecordView, callRecordView } from './call-record-view.ts'
import { searchCallRecords } from './search-call-records.ts'
import { searchPeriod } from './search-period.ts'

const text = Type.Optional(Type.String({ maxLength: 64 }))
const FLAGS = ['MISSED', 'VOICEMAIL', 'FORWARDED', 'BUSY', 'ANSWERED', 'OTHER', 'PICKUP', 'PICKED_UP'] as const
const MAX_RESULT = 1000
/** Repeated in the query, or once. */
const several = (values: readonly string[]) => Type.Optional(Type.Union([Type.Array(oneOf(values)), oneOf(values)]))
const CATEGORIES = [
  'OffNet', 'OnNet', 'DirectoryAssistance', 'Emergency', 'Operator', 'PhoneSupport', 'TeleRelayService', 'NonEmergencyServices', 'Other', 'PublicServices', 'NotResolved',
  'EmergencyServicesVerification',
] // prettier-ignore

export const callRecordOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: '/v2/partition/:partitionId/account/:accountId/cdrsearch',
    tag: 'CDRs',
    summary: 'Search the call detail records of an account',
    requires: { permission: 'AccountCallHistory', level: 'READ' },
    query: Type.Object({
      startDate: text,
      endDate: text,
      startTime: text,
      endTime: text,
      callType: Type.Optional(oneOf(['INBOUND', 'OUTBOUND'])),
      callFlagType: several(FLAGS),
      callCategory: several(CATEGORIES),
      dialedNumber: text,
      origNumber: text,
      termNumber: text,
      minCost: Type.Optional(Type.Number({ minimum: 0 })),
      sort: Type.Unsafe<'COST' | 'CALL_LENGTH' | 'DATE'>({ type: 'string', enum: ['COST', 'CALL_LENGTH', 'DATE'], default: 'DATE' }),
      sortOrder: Type.Unsafe<'ASC' | 'DESC'>({ type: 'string', enum: ['ASC', 'DESC'], default: 'DESC' }),
      firstResultIndex: Type.Integer({ minimum: 0, maximum: MAX_OFFSET, default: 0 }),
      maxResult: Type.Integer({ minimum: 1, maximum: MAX_RESULT, default: 20 }),
    }),
    responses: { 200: named('CallDetailRecordSearchResponse', Type.Object({ totalRecords: Type.Integer(), results: Type.Array(CallRecordView) })) },
    handle: async (context, { scope, query }) => {
      const { sql } = context.database
      const account = await sql
        .selectFrom('account')
        .select('time_zone')
        .where('id', '=', scope.accountId)
        .where('partition_id', '=', scope.partitionId)
        .executeTakeFirst()
      if (account === undefined) return err(entityNotFound('Account', scope.accountId))
      const { startDate, endDate, startTime, endTime } = query
      const period = searchPeriod({ startDate, endDate, startTime, endTime }, account.time_zone)
      if (!period.ok) return period
      const found = await searchCallRecords(sql, scope, {
        ...period.value,
        direction: query.callType,
        flags: listOf(query.callFlagType),
        categories: listOf(query.callCategory),
        dialedNumber: query.dialedNumber,
        origNumber: query.origNumber,
        termNumber: query.termNumber,
        minCost: query.minCost,
        sort: query.sort,
        descending: query.sortOrder === 'DESC',
        firstResultIndex: query.firstResultIndex,
        maxResult: query.maxResult,
      })
      return ok({ status: 200, body: { totalRecords: found.totalRecords, results: found.rows.map(callRecordView) } })
    },
  }),
]

function listOf(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? [value] : value
}
