import type { Header, RequestProblem, SipRequest } from '../message/index.ts'
import { belongsInDialogs, isKnownMethod } from './allowed-methods.ts'
import { isSessionDescription, SESSION_DESCRIPTION_TYPE } from './session-body.ts'

/** What the stack offers at the moment. */
export interface Offered {
  /** Whether somebody takes requests of this method. OPTIONS is always answered. */
  handles(method: string): boolean
  readonly allow: Header
  /** Option tags that the handler of this method knows besides those of the stack. */
  supportedOptions(method: string): ReadonlySet<string>
}

/** Option tags we support (RFC 3261 20.32): none yet, not even 100rel, timer or replaces. */
const SUPPORTED_OPTIONS: ReadonlySet<string> = new Set()

/**
 * What is wrong with a request outside of dialogs that is well-formed, in the order of RFC 3261 8.2.
 * @returns undefined when a handler shall see it
 */
export function screenRequest(request: SipRequest, offered: Offered): RequestProblem | undefined {
  return screenMethod(request, offered) ?? screenHeaders(request, offered) ?? (request.method === 'INVITE' ? screenInviteBody(request) : undefined)
}

/** 8.2.1. */
function screenMethod(request: SipRequest, offered: Offered): RequestProblem | undefined {
  const { method } = request
  if (!isKnownMethod(method)) return problem(501, 'Not Implemented', [offered.allow])
  if (belongsInDialogs(method) && !offered.handles(method)) return problem(481, 'Call/Transaction Does Not Exist')
  if (method !== 'OPTIONS' && !offered.handles(method)) return problem(405, 'Method Not Allowed', [offered.allow])
  return undefined
}

function screenHeaders(request: SipRequest, offered: Offered): RequestProblem | undefined {
  // 16.3: we stand between caller and callee, so a request that may not go on ends here.
  return request.maxForwards === 0 ? problem(483, 'Too Many Hops') : screenRequire(request, offered.supportedOptions(request.method))
}

/** 8.2.2.3. Proxy-Require speaks to proxies, which we are not. @param more what is supported for this method besides */
export function screenRequire(request: SipRequest, more: ReadonlySet<string> = SUPPORTED_OPTIONS): RequestProblem | undefined {
  const unsupported = request.headers('require').filter((tag) => tag !== '' && !SUPPORTED_OPTIONS.has(tag) && !more.has(tag))
  return unsupported.length === 0 ? undefined : problem(420, 'Bad Extension', [['Unsupported', unsupported.join(', ')]])
}

/** 8.2.3 and 20.1: the body must be a session description, and the answer will be one. */
function screenInviteBody(request: SipRequest): RequestProblem | undefined {
  if (request.body.length > 0) {
    const encoding = request.header('content-encoding')
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
      return problem(415, 'Unsupported Media Type', [['Accept-Encoding', 'identity']])
    }
    if (!isSessionDescription(request.contentType)) return problem(415, 'Unsupported Media Type', [['Accept', SESSION_DESCRIPTION_TYPE]])
  }
  if (request.header('accept') === undefined || request.headers('accept').some(acceptsSessionDescription)) return undefined
  return problem(406, 'Not Acceptable')
}

function acceptsSessionDescription(range: string): boolean {
  const mediaType = (range.split(';', 1)[0] ?? '').trim().toLowerCase()
  return mediaType === SESSION_DESCRIPTION_TYPE || mediaType === 'application/*' || mediaType === '*/*'
}

function problem(statusCode: number, reasonPhrase: string, headers: readonly Header[] = []): RequestProblem {
  return { statusCode, reasonPhrase, headers }
}
