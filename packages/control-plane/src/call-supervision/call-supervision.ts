import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { type ConfigurationKind, configuredObject, insertObject, listObjects, reviseObject } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'

export const SUPERVISION_MODES = ['LISTEN', 'WHISPER', 'BARGE'] as const
export const SUPERVISION_NOTICES = ['PROMPT', 'TONE'] as const

/** Whether supervisors may listen to calls of the account, how, and how those who talk are told. There is no way of not telling them. */
export interface CallSupervision {
  readonly enabled: boolean
  readonly modes: readonly (typeof SUPERVISION_MODES)[number][]
  readonly notice: (typeof SUPERVISION_NOTICES)[number]
}

/** Nobody listens unless the account says so. */
export const NO_SUPERVISION: CallSupervision = { enabled: false, modes: SUPERVISION_MODES, notice: 'PROMPT' }

const KIND: ConfigurationKind<CallSupervision> = {
  type: 'CALL_SUPERVISION',
  idForm: 'short',
  historyType: 'ACCOUNT',
  eventName: 'call-supervision',
  nameOf: () => 'Call supervision',
  keys: () => ({ 'name:CALL_SUPERVISION': 'call supervision' }),
  limit: 1,
}

export async function readSupervision(context: Context, scope: AccountScope): Promise<CallSupervision> {
  const [row] = await listObjects(context.database.sql, scope, KIND.type, 1)
  return row === undefined ? NO_SUPERVISION : configuredObject<CallSupervision>(row).attributes
}

/** An account has one setting: the first time it comes to be. */
export function changeSupervision(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  wanted: CallSupervision,
): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
    const [row] = await listObjects(change.sql, scope, KIND.type, 1)
    const done = row === undefined ? await insertObject(change, scope, KIND, wanted) : await reviseObject(change, scope, KIND, row.id, () => ok(wanted))
    return done.ok ? ok(undefined) : done
  })
}
