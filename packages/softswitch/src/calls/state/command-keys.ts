import type { CallSide } from './call-event.ts'
import { act, go, startTimer, stopTimers } from './call-state.ts'
import type { Step } from './call-state.ts'
import { isMixed, isThere } from './mix-state.ts'
import { otherSide } from './transfer-state.ts'

/** `*1` and `*2` start, pause and end the recording of a call, as one-touch recording is known from PBXs. */
export const RECORDING_KEYS = { toggles: '1', pauses: '2' } as const
/** Between the star and the digit. */
export const STAR_WAITS_MS = 3_000

/** A key of somebody whose keys mean something to the platform, and how the other side would get it. */
export interface HeldKey {
  readonly side: CallSide
  readonly digit: string
  readonly durationMs: number
  readonly isTakenInRtp: boolean
  readonly isInfoAllowed: boolean
}

/** What is meant for the platform is not for the other party: a star waits until it is known whose it is, every other key goes on. */
export function onCommandKey(step: Step, key: HeldKey, atMs: number): Step {
  const { heldStar } = step.state
  const isSecond = heldStar?.key.side === key.side && atMs - heldStar.atMs <= STAR_WAITS_MS
  if (isSecond && (key.digit === RECORDING_KEYS.toggles || key.digit === RECORDING_KEYS.pauses)) return stopTimers(go(step, { heldStar: undefined }), 'star')
  const released = releaseStar(step)
  if (key.digit !== '*') return sendKey(released, key)
  return startTimer(go(released, { heldStar: { key, atMs } }), 'star', STAR_WAITS_MS)
}

/** It was for the other party after all. */
export function releaseStar(step: Step): Step {
  const { heldStar, phase } = step.state
  if (heldStar === undefined) return step
  const released = stopTimers(go(step, { heldStar: undefined }), 'star')
  return phase === 'talking' ? sendKey(released, heldStar.key) : released
}

export function sendKey(step: Step, { side, digit, durationMs, isTakenInRtp, isInfoAllowed }: HeldKey): Step {
  const to = otherSide(side)
  if (isMixed(step.state) && !isThere(step.state, to)) return step
  if (isTakenInRtp || isMixed(step.state)) return act(step, { type: 'sendDigit', to, digit, durationMs })
  if (!isInfoAllowed) return step
  return act(step, { type: 'relayInfo', to, contentType: 'application/dtmf-relay', body: `Signal=${digit}\r\nDuration=${durationMs}\r\n` })
}
