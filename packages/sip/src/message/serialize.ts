import { messageViewOf } from './message-view-of.ts'
import type { SipMessage } from './sip-message.ts'

/** The message as bytes: start line, headers, empty line, body. */
export function serialize(message: SipMessage): Buffer {
  const { text, start, headersEnd, bytes: bodyBytes, bodyStart, bodyEnd } = messageViewOf(message).source
  const headLength = headersEnd - start
  const bytes = Buffer.allocUnsafe(headLength + bodyEnd - bodyStart)
  bytes.write(start === 0 && headersEnd === text.length ? text : text.slice(start, headersEnd), 0, headLength, 'latin1')
  bodyBytes.copy(bytes, headLength, bodyStart, bodyEnd)
  return bytes
}

/** How many bytes `serialize` makes of it. */
export function serializedLength(message: SipMessage): number {
  const { start, headersEnd, bodyStart, bodyEnd } = messageViewOf(message).source
  return headersEnd - start + bodyEnd - bodyStart
}
