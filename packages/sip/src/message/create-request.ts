import { type Content, HeadWriter } from './head-writer.ts'
import { MessageView } from './message-view.ts'
import type { Header, SipRequest } from './sip-message.ts'
import { isTokenAt } from './token.ts'

/**
 * Builds a request from its parts; Content-Length is added, Content-Type when given.
 * @throws when the method is no token, the URI has spaces or a header has line breaks: a bug of the caller
 */
export function createRequest(o: { method: string; uri: string; headers: readonly Header[]; body?: Buffer | string; contentType?: string }): SipRequest {
  if (!isTokenAt(o.method, 0, o.method.length)) throw new TypeError(`not a method: ${JSON.stringify(o.method)}`)
  if (!/^[^\s\0]+$/.test(o.uri)) throw new TypeError(`not a Request-URI: ${JSON.stringify(o.uri)}`)
  const writer = new HeadWriter(`${o.method} ${o.uri} SIP/2.0`)
  const content: Content = o
  writer.addAll(o.headers, content)
  const startLine = { kind: 'request', method: o.method, uriText: o.uri, statusCode: 0, reasonPhrase: '', failure: undefined } as const
  return new MessageView<'request'>(startLine, writer.addContent(content))
}
