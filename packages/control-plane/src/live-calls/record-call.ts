import { err, ok, type Result } from '@dialtone/foundation'
import type { RecordOrder } from '@dialtone/softswitch'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import { commandFailure } from './command-failure.ts'
import { findLiveCall } from './find-call.ts'

export interface RecordCommand {
  readonly callId: string
  readonly action: RecordOrder['action']
}

/** Starts, pauses, resumes or ends the recording of a call. Who asked is written down before anything happens, also when nothing does. */
export async function recordCall(context: Context, principal: Principal, scope: AccountScope, command: RecordCommand): Promise<Result<void, ApiFailure>> {
  const { action } = command
  const call = await findLiveCall(context, scope, command.callId)
  if (!call.ok) return call
  const { sessionId } = call.value
  const { accountId, partitionId } = scope
  const audited = await write(context, actorOf(principal), (change) => {
    change.emit({
      type: 'call.recording',
      partitionId,
      accountId,
      data: { callId: sessionId, action },
      history: { type: 'ACCOUNT', action: 'CREATE', newValue: { action }, referenceType: 'CALL', referenceId: sessionId, referenceName: 'Recording' },
    })
    return Promise.resolve(ok(undefined))
  })
  if (!audited.ok) return audited
  const result = await context.calls.record({ accountId, sessionId, action })
  return result === 'done' ? ok(undefined) : err(commandFailure(result, sessionId))
}
