import type { CallerIdentity } from '@dialtone/call-routing'
import { numberUri } from '../calls/party-headers.ts'
import type { CallState, LegState } from '../calls/state/call-state.ts'
import { partyOf } from '../calls/state/transfer-state.ts'
import type { WatchedDialog } from './dialog-info.ts'

export interface Watched {
  readonly accountId: string
  /** The lines of the watched user. */
  readonly lineIds: readonly string[]
  /** Domain of the URIs. */
  readonly realm: string
}

/**
 * The dialogs of a watched user in one call (RFC 4235 3.7.1): what its phones take part in now. Watchers are of the same
 * account, so they see number and name of the other end as the user's own phone does; who hides from the phone hides from them.
 */
export function watchedDialogs(state: CallState, watched: Watched): readonly WatchedDialog[] {
  const dialogs: WatchedDialog[] = []
  const own = callerDialog(state, watched)
  if (own !== undefined) dialogs.push(own)
  for (const lineId of watched.lineIds) {
    const legs = state.legs.filter((leg) => leg.plan.kind === 'line' && leg.plan.lineId === lineId)
    const phase = furthest(legs)
    if (phase === undefined) continue
    dialogs.push({
      id: `${state.sessionId}-${lineId}`,
      direction: 'recipient',
      state: phase,
      named: phase === 'early' ? nameOf(legs) : undefined,
      remote: remoteCaller(state, watched),
    })
  }
  return dialogs
}

/** The lines that take part in a call. */
export function linesOf(state: CallState): readonly string[] {
  const called = state.legs.flatMap(({ plan }) => (plan.kind === 'line' && plan.lineId !== undefined ? [plan.lineId] : []))
  const caller = callerLineId(state)
  return caller === undefined ? called : [caller, ...called]
}

/** Who is at the caller's end now: after a transfer not the line that dialed. */
function callerLineId(state: CallState): string | undefined {
  return partyOf(state, 'caller')?.lineId
}

function callerDialog(state: CallState, { lineIds, accountId, realm }: Watched): WatchedDialog | undefined {
  const { origin, callerLeg } = state
  // A leg lent to another call is that call's; one that waits for somebody else to answer talks still.
  const lineId = callerLineId(state)
  if (lineId === undefined || !lineIds.includes(lineId) || callerLeg === 'over' || callerLeg === 'lent' || state.phase === 'over') return undefined
  const early = state.ringingAtMs === undefined ? 'trying' : 'early'
  const calledNumber = state.accounts.find((account) => account.accountId === accountId)?.calledNumber ?? ''
  const remote = { uri: numberUri(calledNumber === '' ? origin.dialed : calledNumber, realm), name: '' }
  return { id: `${state.sessionId}-caller`, direction: 'initiator', state: callerLeg === 'early' ? early : 'confirmed', remote }
}

/** The early dialog of a phone that rings: while it does, and no longer, it may be picked up by it. */
function nameOf(legs: readonly LegState[]): WatchedDialog['named'] {
  const dialog = legs.find(({ phase, dialog: one }) => phase === 'ringing' && one?.theirTag !== undefined)?.dialog
  return dialog?.theirTag === undefined ? undefined : { callId: dialog.callId, localTag: dialog.theirTag, remoteTag: dialog.ourTag }
}

/** Several contacts of one line ring as one; planned ones do not ring yet, cancelled ones no more. */
function furthest(legs: readonly LegState[]): WatchedDialog['state'] | undefined {
  if (legs.some((leg) => leg.phase === 'answered')) return 'confirmed'
  if (legs.some((leg) => leg.phase === 'ringing')) return 'early'
  return legs.some((leg) => leg.phase === 'starting') ? 'trying' : undefined
}

function remoteCaller(state: CallState, { accountId, realm }: Watched): WatchedDialog['remote'] {
  const views = state.accounts.filter((account) => account.accountId === accountId)
  const caller: CallerIdentity | undefined = views.find((account) => account.caller !== undefined)?.caller
  if (caller === undefined || caller.anonymous || caller.number === '') return undefined
  return { uri: numberUri(caller.number, realm), name: caller.name }
}
