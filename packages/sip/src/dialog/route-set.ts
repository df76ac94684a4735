import { parseNameAddress, type SipMessage } from '../message/index.ts'

/** Where a request inside a dialog goes: its Request-URI and its Route header field values. */
export interface RoutedRequest {
  readonly requestUri: string
  readonly routes: readonly string[]
  /** The URI of the next hop (RFC 3261 8.1.2). */
  readonly nextHop: string
}

/** Longer route sets are cut off: no honest path has so many proxies, and each costs a header in every request. */
const MAX_ROUTES = 32

/** RFC 3261 12.1.1: the callee keeps the Record-Route values in their order. */
export function routeSetOfRequest(message: SipMessage): readonly string[] {
  return message.headers('record-route').slice(0, MAX_ROUTES)
}

/** RFC 3261 12.1.2: the caller keeps them in reverse order. */
export function routeSetOfResponse(message: SipMessage): readonly string[] {
  return message.headers('record-route').slice(0, MAX_ROUTES).toReversed()
}

/** RFC 3261 12.2.1.1: loose routing, and strict routing towards proxies of RFC 2543 that know nothing of `lr`. */
export function routeRequest(routeSet: readonly string[], remoteTarget: string): RoutedRequest {
  const first = routeSet[0]
  if (first === undefined) return { requestUri: remoteTarget, routes: [], nextHop: remoteTarget }
  const proxy = parseNameAddress(first)
  // A route nobody can read is skipped: the request may still reach the peer directly.
  if (proxy === undefined) return routeRequest(routeSet.slice(1), remoteTarget)
  if (proxy.uri.parameters.has('lr')) return { requestUri: remoteTarget, routes: routeSet, nextHop: proxy.uriText }
  return { requestUri: proxy.uriText, routes: [...routeSet.slice(1), `<${remoteTarget}>`], nextHop: proxy.uriText }
}
