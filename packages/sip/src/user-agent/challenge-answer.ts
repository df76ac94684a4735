import { parseAuthParameters } from '../digest/auth-parameters.ts'
import { answerChallenges } from '../digest/answer-challenge.ts'
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

/** A server that calls every nonce stale is asked no more than so often. */
const MAX_ATTEMPTS = 3

/**
 * The credentials of the next attempt after a challenge (RFC 3261 22.2, 22.3): an answer for each realm that asks, and what the request
 * carried for others: the server behind a proxy asks for itself.
 * @param request what was challenged. A realm it carried credentials for is answered again only if the nonce was stale.
 * @param attempts how often it has been sent
 * @returns undefined when there is nothing (more) to try
 */
export function credentialsFor(
  userAgent: UserAgent,
  credentials: Credentials | undefined,
  request: SipRequest,
  response: SipResponse,
  attempts: number,
): readonly Header[] | undefined {
  if (credentials === undefined || !isChallenge(response) || attempts >= MAX_ATTEMPTS) return undefined
  const { username, password } = credentials
  const cnonce = userAgent.newToken(9)
  const answers = answerChallenges({ response, method: request.method, uri: request.uriText, username, password, cnonce, nonceCount: 1 })
  const carried = credentialsOf(request)
  const isNews = answers.some(({ realm, stale, header }) => stale || !carried.some((old) => answersRealm(old, header[0], realm)))
  if (!isNews) return undefined
  const kept = carried.filter((old) => !answers.some(({ realm, header }) => answersRealm(old, header[0], realm)))
  return [...kept, ...answers.map(({ header }) => header)]
}

/** The credentials a request carries, for its ACK, which must carry the same (RFC 3261 22.1). */
export function credentialsOf(request: SipRequest): readonly Header[] {
  const found: Header[] = []
  for (const name of ['Authorization', 'Proxy-Authorization'] as const) {
    for (const value of request.headers(name.toLowerCase())) found.push([name, value])
  }
  return found
}

function answersRealm([name, value]: Header, ofName: string, realm: string): boolean {
  return name === ofName && parseAuthParameters(value)?.parameters.get('realm') === realm
}
