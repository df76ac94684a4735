import { err, ok, type Result } from '@dialtone/foundation'
import type { CallRecord, DescribedCall } from '@dialtone/softswitch'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'

/** A call of the account that goes on: that of another one does not exist here. */
export async function findLiveCall(context: Context, { accountId }: AccountScope, id: string): Promise<Result<CallRecord, ApiFailure>> {
  const records = await context.calls.callsOf(accountId)
  const record = records.find(({ sessionId }) => sessionId === id)
  return record === undefined ? err(entityNotFound('Call', id)) : ok(record)
}

/** A call the account takes part in, or took part in. */
export async function findCallTrace(context: Context, { accountId }: AccountScope, id: string): Promise<Result<DescribedCall, ApiFailure>> {
  const call = await context.calls.describe(id)
  return call?.accountIds.includes(accountId) === true ? ok(call) : err(entityNotFound('Call', id))
}
