import type { CallRecord } from '@dialtone/softswitch'
import type { Transaction } from '../database/index.ts'

/** Whose call it was, in the words of the interface. */
export interface CallReference {
  readonly type: 'END_USER' | 'SIP_TRUNK' | 'SPECIALTY_LINE' | 'ACCOUNT'
  readonly id: string
}

/** The user, or else the trunk or specialty line that has no user; other lines call for their account. */
export async function referenceOf(sql: Transaction, record: CallRecord): Promise<CallReference | undefined> {
  const isInbound = record.direction === 'INBOUND'
  const userId = isInbound ? record.calledUserId : record.callingUserId
  if (userId !== undefined) return { type: 'END_USER', id: userId }
  const lineId = isInbound ? record.calledLineId : record.callingLineId
  if (lineId === undefined) return undefined
  const login = await sql.selectFrom('sip_credential').select('owner_type').where('owner_id', '=', lineId).executeTakeFirst()
  const type = login?.owner_type
  return type === 'SIP_TRUNK' || type === 'SPECIALTY_LINE' ? { type, id: lineId } : { type: 'ACCOUNT', id: record.accountId }
}
