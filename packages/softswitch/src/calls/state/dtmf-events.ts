import type { CallEvent } from './call-event.ts'
import { act, go } from './call-state.ts'
import type { Step } from './call-state.ts'
import { onCommandKey, sendKey } from './command-keys.ts'
import { isMixed, isThere } from './mix-state.ts'
import { otherSide } from './transfer-state.ts'

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>

const KEYS = '0123456789*#ABCD'
/** What a press counts for when nobody says how long it was: RFC 4733 does not tell before its end, and nobody waits for that but who holds it back. */
const USUAL_PRESS_MS = 160
const SHORTEST_PRESS_MS = 40
const LONGEST_PRESS_MS = 5_000
/** Phones that are set to both ways send the two within a key press of each other. */
const SAME_PRESS_MS = 1_000

/** A key pressed by INFO, as phones write it; undefined for anything else, such as a hook flash. */
export function keyOfInfo(contentType: string, body: string): { readonly digit: string; readonly durationMs: number } | undefined {
  const type = contentType.toLowerCase()
  if (type !== 'application/dtmf-relay' && type !== 'application/dtmf') return undefined
  const signal = /^\s*Signal\s*=\s*([0-9A-D*#]{1,2})\s*$/im.exec(body)?.[1] ?? (type === 'application/dtmf' ? body.trim() : '')
  const digit = keyOfSignal(signal.toUpperCase())
  if (digit === undefined) return undefined
  const durationMs = Number(/^\s*Duration\s*=\s*(\d{1,5})\s*$/im.exec(body)?.[1] ?? USUAL_PRESS_MS)
  return { digit, durationMs: withinPress(durationMs) }
}

function withinPress(durationMs: number): number {
  return Math.min(LONGEST_PRESS_MS, Math.max(SHORTEST_PRESS_MS, durationMs))
}

/** A key, or its event number, which some phones write instead (RFC 4733 3.2). */
function keyOfSignal(signal: string): string | undefined {
  if (signal.length === 1) return KEYS.includes(signal) ? signal : undefined
  return /^1[0-5]$/.test(signal) ? KEYS.charAt(Number(signal)) : undefined
}

/** INFO of a side (RFC 6086): a key becomes a telephone event where the other side takes those in its RTP; one that came in RTP too has been delivered; everything else goes on as it is. */
export function onInfo(step: Step, event: Of<'info'>): Step {
  if (step.state.phase !== 'talking') return step
  const to = otherSide(event.side)
  if (isMixed(step.state) && !isThere(step.state, to)) return step
  const key = keyOfInfo(event.contentType, event.body)
  if (key !== undefined && isInRtpToo(step, event, key.digit)) return step
  const isTakenInRtp = event.isDigitTakenInRtp === true
  if (key !== undefined && event.isCommand === true) return onCommandKey(step, { side: event.side, ...key, isTakenInRtp, isInfoAllowed: true }, event.atMs)
  if (key !== undefined && isTakenInRtp) return act(step, { type: 'sendDigit', to, ...key })
  return act(step, { type: 'relayInfo', to, contentType: event.contentType, body: event.body })
}

function isInRtpToo({ state }: Step, event: Of<'info'>, digit: string): boolean {
  const last = state.lastRtpKey
  return last !== undefined && last.side === event.side && last.digit === digit && event.atMs - last.atMs < SAME_PRESS_MS
}

/** A telephone event of a side: already with the other one in its RTP, or put into its voice, or sent by INFO where the other side allows that (RFC 3261 20.5). */
export function onDigit(step: Step, event: Of<'digit'>): Step {
  if (step.state.phase !== 'talking') return step
  const { side, digit, atMs, durationMs = USUAL_PRESS_MS } = event
  const heard = go(step, { lastRtpKey: { side, digit, atMs } })
  const how = { isTakenInRtp: event.isTakenAsTone === true, isInfoAllowed: event.isInfoAllowed }
  const key = { side, digit, durationMs: withinPress(durationMs), ...how }
  if (event.isCommand === true && !event.relayed) return onCommandKey(heard, key, atMs)
  // In a mix keys end at us: the other leg of the call gets them as before, those who joined do not.
  return isMixed(step.state) || !event.relayed ? sendKey(heard, key) : heard
}
