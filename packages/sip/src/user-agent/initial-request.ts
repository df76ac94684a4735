import { createRequest, parseNameAddress, type Header, type SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { supportedWithout } from './abilities.ts'
import { DIALOG_ALLOW } from './allowed-methods.ts'
import type { OutgoingInviteOptions } from './outgoing-invite.ts'
import { schemeOf } from './scheme-of.ts'
import { SESSION_DESCRIPTION_TYPE } from './session-body.ts'
import type { RequestOptions } from './sip-stack.ts'
import type { UserAgent } from './user-agent.ts'
import { writeMultipart } from './write-multipart.ts'

const MAX_FORWARDS: Header = ['Max-Forwards', '70']

/** What names an INVITE of ours. */
export interface InviteIdentity {
  readonly localTag: string
  readonly callId: string
  readonly sequence: number
  readonly contact: string
  readonly credentials: readonly Header[]
  /** Where it is sent: `to`, or one of its alternatives. */
  readonly target: RemoteAddress
  /** Session-Expires and Min-SE (RFC 4028 7.1). */
  readonly sessionTimer: readonly Header[]
}

/** Builds the INVITE of a new call (RFC 3261 8.1.1, 13.2.1). */
export function buildInvite(userAgent: UserAgent, options: OutgoingInviteOptions, identity: InviteIdentity): SipRequest {
  const headers: Header[] = [['Via', userAgent.newVia(identity.target)]]
  addUnlessGiven(headers, options.headers, MAX_FORWARDS)
  headers.push(
    ['From', `${options.from};tag=${identity.localTag}`],
    ['To', options.toHeader],
    ['Call-ID', identity.callId],
    ['CSeq', `${identity.sequence} INVITE`],
    ['Contact', identity.contact],
  )
  addUnlessGiven(headers, options.headers, DIALOG_ALLOW)
  const { reliableProvisional = 'supported' } = options
  addUnlessGiven(
    headers,
    options.headers,
    reliableProvisional === 'unsupported' ? supportedWithout(userAgent.abilities, '100rel') : userAgent.abilities.supported,
  )
  if (reliableProvisional === 'required') headers.push(['Require', '100rel'])
  for (const header of identity.sessionTimer) addUnlessGiven(headers, options.headers, header)
  if (userAgent.userAgentHeader !== undefined) addUnlessGiven(headers, options.headers, userAgent.userAgentHeader)
  headers.push(...identity.credentials, ...options.headers)
  const { body, parts = [] } = options
  if (parts.length === 0) return createRequest({ method: 'INVITE', uri: options.uri, headers, contentType: SESSION_DESCRIPTION_TYPE, body })
  const written = writeMultipart([{ contentType: SESSION_DESCRIPTION_TYPE, body }, ...parts], () => userAgent.newToken(15))
  return createRequest({ method: 'INVITE', uri: options.uri, headers, contentType: written.contentType, body: written.body })
}

/** Builds a request outside of dialogs (RFC 3261 8.1.1). */
export function buildOutOfDialogRequest(userAgent: UserAgent, options: RequestOptions): SipRequest {
  const { method, uri, to, body, contentType } = options
  const headers: Header[] = [['Via', userAgent.newVia(to)]]
  const tag = userAgent.newToken(9)
  for (const [name, value] of options.headers) headers.push([name, isFrom(name) && !hasTag(value) ? `${value};tag=${tag}` : value])
  addUnlessGiven(headers, options.headers, MAX_FORWARDS)
  addUnlessGiven(headers, options.headers, ['Call-ID', userAgent.newToken(15)])
  addUnlessGiven(headers, options.headers, ['CSeq', `1 ${method}`])
  addUnlessGiven(headers, options.headers, ['Contact', userAgent.contact('', to, schemeOf(uri))])
  if (userAgent.userAgentHeader !== undefined) addUnlessGiven(headers, options.headers, userAgent.userAgentHeader)
  const content = body === undefined ? {} : { body, ...(contentType === undefined ? {} : { contentType }) }
  return createRequest({ method, uri, headers, ...content })
}

function addUnlessGiven(headers: Header[], given: readonly Header[], header: Header): void {
  const [name] = header
  const isGiven = given.some(([other]) => other === name || (other.length === name.length && other.toLowerCase() === name.toLowerCase()))
  if (!isGiven) headers.push(header)
}

/** A NOTIFY goes on with the tag of the answer that opened its dialog. */
function hasTag(value: string): boolean {
  return parseNameAddress(value)?.parameters.has('tag') === true
}

function isFrom(name: string): boolean {
  const lower = name.toLowerCase()
  return lower === 'from' || lower === 'f'
}
