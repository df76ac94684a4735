import Type, { type Static } from 'typebox'
import type { CallRecord } from '@dialtone/softswitch'
import { isNanp, isTollFree } from '@dialtone/numbering'
import { named } from '../http/index.ts'
import type { CallSurroundings, NumberPlace } from './call-surroundings.ts'
import { type CallRecordRow, DISPOSITIONS_OF_FLAG } from './search-call-records.ts'

const text = Type.Optional(Type.String())

const number = Type.Optional(Type.Number())
/** Of calls of trunks, and of faxes; absent on all others. */
const ApplicationData = Type.Object({
  type: text,
  data: Type.Optional(Type.Array(Type.Object({ sipTrunkId: text, burstCallsCount: number, concurrentCallsCount: number }))),
  resolution: text,
  fileSize: number,
  badRows: number,
  mediaInfo: Type.Optional(Type.Object({ type: text, codec: text, bitRate: number, errorCorrectionEnabled: Type.Optional(Type.Boolean()) })),
  totalPageCount: number,
})
/** What the place of a number is known by. */
const place = (who: string) => ({
  [`${who}Location`]: text,
  [`${who}CityName`]: text,
  [`${who}AbbrRCName`]: text,
  [`${who}State`]: text,
  [`${who}Country`]: text,
})

/**
 * The published call detail record (public-spec section 13), and `disposition`, `direction` beside it. What nothing here measures
 * yet (attestation, opinion scores, pick-ups) is absent.
 */
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
    /** Why it ended so, in the codes of docs/errors.md. */
    reasonCode: text,
    sipStatusCode: Type.Integer(),
    hangupBy: text,
    referenceId: text,
    referenceType: text,
    referenceName: text,
    sipCallIds: Type.Array(Type.String()),
    ...place('orig'),
    origCarrier: text,
    identityAttestLevel: text,
    identityOriginationId: text,
    identitySignOrganization: text,
    identitySignSPCode: text,
    verstat: text,
    verstatReason: text,
    correlationData: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
    accountCode: text,
    ...place('term'),
    termCarrier: text,
    termCnam: text,
    forwardingNumber: text,
    ...place('forwardingNumber'),
    forwardingCnam: text,
    mediaServerType: text,
    metroServiceArea: text,
    rateLocalFromNumber: text,
    serviceType: Type.String(),
    accountBillableNumber: text,
    ...place('accountBillable'),
    accountNumber: text,
    accountCustomField: text,
    partitionBillingCode: text,
    accountBillingCycleDay: Type.Optional(Type.Integer()),
    accountTimeZone: text,
    meanOpinionScoreAverage: number,
    meanOpinionScores: Type.Optional(Type.Record(Type.String(), Type.Number())),
    callPickupFromId: text,
    callPickupById: text,
    applicationData: Type.Optional(ApplicationData),
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

export function callRecordView(row: CallRecordRow, surroundings: CallSurroundings): Static<typeof CallRecordView> {
  const { account, nameOf, placeOf, cnamOf } = surroundings
  const record = row.record as unknown as CallRecord
  const rating = row.rating as {
    rateType: string
    ratePerMinute: string
    inPlan: boolean
    local?: boolean
    callingPlanProductId?: string
    callingPlanProductName?: string
  }
  const billable = row.direction === 'INBOUND' ? row.called_number : row.calling_number
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
    callFlagType: flagOf(row, record),
    disconnectType: disconnectTypeOf(record),
    direction: row.direction,
    disposition: row.disposition,
    ...(record.reasonCode === undefined ? {} : { reasonCode: record.reasonCode }),
    ...(record.pickup?.byId === undefined ? {} : { callPickupById: record.pickup.byId }),
    ...(record.pickup?.fromId === undefined ? {} : { callPickupFromId: record.pickup.fromId }),
    ...(record.fax === undefined ? {} : { applicationData: faxDataOf(record.fax) }),
    sipStatusCode: record.sipStatusCode,
    ...(record.hangupBy === undefined ? {} : { hangupBy: record.hangupBy }),
    ...(row.reference_id === null ? {} : { referenceId: row.reference_id, referenceType: row.reference_type ?? 'END_USER' }),
    sipCallIds: [...record.sipCallIds],
    ...(row.reference_id === null ? {} : referenceName(nameOf(row.reference_id))),
    ...placed('orig', placeOf(row.calling_number)),
    ...placed('term', placeOf(row.called_number)),
    ...cnam('termCnam', cnamOf(row.called_number)),
    ...forwardingOf(record, surroundings),
    ...placed('accountBillable', placeOf(billable)),
    ...(record.carrierId === undefined ? {} : { [row.direction === 'INBOUND' ? 'origCarrier' : 'termCarrier']: record.carrierId }),
    ...(rating.local === true ? { rateLocalFromNumber: row.calling_number } : {}),
    serviceType: serviceTypeOf(row, placeOf),
    accountBillableNumber: billable,
    ...account,
  }
}

