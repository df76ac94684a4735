import { answerChallenge } from '../digest/index.ts'
import type { Header, SipRequest, SipResponse } from '../message/index.ts'
import type { UserAgent } from './user-agent.ts'

export interface Credentials {
  readonly username: string
  readonly password: string
}

/** A 401 or 407 (RFC 3261 22.1). */
export function isChallenge(response: SipResponse): boolean {
  return response.statusCode === 401 || response.statusCode === 407
}

/**
 * The header field that answers a challenge (RFC 3261 22.2, 22.3).
 * @param request what was challenged. When it carried credentials already it is answered again only if the nonce was stale.
 * @returns undefined when there is nothing (more) to try
 */
export function credentialsFor(userAgent: UserAgent, credentials: Credentials | undefined, request: SipRequest, response: SipResponse): Header | undefined {
  if (credentials === undefined || !isChallenge(response)) return undefined
  const name = response.statusCode === 401 ? 'authorization' : 'proxy-authorization'
  if (request.header(name) !== undefined && !isStale(response)) return undefined
  const { username, password } = credentials
  const cnonce = userAgent.newToken(9)
  return answerChallenge({ response, method: request.method, uri: request.uriText, username, password, cnonce, nonceCount: 1 })
}

/** The credentials a request carries, for its ACK, which must carry the same (RFC 3261 22.1). */
export function credentialsOf(request: SipRequest): readonly Header[] {
  const found: Header[] = []
  for (const name of ['Authorization', 'Proxy-Authorization'] as const) {
    for (const value of request.headers(name.toLowerCase())) found.push([name, value])
  }
  return found
}

function isStale(response: SipResponse): boolean {
  const challenges = response.headers(response.statusCode === 401 ? 'www-authenticate' : 'proxy-authenticate')
  return challenges.some((challenge) => /[\s,]stale\s*=\s*"?true/i.test(challenge))
}
