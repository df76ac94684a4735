import type { RecordingPolicy, RecordingRule } from '@dialtone/call-routing'
import { isCalledBack } from '../emergency/is-called-back.ts'
import type { CallContext } from './call-context.ts'
import type { CallSide } from './state/call-event.ts'
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

/** Somebody calls back whoever dialed 911 lately: nothing is said to a PSAP before it can speak. */
export function isFromPsap({ state, needs }: CallContext): boolean {
  const nowMs = needs.clock.nowMs()
  return state.origin.kind === 'carrier' && state.accounts.some(({ calledNumber }) => isCalledBack(needs, calledNumber, nowMs))
}

/** The account whose recording a side may start and stop by keys, if there is one; never of calls for help and back. */
export function accountOfKeys(call: CallContext, side: CallSide): AccountView | undefined {
  const { state } = call
  const party = partyOf(state, side)
  const account = state.accounts.find(({ accountId }) => accountId === party?.accountId)
  if (party?.kind !== 'line' || account === undefined || state.emergency !== undefined) return undefined
  const wanted = recordingRule(call, account)
  const mayPress = wanted?.policy.takesKeys === true || wanted?.rule === 'ON_DEMAND'
  return mayPress && !isFromPsap(call) ? account : undefined
}
