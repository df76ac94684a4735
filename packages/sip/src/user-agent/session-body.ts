import type { SipMessage } from '../message/index.ts'
import { bodyPartOf } from './multipart-body.ts'

export const SESSION_DESCRIPTION_TYPE = 'application/sdp'
const MULTIPART_TYPE = 'multipart/mixed'

/** The session description in a message, also as part of a multipart body (RFC 5621 3.1); undefined: it has none. */
export function sessionBodyOf(message: SipMessage): string | undefined {
  if (message.body.length === 0) return undefined
  if (isSessionDescription(message.contentType)) return isForSession(message.header('content-disposition')) ? message.bodyText : undefined
  return isMultipart(message.contentType) ? bodyPartOf(message, isSessionPart) : undefined
}

/** Whether there is a body that is not for us to understand: 415 (RFC 3261 8.2.3), unless it may be passed over (20.11 handling=optional). */
export function hasUnknownBody(message: SipMessage): boolean {
  if (message.body.length === 0 || sessionBodyOf(message) !== undefined) return false
  return !/;\s*handling\s*=\s*"?optional/i.test(message.header('content-disposition') ?? '')
}

/** `type/subtype` in lower case, without its parameters. */
export function mediaTypeOf(contentType: string): string {
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
