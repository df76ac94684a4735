import type { Header, RequestProblem, SipRequest } from '../message/index.ts'
import { inviteReferencesOf, type SessionTimerPolicy, tooShortInterval } from '../dialog/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { hasMagicCookie } from '../transaction/index.ts'
import { belongsInDialogs, isKnownMethod } from './allowed-methods.ts'
import { acceptsType } from './media-range.ts'
import { SESSION_DESCRIPTION_TYPE, unreadableBody } from './session-body.ts'

/** What the stack offers at the moment. */
export interface Offered {
  /** Whether somebody takes requests of this method. OPTIONS is always answered. */
  handles(method: string): boolean
  readonly allow: Header
  /** Option tags that the handler of this method knows besides those of the stack. */
  supportedOptions(method: string): ReadonlySet<string>
  /** undefined: no session timers. */
  readonly sessionTimer: SessionTimerPolicy | undefined
  /** A call for help: neither hops nor extensions end it. */
  isUrgent(request: SipRequest, source: RemoteAddress): boolean
}

/**
 * What is wrong with a request outside of dialogs that is well-formed, in the order of RFC 3261 8.2.
 * @returns undefined when a handler shall see it
 */
export function screenRequest(request: SipRequest, source: RemoteAddress, offered: Offered): RequestProblem | undefined {
  return (
    screenMethod(request, offered) ??
    screenHeaders(request, source, offered) ??
    screenContact(request, source, offered) ??
    (request.method === 'INVITE' ? screenInvite(request, offered) : undefined)
  )
}

/** 8.2.1. */
function screenMethod(request: SipRequest, offered: Offered): RequestProblem | undefined {
  const { method } = request
  if (!isKnownMethod(method)) return problem(501, 'Not Implemented', [offered.allow])
  if (belongsInDialogs(method) && !offered.handles(method)) return problem(481, 'Call/Transaction Does Not Exist')
  if (method !== 'OPTIONS' && !offered.handles(method)) return problem(405, 'Method Not Allowed', [offered.allow])
  return undefined
}

function screenHeaders(request: SipRequest, source: RemoteAddress, offered: Offered): RequestProblem | undefined {
  // 16.3: we stand between caller and callee, so a call that may not go on ends here. What is for us goes no further: gateways look whether
  // we are there with an OPTIONS that may take no more hop (11).
  const endsHere = request.maxForwards === 0 && request.method === 'INVITE'
  const found = endsHere ? problem(483, 'Too Many Hops') : screenRequire(request, offered.supportedOptions(request.method))
  return found !== undefined && request.method === 'INVITE' && offered.isUrgent(request, source) ? undefined : found
}

/** 8.2.2.3. Proxy-Require speaks to proxies, which we are not. @param supported option tags, lower case */
export function screenRequire(request: SipRequest, supported: ReadonlySet<string>): RequestProblem | undefined {
  const unsupported = request.headers('require').filter((optionTag) => optionTag !== '' && !supported.has(optionTag.toLowerCase()))
  return unsupported.length === 0 ? undefined : problem(420, 'Bad Extension', [['Unsupported', unsupported.join(', ')]])
}

/**
 * 8.1.1.8, 12.1.1: what opens a dialog says where the peer is. Callers of RFC 2543, which have no tag or no cookie in their branch, need not
 * (RFC 4475 3.4.1), and a call for help is taken without.
 */
function screenContact(request: SipRequest, source: RemoteAddress, offered: Offered): RequestProblem | undefined {
  const { method } = request
  if (method !== 'INVITE' && method !== 'SUBSCRIBE') return undefined
  const isOld = request.fromTag === undefined || !hasMagicCookie(request.topVia.parameters.get('branch') ?? '')
  if (isOld || isSipScheme(request.contacts[0]?.uri.scheme)) return undefined
  return method === 'INVITE' && offered.isUrgent(request, source) ? undefined : problem(400, 'Bad Request - Missing Contact')
}

function isSipScheme(scheme: string | undefined): boolean {
  return scheme === 'sip' || scheme === 'sips'
}

function screenInvite(request: SipRequest, { sessionTimer }: Offered): RequestProblem | undefined {
  // RFC 3891 3, RFC 3911 4: it must be clear which call is meant.
  if (inviteReferencesOf(request) === 'malformed') return problem(400, 'Bad Request - Bad Replaces or Join')
  const tooShort = sessionTimer === undefined ? undefined : tooShortInterval(sessionTimer, request)
  if (tooShort !== undefined) return problem(422, 'Session Interval Too Small', tooShort)
  return screenInviteBody(request)
}

/** 8.2.3 and 20.1: the body must be a session description, and the answer will be one. */
function screenInviteBody(request: SipRequest): RequestProblem | undefined {
  const unreadable = unreadableBody(request)
  if (unreadable !== undefined) return problem(415, 'Unsupported Media Type', [unreadable])
  return acceptsType(request, SESSION_DESCRIPTION_TYPE) ? undefined : problem(406, 'Not Acceptable')
}

function problem(statusCode: number, reasonPhrase: string, headers: readonly Header[] = []): RequestProblem {
  return { statusCode, reasonPhrase, headers }
}
