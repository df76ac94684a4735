import type { CallContext } from './call-context.ts'
import { recordOnDemand } from './record-call.ts'
import { accountOfKeys } from './recording-rule.ts'
import type { CallEvent } from './state/call-event.ts'
import { RECORDING_KEYS, STAR_WAITS_MS } from './state/command-keys.ts'
import { keyOfInfo } from './state/dtmf-events.ts'

/** Keys of whoever talks: `*1` records the call or ends that, `*2` pauses it or goes on, where his account allows it. The other party does not hear them. */
export function hearRecordingKey(call: CallContext, event: CallEvent): void {
  if ((event.type !== 'digit' && event.type !== 'info') || call.recording === undefined) return
  const key = event.type === 'digit' ? event.digit : keyOfInfo(event.contentType, event.body)?.digit
  const account = key === undefined ? undefined : accountOfKeys(call, event.side)
  if (account === undefined) return
  const { star } = call.recording
  const { side, atMs } = event
  call.recording.star = key === '*' ? { side, atMs } : undefined
  if (star?.side !== side || atMs - star.atMs > STAR_WAITS_MS || (key !== RECORDING_KEYS.toggles && key !== RECORDING_KEYS.pauses)) return
  const kept = call.recording.of(account.accountId)
  const action = key === RECORDING_KEYS.toggles ? (kept === undefined ? 'START' : 'STOP') : kept?.isPaused === true ? 'RESUME' : 'PAUSE'
  recordOnDemand(call, account.accountId, action, { announcesPause: true })
}