function flagOf(row: CallRecordRow, { forwardedTo }: CallRecord): string {
  if (forwardedTo !== undefined) return 'FORWARDED'
  return Object.entries(DISPOSITIONS_OF_FLAG).find(([, dispositions]) => dispositions.includes(row.disposition))?.[0] ?? 'OTHER'
}

/** What the platform found out itself says more than the disposition. */
const DISCONNECT_TYPES_OF_REASON: Readonly<Record<string, string>> = {
  NoCarrier: 'NetworkBusy',
  NoPortsLeft: 'Capacity',
  TooManyCalls: 'Capacity',
  TrunkFull: 'Capacity',
}

function disconnectTypeOf({ disposition, hangupBy, forwardedTo, reasonCode = '' }: CallRecord): string {
  if (forwardedTo !== undefined) return 'Forward'
  if (disposition === 'ANSWERED' && hangupBy === 'system') return 'SystemHangUp'
  return DISCONNECT_TYPES_OF_REASON[reasonCode] ?? DISCONNECT_TYPES[disposition]
}

/** The words of the published record for what became of a fax. */
function faxDataOf(fax: NonNullable<CallRecord['fax']>): Static<typeof ApplicationData> {
  const { code, pageCount, badRows, sizeBytes, resolution } = fax
  if (pageCount === 0) return { type: 'vfax-setup-failure' }
  return {
    type: code === 'Completed' ? 'vfax-success' : 'vfax-failure',
    ...(resolution === undefined ? {} : { resolution }),
    ...{ fileSize: sizeBytes, badRows, totalPageCount: pageCount, mediaInfo: mediaInfoOf(fax) },
  }
}

/** By sound: the modem's rate. */
function mediaInfoOf({ isSound, bitRate, hasCorrection }: NonNullable<CallRecord['fax']>): NonNullable<Static<typeof ApplicationData>['mediaInfo']> {
  const carriage = isSound ? { type: 'audio', codec: 'G711', ...(bitRate === undefined ? {} : { bitRate }) } : { type: 't38' }
  return { ...carriage, errorCorrectionEnabled: hasCorrection }
}

/** Who sent the call on, of the record of the leg that was sent. */
function forwardingOf({ forwarding }: CallRecord, { placeOf, cnamOf }: CallSurroundings) {
  if (forwarding === undefined) return {}
  const { number: sentOnFrom } = forwarding
  return { forwardingNumber: sentOnFrom, ...placed('forwardingNumber', placeOf(sentOnFrom)), ...cnam('forwardingCnam', cnamOf(sentOnFrom)) }
}

function cnam(field: 'termCnam' | 'forwardingCnam', name: string | undefined) {
  return name === undefined ? {} : { [field]: name }
}

function referenceName(name: string | undefined) {
  return name === undefined ? {} : { referenceName: name }
}

function placed(who: string, where: NumberPlace | undefined) {
  if (where === undefined) return {}
  const { rateCenter, state, country } = where
  const center = rateCenter === undefined ? {} : { [`${who}CityName`]: rateCenter, [`${who}AbbrRCName`]: rateCenter }
  return {
    [`${who}Location`]: rateCenter === undefined ? state : `${rateCenter}, ${state}`,
    ...center,
    [`${who}State`]: state,
    [`${who}Country`]: country,
  }
}

/** Within or between states where both are known. */
function serviceTypeOf(row: CallRecordRow, placeOf: CallSurroundings['placeOf']): string {
  if (row.direction === 'INTERNAL') return 'NOT_APPLICABLE'
  if (!/^\d{10,}$/.test(row.called_number)) return 'NOT_APPLICABLE'
  if (isTollFree(row.called_number)) return 'TOLL_FREE'
  if (!isNanp(row.called_number)) return 'INTERNATIONAL'
  const [from, to] = [placeOf(row.calling_number), placeOf(row.called_number)]
  if (from === undefined || to === undefined) return 'UNKNOWN'
  return from.state === to.state ? 'INTRASTATE' : 'INTERSTATE'
}
