import { supervisionTarget } from '@dialtone/call-routing'
import type { CallCommandResult, SuperviseOrder } from '../ports/call-door.ts'
import { type OriginateNeeds, originatedCall } from './originate.ts'
import type { CallEvent, CallSide, CallTimes } from './state/call-event.ts'
import type { CallState } from './state/call-state.ts'
import { mixRefusal } from './state/mix-state.ts'
import { partyOf } from './state/transfer-state.ts'

type Started = Extract<CallEvent, { type: 'started' }>

const SIDES: readonly CallSide[] = ['callee', 'caller']

/** The first event of a supervisor's call: his own phones ring, and lead to the call he wants to listen to. Or why there is none. */
export function supervisingCall(
  needs: OriginateNeeds,
  order: SuperviseOrder,
  { state, atMs, times }: { readonly state: CallState | undefined; readonly atMs: number; readonly times: CallTimes },
): Started | Exclude<CallCommandResult, 'done'> {
  const { accountId, lineId, sessionId, mode } = order
  if (state === undefined || state.phase === 'over') return 'NoSuchCall'
  const own = ownSide(state, order)
  if (own === undefined) return 'NoSuchCall'
  if (state.emergency !== undefined) return 'EmergencyCall'
  const snapshot = needs.directory.snapshotOf(accountId)
  if (snapshot?.services.supervision?.modes.includes(mode) !== true) return 'SupervisionNotAllowed'
  const line = snapshot.lines.get(lineId)
  const ownLines = line?.userId === undefined ? [lineId] : (snapshot.users.get(line.userId)?.lineIds ?? [lineId])
  if (SIDES.some((side) => ownLines.includes(partyOf(state, side)?.lineId ?? ''))) return 'OwnCall'
  if (mixRefusal(state) !== undefined) return 'CallBusy'
  const started = originatedCall(needs, { accountId, lineId, dialed: partyOf(state, own)?.identity.number ?? '' }, { atMs, times })
  if (typeof started === 'string' || started.clickToCall === undefined) return typeof started === 'string' ? started : 'NoSuchLine'
  return { ...started, clickToCall: { ...started.clickToCall, goesTo: supervisionTarget({ sessionId, mode, side: own }) } }
}

/** The side with a line of the account: the one that was named, else whoever was called. */
function ownSide(state: CallState, { accountId, party }: SuperviseOrder): CallSide | undefined {
  const sides = party === undefined ? SIDES : [party]
  return sides.find((side) => {
    const at = partyOf(state, side)
    return at?.kind === 'line' && at.accountId === accountId
  })
}
