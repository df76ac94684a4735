import type { CallEvent } from './state/call-event.ts'

/** Events kept of a call. */
export const MAX_TRACE_EVENTS = 256
/** Characters of session descriptions and bodies kept of a call: hold and resume for an hour, not an attack. */
export const MAX_TRACE_CHARACTERS = 65_536

/**
 * What happened to one call, oldest first. Bounded: what comes after the limit is left out, and with it every later event, so
 * that the trace is always a beginning of the truth and can be replayed.
 */
export class CallTrace {
  readonly events: CallEvent[] = []
  /** Of all that was to be kept. */
  characters = 0
  isFull = false

  add(event: CallEvent): void {
    this.characters += charactersOf(event)
    this.isFull ||= this.events.length >= MAX_TRACE_EVENTS || this.characters > MAX_TRACE_CHARACTERS
    if (!this.isFull) this.events.push(event)
  }
}

function charactersOf(event: CallEvent): number {
  if (event.type === 'started') return event.offer?.length ?? 0
  if (event.type === 'info') return event.body.length
  return 'sdp' in event ? (event.sdp?.length ?? 0) : 0
}
