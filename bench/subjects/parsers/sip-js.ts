import { URI } from 'sip.js/lib/grammar/uri.js'
import type { IncomingRequestMessage } from 'sip.js/lib/core/messages/incoming-request-message.js'
import { OutgoingRequestMessage } from 'sip.js/lib/core/messages/outgoing-request-message.js'
import { Parser } from 'sip.js/lib/core/messages/parser.js'
import { ONWARD, type RoutingFields } from '../invite.ts'
import type { SipParser } from './sip-parser.ts'

const silent = { error: () => {}, warn: () => {}, log: () => {}, debug: () => {} }
type Logger = Parameters<typeof Parser.parseMessage>[1]

/** SIP.js: a generated PEG grammar whose parser is built anew for every field it parses. It fixes Max-Forwards itself. */
export const sipJs: SipParser = {
  readFields: (datagram) => fieldsOf(parse(datagram)),
  sendOn: (datagram) => {
    const request = parse(datagram)
    const { fromName, fromUser } = fieldsOf(request)
    const target = new URI('sip', ONWARD.user, ONWARD.host, 5060)
    const onward = new OutgoingRequestMessage(
      'INVITE',
      target,
      new URI('sip', fromUser, ONWARD.serverHost),
      target,
      { callId: ONWARD.callId, cseq: 1, fromDisplayName: fromName, fromTag: ONWARD.fromTag, viaHost: ONWARD.viaHost, forceRport: true },
      [`Contact: ${ONWARD.contact}`, `Allow: ${request.getHeader('allow') ?? ''}`],
      { contentDisposition: 'session', contentType: 'application/sdp', content: request.body },
    )
    onward.setViaHeader(ONWARD.branch, 'UDP')
    return Buffer.from(onward.toString())
  },
}

function parse(datagram: Buffer): IncomingRequestMessage {
  const parsed = Parser.parseMessage(datagram.toString(), silent as unknown as Logger)
  if (parsed === undefined || !('method' in parsed)) throw new Error('not parsed')
  return parsed as IncomingRequestMessage
}

function fieldsOf(request: IncomingRequestMessage): RoutingFields {
  const contact = (request.parseHeader('contact') as { readonly uri: URI }).uri
  return {
    method: request.method,
    requestUser: request.ruri?.user ?? '',
    requestHost: request.ruri?.host ?? '',
    branch: request.viaBranch,
    fromName: request.from.displayName,
    fromUser: request.from.uri.user ?? '',
    fromTag: request.fromTag,
    toUser: request.to.uri.user ?? '',
    callId: request.callId,
    sequence: request.cseq,
    contactUser: contact.user ?? '',
    contactHost: contact.host,
    contactPort: contact.port ?? 0,
    maxForwards: Number(request.getHeader('max-forwards')),
    bodyLength: request.body.length,
  }
}
