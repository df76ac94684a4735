import { HeadWriter } from './head-writer.ts'
import { MessageView } from './message-view.ts'
import type { SipMessage, SipRequest, SipResponse } from './sip-message.ts'
import { requestLine, statusLine } from './start-line.ts'

/** The view behind a message: nearly always the message itself; of another implementation of the interfaces a copy. */
export function messageViewOf(message: SipRequest): MessageView<'request'>
export function messageViewOf(message: SipMessage): MessageView<'request'> | MessageView<'response'>
export function messageViewOf(message: SipMessage): MessageView<'request'> | MessageView<'response'> {
  if (message instanceof MessageView) return message as MessageView<'request'>
  return message.kind === 'request' ? requestView(message) : responseView(message)
}

function requestView(request: SipRequest): MessageView<'request'> {
  const startLine = requestLine(request.method, request.uriText)
  return new MessageView<'request'>(startLine, copyHead(new HeadWriter(`${request.method} ${request.uriText} SIP/2.0`), request))
}

function responseView(response: SipResponse): MessageView<'response'> {
  const { statusCode, reasonPhrase } = response
  return new MessageView<'response'>(statusLine(statusCode, reasonPhrase), copyHead(new HeadWriter(`SIP/2.0 ${statusCode} ${reasonPhrase}`), response))
}

function copyHead(writer: HeadWriter, message: SipMessage): MessageView<'request'>['source'] {
  for (const [name, value] of message.allHeaders()) writer.add(name, value)
  return writer.end(message.body, 0, message.body.length)
}
