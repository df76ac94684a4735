import type { MediaReport } from '@dialtone/media'
import { answeredAtOf } from '../calls/state/late-legs.ts'
import type { AccountView, CallState } from '../calls/state/call-state.ts'
import type { ForwardView } from '../calls/state/forward-view.ts'
import type { CallDirection, CallRecord, FaxFacts } from '../ports/call-record.ts'

/** Dialed digits up to this length are an extension or a service code, when nothing better is known of them (S1-30: 3 to 6). */
const LONGEST_EXTENSION = 6

/**
 * The records of a call, one an account (S0-52, C-63), from what its events have made of it so far. Pure: the same call
 * always gives the same records, whether it still runs or has ended.
 */
export function buildCallRecords(call: CallState, mediaReport?: MediaReport): readonly CallRecord[] {
  const own = call.transfer.recordsMoved ? [] : buildOwnRecords(call, mediaReport)
  const { caller, callee } = call.transfer.guests
  if (caller === undefined && callee === undefined) return own
  const carried = [...(caller?.records ?? []), ...(callee?.records ?? [])]
  return [...own, ...carried.map((record) => carriedOn(call, record))]
}

/** The records of the accounts that take part in this call from its beginning, wherever they are to be closed. */
export function buildOwnRecords(call: CallState, mediaReport?: MediaReport): readonly CallRecord[] {
  const records = call.accounts.map((account) => buildRecord(call, account, mediaReport))
  return call.forwards === undefined ? records : [...records, ...call.forwards.map((forward) => buildForwardRecord(call, forward, mediaReport))]
}

/** A record that came with a leg from the call it was answered in: it ends when the leg does. */
function carriedOn(call: CallState, record: CallRecord): CallRecord {
  const endedAtMs = endOf(call)
  if (call.outcome === undefined) return endedAtMs === undefined || record.endedAtMs !== undefined ? record : { ...record, endedAtMs }
  const { hangupBy, code: reasonCode } = call.outcome
  // A leg that nobody answered ended long before, and is closed with the others.
  if (record.endedAtMs !== undefined) return { ...record, hangupBy: call.talkEnded?.hangupBy ?? hangupBy }
  return { ...record, endedAtMs, disposition: 'ANSWERED', sipStatusCode: 200, hangupBy: call.talkEnded?.hangupBy ?? hangupBy, reasonCode }
}

/** The legs of the call may be over while others who joined it talk on. */
function endOf(call: CallState): number | undefined {
  return call.talkEnded?.atMs ?? call.endedAtMs
}

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] }

function buildRecord(call: CallState, account: AccountView, mediaReport: MediaReport | undefined): CallRecord {
  const { origin, outcome, emergency } = call
  const { ended } = account
  const record: Writable<CallRecord> = {
    id: account.recordId,
    sessionId: call.sessionId,
    partitionId: account.partitionId,
    accountId: account.accountId,
    legType: account.role === 'origin' ? 'Origination' : 'Termination',
    direction: directionOf(call, account),
    startedAtMs: account.startedAtMs,
    ringingAtMs: account.ringingAtMs,
    answeredAtMs: ended === undefined ? answeredAtOf(call, account) : undefined,
    endedAtMs: ended?.atMs ?? endOf(call),
    dialedNumber: origin.dialed,
    callingNumber: account.caller?.number ?? origin.number,
    callingName: account.caller?.name ?? origin.name,
    calledNumber: account.calledNumber,
    callingUserId: account.role === 'origin' && origin.kind === 'line' ? origin.userId : undefined,
    callingLineId: account.role === 'origin' && origin.kind === 'line' && origin.lineId !== '' ? origin.lineId : undefined,
    calledUserId: account.calledUserId,
    calledLineId: account.calledLineId,
    carrierId: account.carrierId ?? (origin.kind === 'carrier' ? origin.carrierId : undefined),
    origCategory: origin.kind === 'carrier' ? 'OffNet' : 'OnNet',
    termCategory: account.category,
    disposition: ended?.disposition ?? outcome?.disposition ?? 'IN_PROGRESS',
    hangupBy: call.talkEnded?.hangupBy ?? outcome?.hangupBy,
    sipStatusCode: ended?.statusCode ?? outcome?.statusCode ?? (call.answeredAtMs === undefined ? 0 : 200),
    sipCallIds: call.sipCallIds,
  }
  // A spread for each of these would cost more than the rest of the record.
  const reasonCode = ended?.code ?? outcome?.code
  if (reasonCode !== undefined) record.reasonCode = reasonCode
  if (account.forwardedTo !== undefined) record.forwardedTo = account.forwardedTo
  if (account.authorization !== undefined) record.authorization = account.authorization
  if (account.pickup !== undefined) record.pickup = account.pickup
  const fax = faxOf(call, account)
  if (fax !== undefined) record.fax = fax
  if (mediaReport !== undefined) record.mediaReport = mediaReport
  if (emergency !== undefined) record.emergency = { callbackNumber: emergency.callbackNumber, location: emergency.location }
  return record
}

/** Where both ends of a fax are ours, whoever called has what was sent, and whoever was called what came of it. */
function faxOf({ fax }: CallState, { role }: AccountView): FaxFacts | undefined {
  return role === 'origin' ? (fax?.sent ?? fax?.received) : (fax?.received ?? fax?.sent)
}

/** A leg that was sent on is an outbound call of whoever sent it. */
function buildForwardRecord(call: CallState, forward: ForwardView, mediaReport: MediaReport | undefined): CallRecord {
  const { calledNumber: dialedNumber, carrierId, by } = forward
  const sent = { legType: 'Forward', direction: 'OUTBOUND', dialedNumber, carrierId, callingUserId: by.userId, callingLineId: by.lineId } as const
  return { ...buildRecord(call, forward, mediaReport), ...sent, forwarding: { userId: by.userId, number: by.number, reason: by.reason } }
}

function directionOf(call: CallState, account: AccountView): CallDirection {
  if (account.role === 'destination') return 'INBOUND'
  if (account.destination === 'own') return 'INTERNAL'
  if (account.destination !== 'none') return 'OUTBOUND'
  return call.origin.dialed.length <= LONGEST_EXTENSION ? 'INTERNAL' : 'OUTBOUND'
}
