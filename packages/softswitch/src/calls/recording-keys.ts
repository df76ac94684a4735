import type { CallContext } from './call-context.ts'
import { recordOnDemand } from './record-call.ts'
import { recordingRule } from './recording-rule.ts'
import type { CallEvent } from './state/call-event.ts'
import { keyOfInfo } from './state/dtmf-events.ts'
import { partyOf } from './state/transfer-state.ts'

/** Starts and ends; pauses and goes on. As one-touch recording is known from PBXs. */
const [TOGGLES, PAUSES] = ['1', '2']
/** Between the star and the digit. */
const MAX_BETWEEN_MS = 3_000

/** Keys of whoever talks: `*1` records the call or ends that, `*2` pauses it or goes on, where his account allows it. The other party has the keys too. */
export function hearRecordingKey(call: CallContext, event: CallEvent): void {
  if ((event.type !== 'digit' && event.type !== 'info') || call.recording === undefined) return
  const key = event.type === 'digit' ? event.digit : keyOfInfo(event.contentType, event.body)?.digit
  if (key === undefined) return
  const { star } = call.recording
  const { side, atMs } = event
  call.recording.star = key === '*' ? { side, atMs } : undefined
  if (star?.side !== side || atMs - star.atMs > MAX_BETWEEN_MS || (key !== TOGGLES && key !== PAUSES)) return
  const party = partyOf(call.state, side)
  const account = call.state.accounts.find(({ accountId }) => accountId === party?.accountId)
  if (party?.kind !== 'line' || account === undefined) return
  const wanted = recordingRule(call, account)
  if (wanted?.policy.takesKeys !== true && wanted?.rule !== 'ON_DEMAND') return
  const kept = call.recording.of(account.accountId)
  const action = key === TOGGLES ? (kept === undefined ? 'START' : 'STOP') : kept?.isPaused === true ? 'RESUME' : 'PAUSE'
  recordOnDemand(call, account.accountId, action, { announcesPause: true })
}
