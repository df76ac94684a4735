import type { LastCaller } from '@dialtone/call-routing'
import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { userHappened } from './end-user-events.ts'
import { lockEndUser } from './end-user-queries.ts'
import { userAtPhone } from './user-at-phone.ts'

/** *57: a user wants a call to him on record, for whoever investigates it; the caller's number stands there although he may have hidden it. */
export function putCallOnRecord(context: Context, scope: AccountScope, userId: string, last: LastCaller): Promise<Result<undefined, ApiFailure>> {
  const { sessionId, number, anonymous, atMs } = last
  return write(context, { userId, userName: userId, userType: 'EndUser' }, async (change) => {
    const row = await lockEndUser(change.sql, scope, userId)
    if (row === undefined) return err(entityNotFound('EndUser', userId))
    const newValue = { tracedCall: { sessionId, callingNumber: number, anonymous, startTime: new Date(atMs).toISOString() }, by: actorOf(userAtPhone(row)) }
    change.emit(userHappened(row, 'call.traced', { historyType: 'USER', newValue }))
    return ok(undefined)
  })
}
