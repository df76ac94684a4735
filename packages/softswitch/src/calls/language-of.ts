import type { RoutingSnapshot } from '@dialtone/call-routing'
import { viewAt } from './state/call-state.ts'
import type { CallState } from './state/call-state.ts'
import { partyOf } from './state/transfer-state.ts'

const DEFAULT_LANGUAGE = 'en-US'

/** What an account is spoken to in: a user of its in the user's language, everybody else in the account's. */
export function languageOf(snapshot: Pick<RoutingSnapshot, 'users' | 'language'> | undefined, userId?: string): string {
  const own = userId === undefined ? undefined : snapshot?.users.get(userId)?.language
  return own ?? snapshot?.language ?? DEFAULT_LANGUAGE
}

/**
 * What a caller hears the platform speak: of a box, what its owner chose for its callers. Whoever is a user of the account hears his own language, who
 * calls through a PBX of it that of its trunk, others that of the user they have called, or the account's, as at its menus and queues.
 */
export function languageForCaller(state: CallState, snapshot: RoutingSnapshot | undefined): string {
  const order = state.service?.order
  const boxId = order?.kind === 'voicemail-deposit' || order?.kind === 'voicemail-retrieval' ? order.boxId : undefined
  const box = boxId === undefined ? undefined : snapshot?.services.voicemailBoxes.get(boxId)
  if (box !== undefined) return box.language
  const party = partyOf(state, 'caller')
  const caller = party?.kind === 'line' && party.accountId === snapshot?.accountId ? party : undefined
  const ofTrunk = caller?.lineId === undefined ? undefined : snapshot?.lines.get(caller.lineId)?.trunk?.language
  const called = viewAt(state.accounts, snapshot?.accountId ?? '')?.calledUserId
  return ofTrunk ?? languageOf(snapshot, caller?.userId ?? called)
}
