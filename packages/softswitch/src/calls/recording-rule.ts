import type { RecordingPolicy, RecordingRule } from '@dialtone/call-routing'
import type { CallContext } from './call-context.ts'
import type { AccountView } from './state/call-state.ts'
import { partyOf } from './state/transfer-state.ts'

/**
 * What an account wants of a call: what is set for its users, lines, groups, queues and numbers that have to do with it, `NEVER` before `ALWAYS` before
 * `ON_DEMAND`; else what is set for everybody. undefined: nothing was said.
 */
export function recordingRule(
  call: CallContext,
  account: AccountView,
): { readonly rule: RecordingRule | undefined; readonly policy: RecordingPolicy } | undefined {
  const policy = call.needs.directory.snapshotOf(account.accountId)?.services.recording
  if (policy === undefined) return undefined
  const ids = idsOf(call, account)
  const rules = new Set([...ids].flatMap((id) => policy.rules?.get(id) ?? []))
  for (const rule of ['NEVER', 'ALWAYS', 'ON_DEMAND'] as const) if (rules.has(rule)) return { rule, policy }
  const isWanted = policy.userIds === undefined || policy.userIds.some((userId) => ids.has(userId))
  return { rule: isWanted ? 'ALWAYS' : undefined, policy }
}

/** Whoever of the account talks in the call, what it has come through, and the numbers it is known by there. */
function idsOf({ state }: CallContext, { accountId, caller, calledNumber }: AccountView): ReadonlySet<string> {
  const own = (['caller', 'callee'] as const).flatMap((side) => {
    const party = partyOf(state, side)
    return party?.accountId === accountId ? [party.userId, party.lineId] : []
  })
  return new Set([...own, ...(state.through ?? []), calledNumber, caller?.number].filter((id) => id !== undefined))
}
