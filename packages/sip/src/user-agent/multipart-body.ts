import type { SipMessage } from '../message/index.ts'
import { readParameters } from '../message/parameters.ts'

/** More parts than any INVITE has: location, ISUP and the like beside the session description. */
const MAX_PARTS = 16

/**
 * The first part of a multipart body that has this type (RFC 2046 5.1, RFC 5621 3.1). Parts within parts are not looked for.
 * @returns undefined when there is none, or a part we do not understand must be understood (RFC 5621 8: handling=required is the default
 *   for parts of multipart/mixed, but is meant for the disposition `session` and `render`; others only say so aloud)
 */
export function bodyPartOf(message: SipMessage, mediaType: string): string | undefined {
  const contentType = message.contentType ?? ''
  const boundary = readParameters(contentType, contentType.indexOf(';'), contentType.length)?.get('boundary')
  if (boundary === undefined || boundary === '' || boundary.length > 70) return undefined
  const pieces = `\r\n${message.bodyText}`.split(`\r\n--${boundary}`, MAX_PARTS + 1).slice(1)
  let found: string | undefined
  for (const piece of pieces) {
    if (piece.startsWith('--')) break
    const part = readPart(piece)
    if (part === undefined) return undefined
    if (part.type === mediaType) found ??= part.body
    else if (part.isRequired) return undefined
  }
  return found
}

function readPart(piece: string): { readonly type: string; readonly isRequired: boolean; readonly body: string } | undefined {
  const lineEnd = piece.indexOf('\r\n')
  const headEnd = piece.indexOf('\r\n\r\n')
  if (lineEnd < 0 || headEnd < 0 || piece.slice(0, lineEnd).trim() !== '') return undefined
  const head = piece.slice(lineEnd, headEnd)
  const type = /\r\n(?:content-type|c)[ \t]*:[ \t]*([^\r\n;]+)/i.exec(head)?.[1]?.trim().toLowerCase() ?? 'text/plain'
  const isRequired = /\r\ncontent-disposition[ \t]*:[^\r\n]*;[ \t]*handling[ \t]*=[ \t]*"?required/i.test(head)
  return { type, isRequired, body: piece.slice(headEnd + 4) }
}
