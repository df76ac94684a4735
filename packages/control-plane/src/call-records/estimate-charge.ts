import type { CallRecord } from '@dialtone/softswitch'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { chargeCall, type RatedCall } from './charge-call.ts'

/** What of a call decides on its charge. */
export type CallToEstimate = Pick<CallRecord, 'direction' | 'termCategory' | 'callingNumber' | 'calledNumber' | 'callingUserId' | 'callingLineId'>

/** What an answered call of so many seconds would cost if it were made now: rated as real ones are, and nothing is taken from the plan. */
export async function estimateCharge(context: Context, scope: AccountScope, call: CallToEstimate, answeredSeconds: number): Promise<RatedCall> {
  const { partitionId, accountId } = scope
  const now = new Date(context.clock.nowMs())
  let rated: RatedCall | undefined
  const estimate = context.database.sql.transaction().execute(async (sql) => {
    rated = await chargeCall(sql, { ...NO_CALL, ...call, partitionId, accountId }, answeredSeconds, { trunkInbound: false, startedAt: now, now })
    throw new TakenBack()
  })
  await estimate.catch((error: unknown) => {
    if (!(error instanceof TakenBack)) throw error
  })
  if (rated === undefined) throw new Error('the estimate was not made')
  return rated
}

/** Ends the transaction of an estimate: what it took of the plan goes back. */
class TakenBack extends Error {}

const NO_CALL: Omit<CallRecord, keyof CallToEstimate | 'partitionId' | 'accountId'> = {
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
