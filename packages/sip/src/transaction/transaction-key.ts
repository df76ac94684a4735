import type { SipRequest, SipResponse, Via } from '../message/index.ts'

/** RFC 3261 8.1.1.7: branches beginning so are unique and identify the transaction. */
export const MAGIC_COOKIE = 'z9hG4bK'

/** RFC 3261 17.1.3: the branch of our own top Via and the method in CSeq. */
export function clientTransactionKey(branch: string, method: string): string {
  return `${branch} ${method}`
}

/** The key of the client transaction a response belongs to; undefined: to none of ours. */
export function clientTransactionKeyOf(response: SipResponse): string | undefined {
  const branch = response.topVia.parameters.get('branch')
  return branch === undefined ? undefined : clientTransactionKey(branch, response.cseq.method)
}

/**
 * RFC 3261 17.2.3: what requests of one server transaction have in common. ACK has the key of its INVITE.
 * To be taken before received and rport are written into the Via.
 * @param method another method than the request's own: CANCEL asks for the key of the INVITE
 */
export function serverTransactionKey(request: SipRequest, method = request.method): string {
  const via = request.topVia
  const branch = via.parameters.get('branch')
  const own = method === 'ACK' ? 'INVITE' : method
  if (branch !== undefined && hasMagicCookie(branch)) return `${branch} ${via.host}:${via.port ?? ''} ${own}`
  return rfc2543Key(request, via, own)
}

/** False for RFC 2543 branches and for the bare cookie, which identifies nothing (RFC 4475 3.2.1). */
export function hasMagicCookie(branch: string): boolean {
  return branch.length > MAGIC_COOKIE.length && branch.startsWith(MAGIC_COOKIE)
}

/** RFC 3261 17.2.3. The To tag is left out, for the ACK carries ours; see `acknowledges`. */
function rfc2543Key(request: SipRequest, via: Via, method: string): string {
  return `${request.callId} ${request.cseq.sequence} ${request.fromTag ?? ''} ${request.uriText} ${via.text} ${method}`
}

/** Whether an ACK that has the key of an INVITE server transaction really means its response (17.2.3: RFC 2543 peers are told apart by the To tag). */
export function acknowledges(ack: SipRequest, toTag: string | undefined): boolean {
  const branch = ack.topVia.parameters.get('branch')
  return (branch !== undefined && hasMagicCookie(branch)) || toTag === undefined || ack.toTag === toTag
}

/**
 * RFC 3261 8.2.2.2: what a request and its copies, forked upstream and merged again here, have in common.
 * @returns undefined for requests inside dialogs and for those without a From tag, which cannot be told apart
 */
export function mergeKey(request: SipRequest): string | undefined {
  if (request.toTag !== undefined || request.fromTag === undefined) return undefined
  return `${request.callId} ${request.fromTag} ${request.cseq.sequence} ${request.cseq.method}`
}

/**
 * RFC 3261 8.2.7: the To tag of an answer given without a transaction; the same for every copy of the request.
 * @param salt a secret of this stack, so that the tags of two stacks differ
 */
export function statelessTag(request: SipRequest, salt: string): string {
  const via = request.topVia
  const branch = via.parameters.get('branch') ?? ''
  // A branch with the cookie names the request (8.1.1.7); without it everything that tells requests apart has to.
  const rest = hasMagicCookie(branch) ? branch : rfc2543Key(request, via, request.method)
  const hash = checksum(checksum(checksum(CHECKSUM_START, salt), request.callId), rest)
  return tagOf(hash)
}

const TAG_CHARACTERS = Uint8Array.from('abcdefghijklmnopqrstuvwxyz234567', (character) => character.charCodeAt(0))

/** Seven characters of five bits each: writing a number in another base would take ten times as long. */
function tagOf(hash: number): string {
  const at = (shift: number): number => TAG_CHARACTERS[(hash >>> shift) & 31] ?? 0
  return String.fromCharCode(at(30), at(25), at(20), at(15), at(10), at(5), at(0))
}

const CHECKSUM_START = 0x811c9dc5

/** FNV-1a, 32 bits, continued over another text. No secret: nothing is admitted by it. */
function checksum(before: number, text: string): number {
  let hash = before
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}
