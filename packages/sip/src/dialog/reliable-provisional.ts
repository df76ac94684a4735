/** One reliable provisional response at a time waits for its PRACK (RFC 3262 3); the others wait their turn. */
export interface ReliableState<Response> {
  /** RSeq of the next one. */
  readonly nextSequence: number
  readonly outstanding: Outstanding<Response> | undefined
  readonly waiting: readonly Response[]
}

export interface Outstanding<Response> {
  readonly sequence: number
  readonly response: Response
  readonly intervalMs: number
  readonly leftMs: number
}

/** What is to be done, at most one thing at a time. */
export type ReliableStep<Response> = {
  readonly state: ReliableState<Response>
  /** Send it with the RSeq of `state.outstanding`, or repeat it. Then wait for `delayMs`. */
  readonly effect:
    | { readonly type: 'send'; readonly response: Response; readonly sequence: number; readonly delayMs: number }
    | { readonly type: 'resend'; readonly delayMs: number }
    /** Nobody acknowledged it in 64*T1: the INVITE is to be refused with 5xx. */
    | { readonly type: 'giveUp' }
    | undefined
}

/** More than any honest call has of them; the newest are left out. */
const MAX_WAITING = 8

/** @param firstSequence 1 to 2**31 - 1, random (RFC 3262 3) */
export function startReliable<Response>(firstSequence: number): ReliableState<Response> {
  return { nextSequence: firstSequence, outstanding: undefined, waiting: [] }
}

/** Another response is to be sent reliably. */
export function addReliable<Response>(state: ReliableState<Response>, response: Response, t1Ms: number): ReliableStep<Response> {
  if (state.outstanding === undefined) return sendReliable(state, response, t1Ms)
  if (state.waiting.length >= MAX_WAITING) return { state, effect: undefined }
  return { state: { ...state, waiting: [...state.waiting, response] }, effect: undefined }
}

/** A PRACK came. @returns undefined when its RAck names nothing that waits: 481 (RFC 3262 3) */
export function acknowledgeReliable<Response>(state: ReliableState<Response>, sequence: number, t1Ms: number): ReliableStep<Response> | undefined {
  if (state.outstanding?.sequence !== sequence) return undefined
  const [next, ...waiting] = state.waiting
  const free = { ...state, outstanding: undefined, waiting }
  return next === undefined ? { state: free, effect: undefined } : sendReliable(free, next, t1Ms)
}

/** The time of the last effect has passed without PRACK. */
export function waitedForPrack<Response>(state: ReliableState<Response>): ReliableStep<Response> {
  const { outstanding } = state
  if (outstanding === undefined) return { state, effect: undefined }
  const leftMs = outstanding.leftMs - Math.min(outstanding.intervalMs, outstanding.leftMs)
  if (leftMs <= 0) return { state: { ...state, outstanding: undefined, waiting: [] }, effect: { type: 'giveUp' } }
  // RFC 3262 3: the interval doubles without a ceiling.
  const intervalMs = outstanding.intervalMs * 2
  return { state: { ...state, outstanding: { ...outstanding, intervalMs, leftMs } }, effect: { type: 'resend', delayMs: Math.min(intervalMs, leftMs) } }
}

function sendReliable<Response>(state: ReliableState<Response>, response: Response, t1Ms: number): ReliableStep<Response> {
  const sequence = state.nextSequence
  const outstanding = { sequence, response, intervalMs: t1Ms, leftMs: 64 * t1Ms }
  return { state: { ...state, nextSequence: sequence + 1, outstanding }, effect: { type: 'send', response, sequence, delayMs: t1Ms } }
}

/** What a caller does with a reliable provisional response (RFC 3262 4): in order, each once; what comes too early will come again. */
export function takeReliable(lastSequence: number | undefined, sequence: number): 'new' | 'copy' | 'tooEarly' {
  if (lastSequence === undefined || sequence === lastSequence + 1) return 'new'
  return sequence <= lastSequence ? 'copy' : 'tooEarly'
}

/** RAck (RFC 3262 7.2): RSeq, CSeq number and method of what is acknowledged. @returns undefined when malformed */
export function parseRAck(value: string | undefined): { readonly sequence: number; readonly cseq: number; readonly method: string } | undefined {
  const matched = /^\s*(\d{1,10})\s+(\d{1,10})\s+([\w.!%*+`'~-]+)\s*$/.exec(value ?? '')
  if (matched === null) return undefined
  return { sequence: Number(matched[1]), cseq: Number(matched[2]), method: matched[3] ?? '' }
}

/** RSeq (RFC 3262 7.1). @returns undefined when there is none or it is malformed */
export function parseRSeq(value: string | undefined): number | undefined {
  return value !== undefined && /^\s*\d{1,10}\s*$/.test(value) ? Number(value) : undefined
}
