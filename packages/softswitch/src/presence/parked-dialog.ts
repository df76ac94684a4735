import { numberUri } from '../calls/party-headers.ts'
import type { CallState } from '../calls/state/call-state.ts'
import { partyOf } from '../calls/state/transfer-state.ts'
import type { WatchedDialog } from './dialog-info.ts'

/** The parking spot the caller waits at. */
export function spotOf({ phase, service }: CallState): string | undefined {
  return phase === 'setup' && service?.order.kind === 'park' ? service.order.spot.id : undefined
}

/** What a lamp for the spot shows: taken, and by whom unless he hides. */
export function parkedDialog(state: CallState, realm: string): WatchedDialog {
  const identity = partyOf(state, 'caller')?.identity
  const isShown = identity !== undefined && !identity.anonymous && identity.number !== ''
  const remote = isShown ? { uri: numberUri(identity.number, realm), name: identity.name } : undefined
  return { id: `${state.sessionId}-parked`, direction: 'recipient', state: 'confirmed', remote }
}
