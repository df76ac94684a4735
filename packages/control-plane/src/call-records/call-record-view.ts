import Type, { type Static } from 'typebox'
import type { CallRecord } from '@dialtone/softswitch'
import { named } from '../http/index.ts'
import { type CallRecordRow, DISPOSITIONS_OF_FLAG } from './search-call-records.ts'

const text = Type.Optional(Type.String())

/** Members of the published call detail record (public-spec section 13) that this version knows, and `disposition`, `direction` beside them. */
export const CallRecordView = named(
  'CallDetailRecord',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    acctId: Type.String(),
    sessionId: Type.String(),
    legType: Type.String(),
    startTime: Type.String(),
    connectTime: text,
    endTime: Type.String(),
    createdDate: Type.String(),
    actualCallLengthSeconds: Type.Integer(),
    billCallLengthSeconds: Type.Integer(),
    ratePerMinute: Type.Number(),
    cost: Type.Number(),
    inPlan: Type.Boolean(),
    local: Type.Boolean(),
    rateType: Type.String(),
    callingPlanProductId: text,
    callingPlanProductName: text,
    dialedNumber: Type.String(),
    origNumber: Type.String(),
    origCnam: text,
    origCallCategory: Type.String(),
    termNumber: Type.String(),
    termCallCategory: Type.String(),
    callType: Type.String(),
    callFlagType: Type.String(),
    disconnectType: Type.String(),
    direction: Type.String(),
    disposition: Type.String(),
    sipStatusCode: Type.Integer(),
    hangupBy: text,
    referenceId: text,
    referenceType: text,
    sipCallIds: Type.Array(Type.String()),
  }),
)

/** The published words for how a call ended. */
const DISCONNECT_TYPES: Readonly<Record<CallRecord['disposition'], string>> = {
  ANSWERED: 'HangUp',
  BUSY: 'Busy',
  NO_ANSWER: 'NoAnswer',
  CANCELLED: 'Cancelled',
  DECLINED: 'Rejected',
  UNREGISTERED: 'Unregistered',
  UNKNOWN_NUMBER: 'NotFound',
  FAILED: 'Error',
  REJECTED: 'Unauthorized',
  IN_PROGRESS: 'Other',
}

export function callRecordView(row: CallRecordRow): Static<typeof CallRecordView> {
  const record = row.record as unknown as CallRecord
  const rating = row.rating as {
    rateType: string
    ratePerMinute: string
    inPlan: boolean
    local?: boolean
    callingPlanProductId?: string
    callingPlanProductName?: string
  }
  return {
    id: row.id,
    partitionId: row.partition_id,
    accountId: row.account_id,
    acctId: row.account_id,
    sessionId: row.session_id,
    legType: record.legType,
    startTime: row.started_at.toISOString(),
    ...(row.answered_at === null ? {} : { connectTime: row.answered_at.toISOString() }),
    endTime: row.ended_at.toISOString(),
    createdDate: row.created_at.toISOString(),
    actualCallLengthSeconds: row.answered_seconds,
    billCallLengthSeconds: row.billed_seconds,
    ratePerMinute: Number(rating.ratePerMinute),
    cost: Number(row.cost),
    inPlan: rating.inPlan,
    local: rating.local === true,
    rateType: rating.rateType,
    ...(rating.callingPlanProductId === undefined ? {} : { callingPlanProductId: rating.callingPlanProductId }),
    ...(rating.callingPlanProductName === undefined ? {} : { callingPlanProductName: rating.callingPlanProductName }),
    dialedNumber: row.dialed_number,
    origNumber: row.calling_number,
    ...(record.callingName === '' ? {} : { origCnam: record.callingName }),
    origCallCategory: row.orig_category,
    termNumber: row.called_number,
    termCallCategory: row.term_category,
    callType: row.direction === 'INBOUND' ? 'INBOUND' : 'OUTBOUND',
    callFlagType: Object.entries(DISPOSITIONS_OF_FLAG).find(([, dispositions]) => dispositions.includes(row.disposition))?.[0] ?? 'OTHER',
    disconnectType: row.disposition === 'ANSWERED' && record.hangupBy === 'system' ? 'SystemHangUp' : DISCONNECT_TYPES[record.disposition],
    direction: row.direction,
    disposition: row.disposition,
    sipStatusCode: record.sipStatusCode,
    ...(record.hangupBy === undefined ? {} : { hangupBy: record.hangupBy }),
    ...(row.reference_id === null ? {} : { referenceId: row.reference_id, referenceType: row.reference_type ?? 'END_USER' }),
    sipCallIds: [...record.sipCallIds],
  }
}
