import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Sql } from '../database/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { MAX_OFFSET, oneOf } from '../http/index.ts'
import type { CallRecordSearch } from './search-call-records.ts'
import { searchPeriod } from './search-period.ts'

const text = Type.Optional(Type.String({ maxLength: 64 }))
const FLAGS = ['MISSED', 'VOICEMAIL', 'FORWARDED', 'BUSY', 'ANSWERED', 'OTHER', 'PICKUP', 'PICKED_UP'] as const
const CATEGORIES = [
  'OffNet', 'OnNet', 'DirectoryAssistance', 'Emergency', 'Operator', 'PhoneSupport', 'TeleRelayService', 'NonEmergencyServices', 'Other', 'PublicServices', 'NotResolved',
  'EmergencyServicesVerification',
] // prettier-ignore
const MAX_RESULT = 1000
/** Repeated in the query, or once. */
const several = (values: readonly string[]) => Type.Optional(Type.Union([Type.Array(oneOf(values)), oneOf(values)]))

/** What a search for call records can ask for (public-spec section 13). */
export const CallRecordQuery = Type.Object({
  startDate: text,
  endDate: text,
  startTime: text,
  endTime: text,
  callType: several(['INBOUND', 'OUTBOUND']),
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
})
export type CallRecordQuery = Static<typeof CallRecordQuery>

/** From the words of the query to a search; its days are those of the account. */
export async function searchOf(sql: Sql, scope: AccountScope, query: CallRecordQuery): Promise<Result<CallRecordSearch, ApiFailure>> {
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
  const directions = listOf(query.callType)
  return ok({
    ...period.value,
    // Both are all.
    direction: directions?.length === 1 ? (directions[0] as CallRecordSearch['direction']) : undefined,
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
}

function listOf(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? [value] : value
}
