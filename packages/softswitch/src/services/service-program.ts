import type { CallerIdentity, CallTarget, OtherCall, RouteAttempt, ServiceOrder } from '@dialtone/call-routing'
import type { FaxAddress, ServiceAnswer, ServiceQuestion } from '../ports/service-desk.ts'
import type { FaxResult } from './fax-reception.ts'
import type { MixOrder } from './mix-place.ts'
import type { Phrase } from './phrase.ts'
import type { QueuePlace } from './queue-board.ts'

/** What a program asks for, one thing at a time; what came of it is the value of the `yield`. */
export type ServiceRequest =
  /** Ends when it was heard, or at a key of `interruptedBy` (default: any key; '' none: keys are kept for the next request). `untilTurn`: also when an agent may take the caller. */
  | { readonly kind: 'play'; readonly phrases: readonly Phrase[]; readonly interruptedBy?: string; readonly untilTurn?: true }
  /** Sounds again and again, beneath the requests that follow, until something else is played. */
  | { readonly kind: 'music'; readonly phrases: readonly Phrase[] }
  | { readonly kind: 'key'; readonly timeoutMs: number }
  /** Time passes, whatever is pressed. */
  | { readonly kind: 'pause'; readonly durationMs: number }
  /** The other party of another call of the same line goes where it would come by dialing that; the line is hung up there. */
  | ({ readonly kind: 'send-on'; readonly dialed: string } & OtherCall)
  /** Ends at a key of `endKeys`, after silence, at the limit, or when the caller hangs up. */
  | { readonly kind: 'record'; readonly maxDurationMs: number; readonly silenceMs: number; readonly endKeys: string }
  /** The caller's fax machine sends to ours, which calls itself by that number; ends with the last page kept, also when the caller hangs up in it. */
  | ({ readonly kind: 'fax'; readonly ident: string; readonly maxDurationMs: number } & FaxAddress)
  | { readonly kind: 'ask'; readonly question: ServiceQuestion }
  /** A place in a line; answered without one when there is no room. */
  | { readonly kind: 'join'; readonly queueId: string; readonly maxCallers: number; readonly callerNumber?: string }
  /** The caller hangs up and keeps its place: it is called back when it is its turn. */
  | { readonly kind: 'callBack'; readonly caller: CallerIdentity; readonly calledNumber: string; readonly dialed: string }
  /** Where the caller stands now. */
  | { readonly kind: 'look' }
  /** A seat in a room; answered without `parties` when there is none left. It is given back when the program is over. */
  | { readonly kind: 'enter'; readonly roomId: string; readonly maxParties: number }
  /** Waits until not so many are in the room. */
  | { readonly kind: 'await'; readonly parties: number }
  /** The caller hears the others of a mix, and they hear it, beneath the requests that follow, until something is played. */
  | { readonly kind: 'mix'; readonly order: MixOrder }
  /** Phones are called, to hear the caller; answered when the first of them do, or none will. */
  | { readonly kind: 'page'; readonly order: Extract<ServiceOrder, { kind: 'page' }> }
  /** Waits until no phone hears the page any more. */
  | { readonly kind: 'page-over' }
  /** Another call is asked to let the caller listen; answered with the mix it is in then, and without one when it cannot be. */
  | { readonly kind: 'attend'; readonly sessionId: string }
  /** All in the mix hear it; ends when it was heard. */
  | { readonly kind: 'announce'; readonly phrases: readonly Phrase[] }
  /** Rings somebody while the caller goes on hearing what it hears. When he answers the program is over. */
  | { readonly kind: 'ring'; readonly to: CallTarget; readonly timeoutMs: number }

export interface ServiceReply {
  /** The key that ended a `play`, a `record`, or that a `key` waited for. */
  readonly key?: string | undefined
  readonly recording?: Recording
  readonly fax?: FaxResult
  /** undefined: nobody could say. */
  readonly answer?: ServiceAnswer | undefined
  /** Of `join` and `look`. */
  readonly place?: QueuePlace
  /** Of `look`: an agent is logged in to the queue still. */
  readonly isStaffed?: boolean
  /** Of `enter` and `await`: how many are in the room. */
  readonly parties?: number | undefined
  /** Of `announce`: there was something to be heard, and somebody who could. */
  readonly isAnnounced?: boolean
  /** Of `page`: where they hear; undefined: nobody answered. Of `attend`: where they talk. */
  readonly mixId?: string | undefined
  /** Of `mix`. */
  readonly isMixed?: boolean
  /** Of `send-on`: the other call does it. */
  readonly isDone?: boolean
  /** How a `ring` ended that nobody answered. */
  readonly outcome?: RouteAttempt['outcome']
}

export interface Recording {
  /** 16-bit linear PCM, mono, 8000 Hz. */
  readonly pcm: readonly Uint8Array[]
  readonly durationMs: number
}

/** How a program ends: the caller goes on somewhere, or is hung up, for a reason of `call-failure.ts`; whoever was called and asked takes the call. */
export type ServiceEnd = { readonly kind: 'go'; readonly to: CallTarget } | { readonly kind: 'hangup'; readonly code?: string } | { readonly kind: 'accept' }

/**
 * A dialogue with a caller. It holds no resources and asks for everything, so that a test plays it through without a call. It must bear to be
 * ended (`return`) at any `yield`: the caller may hang up. Only a `record` or `fax` that the caller's hang-up ends is answered, and what follows it may
 * ask questions still.
 */
export type ServiceProgram = Generator<ServiceRequest, ServiceEnd, ServiceReply>

export const HANG_UP: ServiceEnd = { kind: 'hangup' }
export const ACCEPT: ServiceEnd = { kind: 'accept' }

/** Digits of the caller, until `endKey`, `max` of them, or silence. */
export function* collectDigits(
  phrases: readonly Phrase[],
  { max, timeoutMs, endKey = '#' }: { readonly max: number; readonly timeoutMs: number; readonly endKey?: string },
): Generator<ServiceRequest, string, ServiceReply> {
  let { key } = yield { kind: 'play', phrases }
  let digits = ''
  for (;;) {
    key ??= (yield { kind: 'key', timeoutMs }).key
    if (key === undefined || key === endKey) return digits
    digits += key
    if (digits.length >= max) return digits
    key = undefined
  }
}

/** A choice of one key, offered some times. @returns undefined when the caller chose nothing that is offered */
export function* chooseKey(
  phrases: readonly Phrase[],
  { keys, timeoutMs, attempts, invalid }: { readonly keys: string; readonly timeoutMs: number; readonly attempts: number; readonly invalid: readonly Phrase[] },
): Generator<ServiceRequest, string | undefined, ServiceReply> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const key = (yield { kind: 'play', phrases }).key ?? (yield { kind: 'key', timeoutMs }).key
    if (key !== undefined && keys.includes(key)) return key
    if (key !== undefined) yield { kind: 'play', phrases: invalid, interruptedBy: '' }
  }
  return undefined
}
