import { createRequire } from 'node:module'
import { ONWARD, type RoutingFields } from '../invite.ts'
import type { SipParser } from './sip-parser.ts'

interface Uri {
  readonly user: string
  readonly host: string
  readonly port: number | undefined
}

interface NameAddr {
  readonly display_name: string
  readonly uri: Uri
}

interface IncomingRequest {
  readonly method: string
  readonly ruri: Uri
  readonly via_branch: string
  readonly from: NameAddr
  readonly from_tag: string
  readonly to: NameAddr
  readonly call_id: string
  readonly cseq: number
  readonly body: string
  parseHeader(name: string): NameAddr
  getHeader(name: string): string
}

interface OutgoingRequest {
  setHeader(name: string, value: string): void
  toString(): string
}

type UriClass = new (scheme: string, user: string, host: string, port?: number) => Uri
type OutgoingRequestClass = new (method: string, uri: Uri, userAgent: object, parameters: object, headers: readonly string[], body: string) => OutgoingRequest

const require = createRequire(import.meta.url)
// The parser is no part of its public face.
const { parseMessage } = require('jssip/lib/Parser') as { readonly parseMessage: (text: string, userAgent: object) => IncomingRequest }
const messages = require('jssip/lib/SIPMessage') as { readonly OutgoingRequest: OutgoingRequestClass }
const Uri = require('jssip/lib/URI') as UriClass
const userAgent = { configuration: {}, contact: {} }

/** JsSIP: a generated PEG grammar; From, To, Via, CSeq while parsing, the other fields when asked. It fixes Allow, Supported and Max-Forwards itself. */
export const jssip: SipParser = {
  readFields: (datagram) => fieldsOf(parseMessage(datagram.toString(), userAgent)),
  sendOn: (datagram) => {
    const request = parseMessage(datagram.toString(), userAgent)
    const { fromName, fromUser } = fieldsOf(request)
    const parameters = {
      from_uri: new Uri('sip', fromUser, ONWARD.serverHost),
      from_display_name: fromName,
      from_tag: ONWARD.fromTag,
      call_id: ONWARD.callId,
      cseq: 1,
    }
    const headers = [`Contact: ${ONWARD.contact}`, 'Content-Type: application/sdp']
    const onward = new messages.OutgoingRequest('INVITE', new Uri('sip', ONWARD.user, ONWARD.host, 5060), userAgent, parameters, headers, request.body)
    onward.setHeader('via', `SIP/2.0/UDP ${ONWARD.viaHost};branch=${ONWARD.branch};rport`)
    return Buffer.from(onward.toString())
  },
}

function fieldsOf(request: IncomingRequest): RoutingFields {
  const contact = request.parseHeader('contact').uri
  return {
    method: request.method,
    requestUser: request.ruri.user,
    requestHost: request.ruri.host,
    branch: request.via_branch,
    fromName: request.from.display_name,
    fromUser: request.from.uri.user,
    fromTag: request.from_tag,
    toUser: request.to.uri.user,
    callId: request.call_id,
    sequence: request.cseq,
    contactUser: contact.user,
    contactHost: contact.host,
    contactPort: contact.port ?? 0,
    maxForwards: Number(request.getHeader('max-forwards')),
    bodyLength: request.body.length,
  }
}
