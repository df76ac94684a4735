import { Characters } from './characters.ts'
import { FIELD_STRIDE, indexHeaders } from './header-index.ts'
import { headerKey, type MessageText, placeOf, wholeText } from './message-text.ts'
import { MessageView } from './message-view.ts'
import { messageViewOf } from './message-view-of.ts'
import type { SipMessage } from './sip-message.ts'
import { requestLine, statusLine } from './start-line.ts'
import { encodeText, isAsciiText } from './text-encoding.ts'
import { isToken } from './token.ts'

/**
 * The message with this header once, with this value: at the place of the first one it had, or at the end.
 * @throws when the name is no token or the value has line breaks: a bug of the caller
 */
export function withHeader<Message extends SipMessage>(message: Message, name: string, value: string): Message {
  if (!isToken(name) || /[\r\n]/.test(value)) throw new TypeError(`not a header: ${JSON.stringify([name, value])}`)
  return rewritten(message, name, `${name}: ${encodeText(value)}\r\n`)
}

/** The message without this header. */
export function withoutHeader<Message extends SipMessage>(message: Message, name: string): Message {
  return rewritten(message, name, '')
}

/** @param line what stands for the header: one line, or nothing */
function rewritten<Message extends SipMessage>(message: Message, name: string, line: string): Message {
  const view = messageViewOf(message)
  const source = replaceLines(wholeText(view.source), name, line)
  const copy =
    view.kind === 'request'
      ? new MessageView<'request'>(requestLine(view.method, view.uriText), source)
      : new MessageView<'response'>(statusLine(view.statusCode, view.reasonPhrase), source)
  return copy as SipMessage as Message
}

function replaceLines(source: MessageText, name: string, line: string): MessageText {
  const { fields, bytes, bodyStart, bodyEnd } = source
  const { text } = source.characters
  const key = headerKey(name)
  const first = placeOf(source, key, 0)
  const headersStart = text.indexOf('\n', source.start) + 1
  let head = text.slice(source.start, headersStart)
  let from = headersStart
  for (let place = first; place >= 0; place = placeOf(source, key, place + FIELD_STRIDE)) {
    head += text.slice(from, fields[place + 1]) + (place === first ? line : '')
    from = fields[place + FIELD_STRIDE + 1] ?? source.headersEnd - 2
  }
  head += `${text.slice(from, source.headersEnd - 2)}${first < 0 ? line : ''}\r\n`
  const characters = new Characters(head)
  const { fields: newFields } = indexHeaders(head, characters.bytes, headersStart - source.start, Number.MAX_SAFE_INTEGER)
  return {
    characters,
    start: 0,
    headersEnd: head.length,
    fields: newFields,
    viaValue: undefined,
    isAscii: source.isAscii && isAsciiText(line),
    bytes,
    bodyStart,
    bodyEnd,
  }
}
