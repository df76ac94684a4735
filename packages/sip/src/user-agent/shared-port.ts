import type { SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'

/**
 * Several stacks, each in a thread of its own, that serve one address together: all bind the same ports with `reusePort`, and the
 * kernel gives a datagram or connection to any of them. Whom a message belongs to is written in it (see `ownerOf`), so the stack
 * it reached hands it to its owner. The carrier between the stacks keeps the order and may lose what is meant for a stack that has ended.
 */
export interface SharedPort {
  /** This stack's place among them, from 0. A stack whose place is `count` owns nothing: it only brings its connections to the others. */
  readonly place: number
  /** How many stacks own messages, at most `MAX_SHARING`; the same for all of them. */
  readonly count: number
  /**
   * What requests outside of dialogs are spread by: all with one key come to one stack. It must follow from what an INVITE and its
   * CANCEL have in common: Request-URI, From, To, Call-ID. Default and undefined: the address of record for REGISTER, else the Call-ID.
   */
  readonly keyOf?: (request: SipRequest) => string | undefined
  /** Brings `handed` to `takeOver` of the stack at that place. Never throws. */
  handOver(to: number, handed: HandedOver): void
}

/** Plain data, fit for another thread; `bytes` may be a part of a larger buffer. */
export type HandedOver =
  /** A message that reached another stack than its owner. */
  | { readonly kind: 'received'; readonly bytes: Buffer; readonly remote: RemoteAddress }
  /** To be sent over a connection of the stack that takes it over. */
  | { readonly kind: 'send'; readonly bytes: Buffer; readonly remote: RemoteAddress }
  /** Whoever is at the other end of a connection of the stack that takes it over is served. */
  | { readonly kind: 'keep'; readonly connectionId: string }
  /** A connection is gone, or was gone when something should go over it. */
  | { readonly kind: 'connectionClosed'; readonly connectionId: string }

/** Places are one character in tags and branches. */
const PLACES = '0123456789abcdefghijklmnopqrstuvwxyz'
/** One place is left for the stack that owns nothing. */
export const MAX_SHARING = PLACES.length - 1

/** What every tag and branch of the stack at `place` begins with. */
export function placeMark(place: number): string {
  return PLACES.charAt(place)
}

/** The place of the stack that has the connection, of an id as stacks on a shared port know it; -1: none of them. */
export function placeOfConnection(connectionId: string): number {
  return placeOfMark(connectionId, 0)
}

/** Whose tag or branch it is, by the character at `index`; -1: nobody's. */
export function placeOfMark(token: string, index: number): number {
  return index < token.length ? PLACES.indexOf(token.charAt(index)) : -1
}
