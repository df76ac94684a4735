import { type Content, HeadWriter } from './head-writer.ts'
import { MessageView } from './message-view.ts'
import type { Header, SipRequest } from './sip-message.ts'
import { requestLine } from './start-line.ts'
import { isToken } from './token.ts'

export interface RequestParts extends Content {
  readonly method: string
  readonly uri: string
  readonly headers: readonly Header[]
}

/**
 * Builds a request from its parts; Content-Length is added, Content-Type when given.
 * @throws when the method is no token, the URI has spaces or a header has line breaks: a bug of the caller
 */
export function createRequest(o: RequestParts): SipRequest {
  if (!isToken(o.method)) throw new TypeError(`not a method: ${JSON.stringify(o.method)}`)
  if (!/^[^\s\0]+$/.test(o.uri)) throw new TypeError(`not a Request-URI: ${JSON.stringify(o.uri)}`)
  const writer = new HeadWriter(`${o.method} ${o.uri} SIP/2.0`)
  writer.addAll(o.headers, o)
  return new MessageView<'request'>(requestLine(o.method, o.uri), writer.addContent(o))
}
