import { type LazyMessage, parseLazily, readLazyAddress, readLazyUri, readLazyVia } from '../../peers/lazy-parser.ts'
import { ONWARD, type RoutingFields } from '../invite.ts'
import type { SipParser } from './sip-parser.ts'

const [VIA, FROM, TO, CALL_ID, CSEQ, CONTACT, MAX_FORWARDS, SUPPORTED, ALLOW] = [1, 2, 3, 4, 5, 6, 7, 16, 17] as const

export const lazyPrototype: SipParser = {
  readFields: (datagram) => fieldsOf(parseLazily(datagram)),
  sendOn: (datagram) => {
    const message = parseLazily(datagram)
    const { fromName, fromUser, maxForwards } = fieldsOf(message)
    const body = message.text.slice(message.bodyStart)
    const text =
      `INVITE ${ONWARD.uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${ONWARD.viaHost};branch=${ONWARD.branch};rport\r\nMax-Forwards: ${maxForwards - 1}\r\n` +
      `From: "${fromName}" <sip:${fromUser}@${ONWARD.serverHost}>;tag=${ONWARD.fromTag}\r\nTo: <${ONWARD.uri}>\r\nCall-ID: ${ONWARD.callId}\r\n` +
      `CSeq: 1 INVITE\r\nContact: ${ONWARD.contact}\r\nAllow: ${message.raw(ALLOW)}\r\nSupported: ${message.raw(SUPPORTED)}\r\n` +
      `Content-Type: application/sdp\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    return Buffer.from(text, 'latin1')
  },
}

function fieldsOf(message: LazyMessage): RoutingFields {
  const request = readLazyUri(message.uri)
  const via = readLazyVia(message.raw(VIA))
  const from = readLazyAddress(message.raw(FROM))
  const to = readLazyAddress(message.raw(TO))
  const contact = readLazyAddress(message.raw(CONTACT))
  const cseq = message.raw(CSEQ)
  return {
    method: message.method,
    requestUser: request.user,
    requestHost: request.host,
    branch: via.params['branch'] ?? '',
    fromName: from.name,
    fromUser: from.uri.user,
    fromTag: from.params['tag'] ?? '',
    toUser: to.uri.user,
    callId: message.raw(CALL_ID),
    sequence: Number(cseq.slice(0, cseq.indexOf(' '))),
    contactUser: contact.uri.user,
    contactHost: contact.uri.host,
    contactPort: contact.uri.port,
    maxForwards: Number(message.raw(MAX_FORWARDS)),
    bodyLength: message.text.length - message.bodyStart,
  }
}
