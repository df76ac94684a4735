import { type SipMessage, type SipRequest, userOf } from '../message/index.ts'
import { hasMagicCookie, MAGIC_COOKIE } from '../transaction/index.ts'
import { placeOfMark, type SharedPort } from './shared-port.ts'

/**
 * Which of the stacks on a port a message belongs to. A function of the message, so that every copy of it, its CANCEL and its ACK
 * come to the same stack whichever way they arrive (RFC 3261 8.2.2.2, 9.2, 17.1.3, 17.2.3):
 * - a response: to the stack that made the branch of its top Via;
 * - a request with a To tag of ours: to the stack that made the tag, for there is the dialog;
 * - any other by `keyOf`, or else REGISTER by the address of record, so that one stack decides on all contacts of a line in
 *   order (10.3), and the rest by Call-ID: by the sender's address, all calls of one carrier would come to one stack.
 * @returns undefined for a response to nothing of ours
 */
export function ownerOf(message: SipMessage, port: Pick<SharedPort, 'count' | 'keyOf'>): number | undefined {
  if (port.count === 1) return 0
  if (message.kind === 'request') return ownerOfRequest(message, port)
  const branch = message.topVia.parameters.get('branch') ?? ''
  return hasMagicCookie(branch) ? known(placeOfMark(branch, MAGIC_COOKIE.length), port.count) : undefined
}

function ownerOfRequest(request: SipRequest, { count, keyOf }: Pick<SharedPort, 'count' | 'keyOf'>): number {
  const { toTag } = request
  // A REGISTER opens no dialog, whatever tag it carries (10.2).
  const owner = toTag === undefined || request.method === 'REGISTER' ? undefined : known(placeOfMark(toTag, 0), count)
  if (owner !== undefined) return owner
  return placeOfKey(keyOf?.(request) ?? (request.method === 'REGISTER' ? userOf(request.to.uri) : request.callId), count)
}

/** Which of the stacks takes what `keyOf` gave this key. */
export function placeOfKey(key: string, count: number): number {
  return hashOf(key) % count
}

function known(place: number, count: number): number | undefined {
  return place >= 0 && place < count ? place : undefined
}

/** FNV-1a, 32 bits, and a last mixing, for its low bits alone follow the last characters too closely. Spreads work; guards nothing. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
