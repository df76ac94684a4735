import { headerProblem } from './check-headers.ts'
import { CONTACT } from './header-name.ts'
import { countFields } from './message-text.ts'
import type { MessageView } from './message-view.ts'
import { messageViewOf } from './message-view-of.ts'
import { reasonPhraseOf } from './reason-phrase.ts'
import type { Header, SipRequest } from './sip-message.ts'

/** Why a request is refused, ready for the answer. */
export interface RequestProblem {
  readonly statusCode: number
  readonly reasonPhrase: string
  readonly headers: readonly Header[]
}

/** Schemes a Request-URI may have here: RFC 3261, RFC 3966, and `urn:service:sos`, the emergency service (RFC 5031). */
const REQUEST_URI_SCHEMES: ReadonlySet<string> = new Set(['sip', 'sips', 'tel', 'urn'])

/**
 * Whether a request that `parseMessage` read is one the rest of the stack can rely on (RFC 3261 8.1.1, 8.2, 16.3): what is wrong
 * with its headers is 400, a Request-URI of an unknown scheme 416. Policy (credentials, extensions, body types, hops left) is not looked at.
 * @returns undefined when the request is acceptable
 */
export function checkRequest(request: SipRequest): RequestProblem | undefined {
  const view = messageViewOf(request)
  const reason = headerProblem(view) ?? methodProblem(view) ?? numberProblem(view) ?? starProblem(view)
  if (reason !== undefined) return problem(400, `${reasonPhraseOf(400)} - ${reason}`)
  if (request.uri === undefined || request.uri.headers !== '') return problem(400, `${reasonPhraseOf(400)} - Bad Request-URI`)
  return REQUEST_URI_SCHEMES.has(request.uri.scheme) ? undefined : problem(416, reasonPhraseOf(416))
}

function problem(statusCode: number, reasonPhrase: string): RequestProblem {
  return { statusCode, reasonPhrase, headers: [] }
}

/** RFC 3261 8.1.1.5. Methods are case-sensitive (7.1). */
function methodProblem(request: SipRequest): string | undefined {
  return request.cseq.method === request.method ? undefined : 'CSeq Method Mismatch'
}

/** RFC 3261 20.22: 0 to 255; RFC 2543 requests have none. */
function numberProblem(request: SipRequest): string | undefined {
  return request.maxForwards === undefined && request.header('max-forwards') !== undefined ? 'Bad Max-Forwards' : undefined
}

/** RFC 3261 10.2.2: `Contact: *` stands alone, and only in a REGISTER. */
function starProblem(request: MessageView<'request'>): string | undefined {
  return request.contactIsStar && (request.method !== 'REGISTER' || countFields(request.source, CONTACT) > 1) ? 'Bad Contact' : undefined
}
