import { FIELD_STRIDE, ID_MASK } from './header-index.ts'
import { CALL_ID, CONTENT_LENGTH, CONTENT_TYPE, CSEQ, EXPIRES, FROM, HEADER_ID_COUNT, MAX_FORWARDS, RECORD_ROUTE, ROUTE, TO } from './header-name.ts'
import { countFields, type MessageText, readAll } from './message-text.ts'
import type { MessageView } from './message-view.ts'
import { readNameAddress } from './name-address.ts'

const LINE_FEED = 10

/** Headers that may stand in a message once (RFC 3261 20; RFC 4475 3.3.8, 3.3.9). */
const ONCE: ReadonlyMap<number, string> = new Map([
  [FROM, 'From'],
  [TO, 'To'],
  [CALL_ID, 'Call-ID'],
  [CSEQ, 'CSeq'],
  [MAX_FORWARDS, 'Max-Forwards'],
  [CONTENT_LENGTH, 'Content-Length'],
  [CONTENT_TYPE, 'Content-Type'],
  [EXPIRES, 'Expires'],
])

/** Comma lists of addresses. */
const ROUTES: readonly (readonly [id: number, name: string])[] = [
  [ROUTE, 'Route'],
  [RECORD_ROUTE, 'Record-Route'],
]

const ROUTE_BIT = 1
/** By header id: a bit of its own for each of ONCE, ROUTE_BIT for ROUTES, 0 for all others. */
const BITS = new Int32Array(HEADER_ID_COUNT)
for (const [place, id] of [...ONCE.keys()].entries()) BITS[id] = 2 << place
for (const [id] of ROUTES) BITS[id] = ROUTE_BIT

/**
 * What every message must have (RFC 3261 8.1.1, 20): Via, From, To, Call-ID and CSeq well-formed, single headers once,
 * well-formed addresses, no carriage return inside a value.
 * @returns what is wrong, as a reason phrase; undefined when nothing is
 */
export function headerProblem(message: MessageView<'request'> | MessageView<'response'>): string | undefined {
  const { source } = message
  const seen = bitsOf(source)
  if (seen < 0) return repeatedHeader(source)
  if (hasStrayCarriageReturn(source)) return 'Bad Line End'
  if (message.callId === '') return 'Missing Call-ID'
  if (message.cseq.sequence < 0) return 'Bad CSeq'
  if (message.from.uri.scheme === '') return 'Bad From'
  if (message.to.uri.scheme === '') return 'Bad To'
  if (message.vias.length === 0 || message.vias.some((via) => via.host === '')) return 'Bad Via'
  if (message.hasBadContact) return 'Bad Contact'
  return (seen & ROUTE_BIT) === 0 ? undefined : routeProblem(source)
}

/** The bits of all headers there are in one pass; -1 when one of ONCE stands there twice. */
function bitsOf({ fields }: MessageText): number {
  let seen = 0
  for (let place = 0; place < fields.length; place += FIELD_STRIDE) {
    const bit = BITS[(fields[place] ?? 0) & ID_MASK] ?? 0
    if ((seen & bit & ~ROUTE_BIT) !== 0) return -1
    seen |= bit
  }
  return seen
}

function repeatedHeader(source: MessageText): string | undefined {
  for (const [id, name] of ONCE) if (countFields(source, id) > 1) return `Repeated ${name}`
  return undefined
}

function routeProblem(source: MessageText): string | undefined {
  for (const [id, name] of ROUTES) if (readAll(source, id, readNameAddress).includes(undefined)) return `Bad ${name}`
  return undefined
}

/** Every line feed stands behind a carriage return already (header-index.ts); here the other way round. */
function hasStrayCarriageReturn({ characters, start, headersEnd }: MessageText): boolean {
  const { text, bytes } = characters
  for (let at = text.indexOf('\r', start); at >= 0 && at < headersEnd; at = text.indexOf('\r', at + 1)) {
    if (bytes[at + 1] !== LINE_FEED) return true
  }
  return false
}
