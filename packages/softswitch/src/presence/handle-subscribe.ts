import { userOf } from '@dialtone/sip'
import type { Header, IncomingRequest, TransportName } from '@dialtone/sip'
import { authenticateLine } from '../edge/authenticate-line.ts'
import type { AuthenticationNeeds } from '../edge/authenticate-line.ts'

export const MESSAGE_SUMMARY = 'message-summary'
/** RFC 3842 3.4. */
const DEFAULT_EXPIRES_SECONDS = 3600
const LONGEST_EXPIRES_SECONDS = 86_400

export interface Subscription {
  readonly incoming: IncomingRequest
  readonly username: string
  readonly expiresSeconds: number
}

export interface SubscribeNeeds extends AuthenticationNeeds {
  /** Our Contact for a transport: the 200 makes a dialog and must name it (RFC 6665 4.2.1). */
  readonly contact: (transport: TransportName) => string
  /** Tells the subscriber the present state, after the 200 (RFC 6665 4.2.1.2). */
  readonly notify: (subscription: Subscription) => void
}

/**
 * Answers SUBSCRIBE: message-summary (RFC 3842) of the line itself with 200 and a NOTIFY; any other event package with 489,
 * because a phone that gets no clear answer asks again and again.
 */
export function handleSubscribe(needs: SubscribeNeeds, incoming: IncomingRequest): void {
  const { request } = incoming
  const event = request.header('event')?.split(';')[0]?.trim().toLowerCase()
  if (event !== MESSAGE_SUMMARY) return incoming.respond(489, { headers: [['Allow-Events', MESSAGE_SUMMARY]] })
  const authentication = authenticateLine(needs, { request, source: incoming.source, by: 'registrar' })
  if (authentication.kind === 'challenge') return incoming.respond(authentication.statusCode, { headers: authentication.headers })
  const target = userOf(request.to.uri)
  if (target !== authentication.username && userOf(request.from.uri) !== authentication.username) return incoming.respond(403)
  const expiresSeconds = requestedSeconds(request.header('expires'))
  const headers: Header[] = [
    ['Expires', String(expiresSeconds)],
    ['Contact', needs.contact(incoming.source.transport)],
  ]
  incoming.respond(200, { headers })
  return needs.notify({ incoming, username: authentication.username, expiresSeconds })
}

function requestedSeconds(text: string | undefined): number {
  if (text === undefined || !/^\d{1,10}$/.test(text.trim())) return DEFAULT_EXPIRES_SECONDS
  return Math.min(Number(text), LONGEST_EXPIRES_SECONDS)
}
