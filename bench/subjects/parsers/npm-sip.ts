import { createRequire } from 'node:module'
import { ONWARD, type RoutingFields } from '../invite.ts'
import type { SipParser } from './sip-parser.ts'

interface Address {
  readonly name: string | undefined
  readonly uri: string
  readonly params: Readonly<Record<string, string>>
}

interface Message {
  readonly method: string
  readonly uri: string
  readonly content: string
  readonly headers: {
    readonly via: readonly { readonly params: Readonly<Record<string, string>> }[]
    readonly from: Address
    readonly to: Address
    readonly contact: readonly Address[]
    readonly cseq: { readonly seq: number }
    readonly 'call-id': string
    readonly 'max-forwards': string
    readonly allow: string
    readonly supported: string
  }
}

interface SipPackage {
  parse(text: string): Message
  parseUri(text: string): { readonly user: string; readonly host: string; readonly port: number }
  stringify(message: object): string
}

// It brings no types.
const sip = createRequire(import.meta.url)('sip') as SipPackage

/** npm `sip`: eager, with regular expressions; URIs only when asked. */
export const npmSip: SipParser = {
  readFields: (datagram) => fieldsOf(sip.parse(datagram.toString('latin1'))),
  sendOn: (datagram) => {
    const message = sip.parse(datagram.toString('latin1'))
    const { fromName, fromUser, maxForwards } = fieldsOf(message)
    const text = sip.stringify({
      method: 'INVITE',
      uri: ONWARD.uri,
      headers: {
        via: [{ protocol: 'UDP', host: ONWARD.viaHost, params: { branch: ONWARD.branch, rport: null } }],
        'max-forwards': maxForwards - 1,
        from: { name: `"${fromName}"`, uri: `sip:${fromUser}@${ONWARD.serverHost}`, params: { tag: ONWARD.fromTag } },
        to: { uri: ONWARD.uri, params: {} },
        'call-id': ONWARD.callId,
        cseq: { seq: 1, method: 'INVITE' },
        contact: ONWARD.contact,
        allow: message.headers.allow,
        supported: message.headers.supported,
        'content-type': 'application/sdp',
      },
      content: message.content,
    })
    return Buffer.from(text, 'latin1')
  },
}

function fieldsOf({ method, uri, headers, content }: Message): RoutingFields {
  const [request, from, to, contact] = [
    sip.parseUri(uri),
    sip.parseUri(headers.from.uri),
    sip.parseUri(headers.to.uri),
    sip.parseUri(headers.contact[0]?.uri ?? ''),
  ]
  return {
    method,
    requestUser: request.user,
    requestHost: request.host,
    branch: headers.via[0]?.params['branch'] ?? '',
    fromName: (headers.from.name ?? '').replaceAll('"', ''),
    fromUser: from.user,
    fromTag: headers.from.params['tag'] ?? '',
    toUser: to.user,
    callId: headers['call-id'],
    sequence: headers.cseq.seq,
    contactUser: contact.user,
    contactHost: contact.host,
    contactPort: contact.port,
    maxForwards: Number(headers['max-forwards']),
    bodyLength: content.length,
  }
}
