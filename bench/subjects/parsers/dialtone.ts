import { checkRequest, createRequest, formatNameAddress, formatUri, parseMessage, serialize, type SipRequest } from '@dialtone/sip'
import { ONWARD, type RoutingFields } from '../invite.ts'
import type { SipParser } from './sip-parser.ts'

/** @param checks with everything `checkRequest` looks at, as the stack does on receive; no peer checks as much */
export function dialtone(checks: boolean): SipParser {
  return {
    readFields: (datagram) => fieldsOf(parse(datagram, checks)),
    sendOn: (datagram) => {
      const request = parse(datagram, checks)
      const { fromName, fromUser, maxForwards } = fieldsOf(request)
      const onward = createRequest({
        method: 'INVITE',
        uri: ONWARD.uri,
        headers: [
          ['Via', `SIP/2.0/UDP ${ONWARD.viaHost};branch=${ONWARD.branch};rport`],
          ['Max-Forwards', String(maxForwards - 1)],
          [
            'From',
            formatNameAddress({ displayName: fromName, uri: formatUri({ user: fromUser, host: ONWARD.serverHost }), parameters: [['tag', ONWARD.fromTag]] }),
          ],
          ['To', `<${ONWARD.uri}>`],
          ['Call-ID', ONWARD.callId],
          ['CSeq', '1 INVITE'],
          ['Contact', ONWARD.contact],
          ['Allow', request.header('allow') ?? ''],
          ['Supported', request.header('supported') ?? ''],
        ],
        body: request.body,
        contentType: 'application/sdp',
      })
      return serialize(onward)
    },
  }
}

function parse(datagram: Buffer, checks: boolean): SipRequest {
  const parsed = parseMessage(datagram)
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('not parsed')
  if (checks && checkRequest(parsed.value) !== undefined) throw new Error('not acceptable')
  return parsed.value
}

function fieldsOf(request: SipRequest): RoutingFields {
  const { uri, topVia, from, to } = request
  const contact = request.contacts[0]?.uri
  return {
    method: request.method,
    requestUser: uri?.user ?? '',
    requestHost: uri?.host ?? '',
    branch: topVia.parameters.get('branch') ?? '',
    fromName: from.displayName,
    fromUser: from.uri.user,
    fromTag: request.fromTag ?? '',
    toUser: to.uri.user,
    callId: request.callId,
    sequence: request.cseq.sequence,
    contactUser: contact?.user ?? '',
    contactHost: contact?.host ?? '',
    contactPort: contact?.port ?? 0,
    maxForwards: request.maxForwards ?? 0,
    bodyLength: request.body.length,
  }
}
