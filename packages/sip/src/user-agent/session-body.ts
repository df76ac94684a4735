import type { Header, SipMessage } from '../message/index.ts'
import { bodyPartOf } from './multipart-body.ts'

export const SESSION_DESCRIPTION_TYPE = 'application/sdp'
const MULTIPART_TYPE = 'multipart/mixed'

/** The session description in a message, also as part of a multipart body (RFC 5621 3.1); undefined: it has none that can be read. */
export function sessionBodyOf(message: SipMessage): string | undefined {
  if (message.body.length === 0 || isEncoded(message)) return undefined
  if (isSessionDescription(message.contentType)) return isForSession(message.header('content-disposition')) ? message.bodyText : undefined
  return isMultipart(message.contentType) ? bodyPartOf(message, isSessionPart) : undefined
}

/**
 * What the peer is to be told of a body that is not for us to understand (RFC 3261 8.2.3, 20.2): that we take no encodings, or what type we take.
 * @returns undefined when we can read it, or may pass it over (20.11 handling=optional)
 */
export function unreadableBody(message: SipMessage): Header | undefined {
  if (message.body.length === 0 || sessionBodyOf(message) !== undefined) return undefined
  if (/;\s*handling\s*=\s*"?optional/i.test(message.header('content-disposition') ?? '')) return undefined
  return encodingProblem(message) ?? ['Accept', SESSION_DESCRIPTION_TYPE]
}

/** What the peer is to be told of a body that is encoded: none is known here (20.2); undefined: it is not. */
export function encodingProblem(message: SipMessage): Header | undefined {
  return message.body.length > 0 && isEncoded(message) ? ['Accept-Encoding', 'identity'] : undefined
}

/** 20.12: we speak no encoding but the text itself. */
function isEncoded(message: SipMessage): boolean {
  const encoding = message.header('content-encoding')
  return encoding !== undefined && encoding.trim().toLowerCase() !== 'identity'
}

/** `type/subtype` in lower case, without its parameters. */
export function mediaTypeOf(contentType: string): string {
  // What nearly all messages with a body say: it is what it should be already.
  if (contentType === SESSION_DESCRIPTION_TYPE) return contentType
  const semicolon = contentType.indexOf(';')
  return (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase()
}

/** Whether a Content-Type is the one we take in INVITE (RFC 3261 13.2.1). A body without type is taken for one (7.4.1 leaves it open). */
function isSessionDescription(contentType: string | undefined): boolean {
  return contentType === undefined || mediaTypeOf(contentType) === SESSION_DESCRIPTION_TYPE
}

/** RFC 3261 20.11: the default for application/sdp is `session`; `early-session` (RFC 3959) and others are no offer to us. */
function isForSession(disposition: string | undefined): boolean {
  return disposition === undefined || mediaTypeOf(disposition) === 'session'
}

function isSessionPart(contentType: string, disposition: string | undefined): boolean {
  return mediaTypeOf(contentType) === SESSION_DESCRIPTION_TYPE && isForSession(disposition)
}

function isMultipart(contentType: string | undefined): boolean {
  return contentType !== undefined && mediaTypeOf(contentType) === MULTIPART_TYPE
}
