import type { CallRecord } from '@dialtone/softswitch'
import { sql as sqlText } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import { chargeCall, type RatedCall } from './charge-call.ts'

/** What of a call decides on its charge. */
export type CallToEstimate = Pick<CallRecord, 'direction' | 'termCategory' | 'callingNumber' | 'calledNumber' | 'callingUserId' | 'callingLineId'> &
  Partial<Pick<CallRecord, 'origCategory'>>

/** What an answered call of so many seconds would cost if it were made now: rated as real ones are, and nothing is taken from the plan. */
export async function estimateCharge(context: Context, scope: AccountScope, call: CallToEstimate, answeredSeconds: number): Promise<RatedCall> {
  const { partitionId, accountId } = scope
  const now = new Date(context.clock.nowMs())
  let rated: RatedCall | undefined
  const estimate = async (sql: Transaction): Promise<never> => {
    rated = await chargeCall(sql, { ...NO_CALL, ...call, partitionId, accountId }, answeredSeconds, { trunkInbound: false, startedAt: now, now })
    throw new TakenBack()
  }
  // Within a unit (an Idempotency-Key, a dry run) it is a part of that one's transaction which is taken back.
  const made = context.unit === undefined ? context.database.sql.transaction().execute(estimate) : takenBack(context.unit.sql, estimate)
  await made.catch((error: unknown) => {
    if (!(error instanceof TakenBack)) throw error
  })
  if (rated === undefined) throw new Error('the estimate was not made')
  return rated
}

async function takenBack(sql: Transaction, estimate: (sql: Transaction) => Promise<never>): Promise<never> {
  await sqlText`SAVEPOINT estimate`.execute(sql)
  try {
    return await estimate(sql)
  } finally {
    await sqlText`ROLLBACK TO SAVEPOINT estimate`.execute(sql)
  }
}

/** Ends the transaction of an estimate: what it took of the plan goes back. */
class TakenBack extends Error {}

const NO_CALL: Omit<CallRecord, Exclude<keyof CallToEstimate, 'origCategory'> | 'partitionId' | 'accountId'> = {
  id: '',
  sessionId: '',
  legType: 'Origination',
  startedAtMs: 0,
  ringingAtMs: undefined,
  answeredAtMs: undefined,
  endedAtMs: undefined,
  dialedNumber: '',
  callingName: '',
  origCategory: 'OnNet',
  disposition: 'IN_PROGRESS',
  hangupBy: undefined,
  sipStatusCode: 0,
  sipCallIds: [],
}
