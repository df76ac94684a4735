import type { SipMessage } from '../message/index.ts'

export const SESSION_DESCRIPTION_TYPE = 'application/sdp'

/** The session description in a message; undefined: it has none. */
export function sessionBodyOf(message: SipMessage): string | undefined {
  if (message.body.length === 0 || !isSessionDescription(message.contentType)) return undefined
  return message.bodyText
}

/** Whether a Content-Type is the one we take in INVITE (RFC 3261 13.2.1). A body without type is taken for one (7.4.1 leaves it open). */
export function isSessionDescription(contentType: string | undefined): boolean {
  if (contentType === undefined) return true
  const semicolon = contentType.indexOf(';')
  const mediaType = semicolon < 0 ? contentType : contentType.slice(0, semicolon)
  return mediaType.trim().toLowerCase() === SESSION_DESCRIPTION_TYPE
}
