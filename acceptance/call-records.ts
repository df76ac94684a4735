import { expect } from 'vitest'
import { eventually, pause } from './eventually.ts'
import type { Account, CallRecord } from './tenant.ts'

const SETTLES_MS = 700

/**
 * The records of an account made for this test alone: waits for so many, and that no further one comes.
 * @returns them, the oldest first
 */
export async function expectRecords(account: Account, flags: readonly string[]): Promise<readonly CallRecord[]> {
  await eventually(`${flags.length} records`, 10_000, async () => ((await account.callRecords()).length >= flags.length ? true : undefined))
  await pause(SETTLES_MS)
  const records = await account.callRecords()
  expect(records.map((record) => record.callFlagType).toSorted()).toEqual(flags.toSorted())
  return records
}

/** The only record of the account. */
export async function expectOneRecord(account: Account, flag: string): Promise<CallRecord> {
  const [record] = await expectRecords(account, [flag])
  if (record === undefined) throw new Error('no record')
  return record
}

/** The record of the call with this Call-ID; of its forwarded leg when that is said. */
export async function recordOf(account: Account, sipCallId: string, legType?: 'Forward'): Promise<CallRecord> {
  const isMeant = (record: CallRecord) => record.sipCallIds.includes(sipCallId) && (record.legType === 'Forward') === (legType === 'Forward')
  return eventually('the record', 10_000, async () => (await account.callRecords()).find(isMeant))
}
