import { ok } from '@dialtone/foundation'
import type { CallRecord } from '@dialtone/softswitch'
import { SYSTEM_ACTOR } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import { type Write, write } from '../events/index.ts'
import { notifyOfCall } from '../emergency-notifications/index.ts'
import { referenceOf } from './call-reference.ts'
import { chargeCall } from './charge-call.ts'

/**
 * Takes finished calls into the database: record, charge, minutes and event in one transaction a call (S0-52).
 * Safe to repeat: a record that is already there changes nothing, so no call is charged twice.
 */
export async function storeCallRecords(context: Context, records: readonly CallRecord[]): Promise<void> {
  for (const record of records) {
    await write(context, SYSTEM_ACTOR, async (change) => {
      await storeOne(change, withoutNul(record), context.clock.aheadMs ?? 0)
      return ok(undefined)
    })
  }
}

/** @param aheadMs how far the business clock runs ahead of the one that timed the call. */
async function storeOne(change: Write, record: CallRecord, aheadMs: number): Promise<void> {
  const known = await change.sql.selectFrom('call_record').select('id').where('id', '=', record.id).executeTakeFirst()
  if (known !== undefined) return
  // A record of an account that was removed meanwhile has no place to go; the journal must not be held up by it.
  if (!(await keepOwner(change.sql, record))) return
  const endedAtMs = record.endedAtMs ?? record.startedAtMs
  const answeredSeconds = record.answeredAtMs === undefined ? 0 : Math.max(0, (endedAtMs - record.answeredAtMs) / 1000)
  const reference = await referenceOf(change.sql, record)
  const trunkInbound = record.direction === 'INBOUND' && reference?.type === 'SIP_TRUNK'
  const startedAt = new Date(record.startedAtMs + aheadMs)
  const rated = await chargeCall(change.sql, record, answeredSeconds, { trunkInbound, startedAt, now: change.now })
  const { charge } = rated
  await change.sql
    .insertInto('call_record')
    .values({
      id: record.id,
      partition_id: record.partitionId,
      account_id: record.accountId,
      session_id: record.sessionId,
      started_at: new Date(record.startedAtMs),
      answered_at: record.answeredAtMs === undefined ? null : new Date(record.answeredAtMs),
      ended_at: new Date(endedAtMs),
      direction: record.direction,
      dialed_number: record.dialedNumber,
      calling_number: record.callingNumber,
      called_number: record.calledNumber,
      orig_category: record.origCategory,
      term_category: record.termCategory,
      disposition: record.disposition,
      reference_id: reference?.id ?? null,
      reference_type: reference?.type ?? null,
      answered_seconds: Math.round(answeredSeconds),
      billed_seconds: charge.billedSeconds,
      cost: charge.cost,
      rating: JSON.stringify({
        ...charge,
        local: rated.local,
        callingPlanProductId: rated.callingPlanProductId,
        callingPlanProductName: rated.callingPlanProductName,
      }),
      record: JSON.stringify(record),
      created_at: change.now,
    })
    .execute()
  await tellEmergencyContacts(change, record)
  change.emit({
    type: record.answeredAtMs === undefined ? 'call.missed' : 'call.completed',
    partitionId: record.partitionId,
    accountId: record.accountId,
    data: {
      callId: record.sessionId,
      recordId: record.id,
      direction: record.direction.toLowerCase(),
      from: record.callingNumber,
      to: record.calledNumber,
      duration: Math.round(answeredSeconds),
      status: record.disposition,
      ...(record.answeredAtMs === undefined ? {} : { answeredAt: new Date(record.answeredAtMs).toISOString() }),
      endedAt: new Date(endedAtMs).toISOString(),
      ...(reference?.type === 'END_USER' ? { userId: reference.id } : {}),
    },
  })
}

/** Whether the account is there, and holds it there: first of all, for who removes it locks it before its plans. */
async function keepOwner(sql: Transaction, { accountId, partitionId }: CallRecord): Promise<boolean> {
  const accounts = sql.selectFrom('account').select('id').where('id', '=', accountId).where('partition_id', '=', partitionId)
  return (await accounts.forKeyShare().executeTakeFirst()) !== undefined
}

/** Of the characters that SIP lets one dial (RFC 4475 3.1.1.1 has `null-%00-null`), the only one that PostgreSQL cannot store. */
function withoutNul(record: CallRecord): CallRecord {
  const text = JSON.stringify(record)
  if (!text.includes('\\u0000')) return record
  return JSON.parse(text, (_key, value: unknown) => (typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value)) as CallRecord
}

/** Normally they know since the call began; a crash in between must not leave them untold (S0-77). */
async function tellEmergencyContacts(change: Write, record: CallRecord): Promise<void> {
  const { emergency, termCategory } = record
  if (record.direction === 'INBOUND' || (termCategory !== 'Emergency' && termCategory !== 'EmergencyServicesVerification')) return
  await notifyOfCall(change, {
    partitionId: record.partitionId,
    accountId: record.accountId,
    callId: record.id,
    triggerType: termCategory === 'Emergency' ? 'EMERGENCY_CALL' : 'EMERGENCY_TEST_CALL',
    callerNumber: record.callingNumber,
    callerName: record.callingName,
    callbackNumber: emergency?.callbackNumber,
    lineId: record.callingLineId,
    location: emergency?.location,
    atMs: record.startedAtMs,
  })
}
