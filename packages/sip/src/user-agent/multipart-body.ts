import type { SipMessage } from '../message/index.ts'
import { readWhole } from '../message/characters.ts'
import { readParameters } from '../message/parameters.ts'

/** More parts than any INVITE has: location, ISUP and the like beside the session description. */
const MAX_PARTS = 16

/** One part of a multipart body. */
export interface BodyPart {
  readonly contentType: string
  /** addr-spec without angle brackets: what a `cid:` URL names (RFC 2392). */
  readonly contentId?: string | undefined
  readonly disposition?: string | undefined
  readonly body: string
}

/**
 * The first part of a multipart body that is wanted (RFC 2046 5.1, RFC 5621 3.1). Parts within parts are not looked for.
 * @returns undefined when there is none, when the body is malformed, and when another part says that it must be understood (RFC 5621 8.3)
 */
export function bodyPartOf(message: SipMessage, isWanted: (contentType: string, disposition: string | undefined) => boolean): string | undefined {
  const parts = partsOf(message)
  if (parts === undefined) return undefined
  let found: string | undefined
  for (const part of parts) {
    if (isWanted(part.contentType, part.disposition)) found ??= part.body
    else if (/;\s*handling\s*=\s*"?required/i.test(part.disposition ?? '')) return undefined
  }
  return found
}

/** The parts of a multipart body, parts within parts unread; undefined when it is none or malformed. */
export function partsOf(message: SipMessage): readonly BodyPart[] | undefined {
  const contentType = message.contentType ?? ''
  const boundary = readWhole(contentType.slice(contentType.indexOf(';')), readParameters)?.get('boundary')
  if (boundary === undefined || boundary === '' || boundary.length > 70) return undefined
  const pieces = `\r\n${message.bodyText}`.split(`\r\n--${boundary}`, MAX_PARTS + 1).slice(1)
  const parts: BodyPart[] = []
  for (const piece of pieces) {
    if (piece.startsWith('--')) break
    const part = readPart(piece)
    if (part === undefined) return undefined
    parts.push(part)
  }
  return parts
}

/** @param piece what stands between two boundaries, the rest of the boundary's line included */
function readPart(piece: string): BodyPart | undefined {
  const lineEnd = piece.indexOf('\r\n')
  const headEnd = piece.indexOf('\r\n\r\n')
  if (lineEnd < 0 || headEnd < 0 || piece.slice(0, lineEnd).trim() !== '') return undefined
  const head = piece.slice(lineEnd, headEnd)
  const contentType = /\r\n(?:content-type|c)[ \t]*:[ \t]*([^\r\n]*)/i.exec(head)?.[1] ?? 'text/plain'
  const disposition = /\r\ncontent-disposition[ \t]*:[ \t]*([^\r\n]*)/i.exec(head)?.[1]
  const contentId = /\r\ncontent-id[ \t]*:[ \t]*<([^>\r\n]*)>/i.exec(head)?.[1]
  return { contentType, contentId, disposition, body: piece.slice(headEnd + 4) }
}
