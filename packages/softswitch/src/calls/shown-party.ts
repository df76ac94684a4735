import type { SwitchDirectory } from '../ports/switch-directory.ts'
import type { Party } from './state/transfer-state.ts'

/** A party with the name its account knows it by: a called line has told us its number only. */
export function shownParty(needs: { readonly directory: Pick<SwitchDirectory, 'snapshotOf'> }, party: Party): Party {
  if (party.kind !== 'line' || party.identity.name !== '' || party.identity.anonymous) return party
  const snapshot = needs.directory.snapshotOf(party.accountId)
  const userId = party.userId ?? snapshot?.lines.get(party.lineId ?? '')?.userId
  const user = snapshot?.users.get(userId ?? '')
  if (user === undefined) return party
  return { ...party, userId, identity: { ...party.identity, name: `${user.firstName} ${user.lastName}`.trim() } }
}
