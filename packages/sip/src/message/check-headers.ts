import { slice } from './comma-list.ts'
import { CALL_ID, CONTACT, CONTENT_LENGTH, CONTENT_TYPE, CSEQ, EXPIRES, FROM, MAX_FORWARDS, RECORD_ROUTE, ROUTE, TO } from './header-name.ts'
import { countFields, type MessageText, readAll } from './message-text.ts'
import { readNameAddress } from './name-address.ts'
import type { SipMessage } from './sip-message.ts'

/** Headers that may stand in a message once (RFC 3261 20; RFC 4475 3.3.8, 3.3.9). */
const ONCE: readonly (readonly [id: number, name: string])[] = [
  [FROM, 'From'],
  [TO, 'To'],
  [CALL_ID, 'Call-ID'],
  [CSEQ, 'CSeq'],
  [MAX_FORWARDS, 'Max-Forwards'],
  [CONTENT_LENGTH, 'Content-Length'],
  [CONTENT_TYPE, 'Content-Type'],
  [EXPIRES, 'Expires'],
]

/** Comma lists of addresses. */
const ROUTES: readonly (readonly [id: number, name: string])[] = [
  [ROUTE, 'Route'],
  [RECORD_ROUTE, 'Record-Route'],
]

/**
 * What every message must have (RFC 3261 8.1.1, 20): Via, From, To, Call-ID and CSeq well-formed, single headers once,
 * well-formed addresses, no carriage return inside a value.
 * @param source the text of the same message
 * @returns what is wrong, as a reason phrase; undefined when nothing is
 */
export function headerProblem(message: SipMessage, source: MessageText): string | undefined {
  for (const [id, name] of ONCE) if (countFields(source, id) > 1) return `Repeated ${name}`
  if (hasStrayCarriageReturn(source)) return 'Bad Line End'
  if (message.callId === '') return 'Missing Call-ID'
  if (message.cseq.sequence < 0) return 'Bad CSeq'
  if (message.from.uri.scheme === '') return 'Bad From'
  if (message.to.uri.scheme === '') return 'Bad To'
  if (message.vias.length === 0 || message.vias.some((via) => via.host === '')) return 'Bad Via'
  if (!message.contactIsStar && message.contacts.length !== readAll(source, CONTACT, slice).length) return 'Bad Contact'
  for (const [id, name] of ROUTES) if (readAll(source, id, readNameAddress).includes(undefined)) return `Bad ${name}`
  return undefined
}

/** Every line feed stands behind a carriage return already (header-index.ts); here the other way round. */
function hasStrayCarriageReturn(source: MessageText): boolean {
  for (let at = source.text.indexOf('\r', source.start); at >= 0 && at < source.headersEnd; at = source.text.indexOf('\r', at + 1)) {
    if (source.text.charCodeAt(at + 1) !== 10) return true
  }
  return false
}
