import { err, ok, type Result } from '@dialtone/foundation'
import type { SuperviseOrder } from '@dialtone/softswitch'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { findCaller } from '../routing-explanations/index.ts'
import { commandFailure } from './command-failure.ts'
import { findLiveCall } from './find-call.ts'

export interface SuperviseCommand {
  readonly callId: string
  /** SIP user name, line id, user id or extension of the account. */
  readonly supervisor: string
  readonly mode: SuperviseOrder['mode']
  readonly party: SuperviseOrder['party']
}

/** Lets a supervisor listen to a call of his account. Who asked is written down before anything happens, also when nothing does. */
export async function superviseCall(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  command: SuperviseCommand,
): Promise<Result<string, ApiFailure>> {
  const { mode, party } = command
  const call = await findLiveCall(context, scope, command.callId)
  if (!call.ok) return call
  const supervisor = await findCaller(context, scope, command.supervisor, scope.accountId)
  if (!supervisor.ok) return supervisor
  if (supervisor.value.kind !== 'line' || supervisor.value.accountId !== scope.accountId)
    return err(invalidField('supervisor', `"${command.supervisor}" is nobody of this account`, 'a line or a user of the account', 'UnknownSupervisor'))
  const { sessionId } = call.value
  const { accountId, lineId } = supervisor.value
  const audited = await write(context, actorOf(principal), (change) => {
    change.emit({
      type: 'call.supervised',
      partitionId: scope.partitionId,
      accountId,
      data: { callId: sessionId, mode, supervisorLineId: lineId },
      history: {
        type: 'ACCOUNT',
        action: 'CREATE',
        newValue: { mode, supervisorLineId: lineId },
        referenceType: 'CALL',
        referenceId: sessionId,
        referenceName: 'Supervision',
      },
    })
    return Promise.resolve(ok(undefined))
  })
  if (!audited.ok) return audited
  const { result, sessionId: id = '' } = await context.calls.supervise({ accountId, lineId, sessionId, mode, party })
  return result === 'done' ? ok(id) : err(commandFailure(result, sessionId))
}
