import { Characters } from './characters.ts'
import { indexHeaders } from './header-index.ts'
import { wholeText } from './message-text.ts'
import { MessageView } from './message-view.ts'
import { messageViewOf } from './message-view-of.ts'
import type { SipRequest } from './sip-message.ts'
import { requestLine } from './start-line.ts'
import { isAsciiText } from './text-encoding.ts'

const NO_BODY = Buffer.alloc(0)

/**
 * Start line and headers of a request as text, one character a byte: what is kept of a request that hardly anybody asks for again.
 * It takes a tenth of the memory of a request that has been read.
 */
export function headOf(request: SipRequest): string {
  const { characters, start, headersEnd } = wholeText(messageViewOf(request).source)
  const { text } = characters
  return start === 0 && headersEnd === text.length ? text : text.slice(start, headersEnd)
}

/** The request of a head, without its body. */
export function requestOfHead(head: string): SipRequest {
  const methodEnd = head.indexOf(' ')
  const uriText = head.slice(methodEnd + 1, head.indexOf(' ', methodEnd + 1))
  const characters = new Characters(head)
  const { fields } = indexHeaders(head, characters.bytes, head.indexOf('\n') + 1, Number.MAX_SAFE_INTEGER)
  const source = {
    characters,
    start: 0,
    headersEnd: head.length,
    fields,
    viaValue: undefined,
    isAscii: isAsciiText(head),
    bytes: NO_BODY,
    bodyStart: 0,
    bodyEnd: 0,
  }
  return new MessageView<'request'>(requestLine(head.slice(0, methodEnd), uriText), source)
}
