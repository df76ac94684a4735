import type { DigestAuthenticator, Header, SipRequest } from '@dialtone/sip'
import type { LineCredentials, SwitchDirectory } from '../ports/switch-directory.ts'

export type LineAuthentication =
  | { readonly kind: 'line'; readonly username: string; readonly line: LineCredentials }
  | { readonly kind: 'challenge'; readonly statusCode: 401 | 407; readonly headers: readonly Header[] }

export interface AuthenticationNeeds {
  readonly digest: DigestAuthenticator
  readonly directory: Pick<SwitchDirectory, 'credentialsOf'>
}

/**
 * Which line sent the request: digest authentication of RFC 3261 22 and RFC 8760. A username nobody has is answered
 * exactly like a wrong password, after the same work.
 * @param by 'proxy' challenges with 407, 'registrar' with 401
 */
export function authenticateLine(needs: AuthenticationNeeds, request: SipRequest, by: 'proxy' | 'registrar'): LineAuthentication {
  const identity = needs.digest.identify(request)
  const line = identity === undefined ? undefined : needs.directory.credentialsOf(identity.username)
  const verdict = needs.digest.verify(request, line)
  if (verdict === 'accepted' && line !== undefined && identity !== undefined) return { kind: 'line', username: identity.username, line }
  const proxy = by === 'proxy'
  return { kind: 'challenge', statusCode: proxy ? 407 : 401, headers: needs.digest.challenge({ proxy, stale: verdict === 'stale' }) }
}
