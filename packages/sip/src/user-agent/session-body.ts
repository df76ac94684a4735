import type { SipMessage } from '../message/index.ts'
import { bodyPartOf } from './multipart-body.ts'

export const SESSION_DESCRIPTION_TYPE = 'application/sdp'
const MULTIPART_TYPE = 'multipart/mixed'

/** The session description in a message, also as part of a multipart body (RFC 5621 3.1); undefined: it has none. */
export function sessionBodyOf(message: SipMessage): string | undefined {
  if (message.body.length === 0) return undefined
  if (isSessionDescription(message.contentType)) return message.bodyText
  return isMultipart(message.contentType) ? bodyPartOf(message, SESSION_DESCRIPTION_TYPE) : undefined
}

/** Whether there is a body that is not for us to understand: 415 (RFC 3261 8.2.3), unless it may be passed over (20.11 handling=optional). */
export function hasUnknownBody(message: SipMessage): boolean {
  if (message.body.length === 0 || isSessionDescription(message.contentType)) return false
  if (isMultipart(message.contentType) && bodyPartOf(message, SESSION_DESCRIPTION_TYPE) !== undefined) return false
  return !/;\s*handling\s*=\s*"?optional/i.test(message.header('content-disposition') ?? '')
}

/** Whether a Content-Type is the one we take in INVITE (RFC 3261 13.2.1). A body without type is taken for one (7.4.1 leaves it open). */
export function isSessionDescription(contentType: string | undefined): boolean {
  return contentType === undefined || mediaTypeOf(contentType) === SESSION_DESCRIPTION_TYPE
}

function isMultipart(contentType: string | undefined): boolean {
  return contentType !== undefined && mediaTypeOf(contentType) === MULTIPART_TYPE
}

/** `type/subtype` in lower case, without its parameters. */
export function mediaTypeOf(contentType: string): string {
  const semicolon = contentType.indexOf(';')
  return (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase()
}
