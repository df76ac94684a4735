import {
  checkRequest,
  checkResponse,
  createResponse,
  parseMessage,
  type ParseFailure,
  type SipMessage,
  serialize,
  withHeader,
  withTopViaParameters,
} from '../src/message/index.ts'

/** Reads every value of a message in every way there is. Nothing of it may throw, whatever arrived from the network. @returns what was read */
export function readEverything(message: SipMessage): unknown {
  const names = ['via', 'contact', 'route', 'authorization', 'subject', 'x-unknown', ...message.allHeaders().map(([name]) => name)]
  const shared = [
    message.body,
    message.bodyText,
    message.callId,
    message.from,
    message.to,
    message.fromTag,
    message.toTag,
    message.cseq,
    message.vias,
    message.topVia,
    message.contacts,
    message.contactIsStar,
    message.maxForwards,
    message.contentType,
    names.map((name) => [message.header(name), message.headers(name)]),
    serialize(message),
    serialize(withHeader(message, 'X-Added', 'value')),
  ]
  if (message.kind === 'response') return [shared, message.statusCode, message.reasonPhrase, checkResponse(message)]
  const rewritten = withTopViaParameters(message, { received: '192.0.2.1', rport: 5060 })
  return [
    shared,
    message.method,
    message.uri,
    message.uriText,
    checkRequest(message),
    rewritten.topVia,
    serialize(createResponse(message, 200, { toTag: 'a' })),
  ]
}

/** Parses and reads everything, what a failure brings with it too. */
export function parseAndReadEverything(bytes: Buffer): SipMessage | ParseFailure {
  const result = parseMessage(bytes)
  const message = result.ok ? result.value : result.error.request
  if (message !== undefined) readEverything(message)
  return result.ok ? result.value : result.error
}
