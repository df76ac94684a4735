import { type Clock, systemClock } from '@dialtone/foundation'
import { quote } from '../message/quoted-string.ts'
import type { Header, SipRequest } from '../message/sip-message.ts'
import { findCredentials, type ReceivedCredentials } from './digest-credentials.ts'
import { computeDigestResponse, computeHa1, DIGEST_ALGORITHMS, type DigestAlgorithm } from './digest-hash.ts'
import { isSameRequestUri } from './is-same-request-uri.ts'
import { NonceMemory } from './nonce-memory.ts'
import { NonceMint, type ReadNonce } from './nonce-mint.ts'

/** What is kept of a password: H(username:realm:password) of each algorithm, hex digits; see `computeHa1`. */
export interface DigestCredentials {
  readonly ha1: { readonly MD5: string; readonly 'SHA-256': string }
}

/** 'stale': the password is right, the nonce is not (any more); a challenge with stale=true lets the phone try again by itself. */
export type DigestVerdict = 'accepted' | 'rejected' | 'stale' | 'missing'

export interface DigestAuthenticatorOptions {
  readonly realm: string
  /** The realm a request is judged in when it is another than ours: a domain of its own. Cheap, never throws. */
  readonly realmOf?: (request: SipRequest) => string | undefined
  /** Default: that of the system. */
  readonly clock?: Clock
  /** Seals the nonces; nodes that share it accept each other's, each with its own memory of what was used. */
  readonly secret: Buffer
  /** Default 300 000. */
  readonly nonceLifetimeMs?: number
  /** The algorithms of a challenge, in this order; default SHA-256 and MD5. Credentials are accepted in every known one. */
  readonly offered?: readonly DigestAlgorithm[]
  /** How many used nonces are remembered. Default 100 000. */
  readonly maxNonces?: number
}

/** The server side of digest authentication (RFC 3261 22, RFC 7616, RFC 8760). */
export class DigestAuthenticator {
  readonly #realm: string
  readonly #quotedRealm: string
  readonly #realmOf: (request: SipRequest) => string | undefined
  readonly #clock: Clock
  readonly #nonceLifetimeMs: number
  readonly #offered: readonly DigestAlgorithm[]
  readonly #mint: NonceMint
  readonly #memory: NonceMemory
  /** Stands for users that do not exist: checking them takes as long. */
  readonly #nobody: DigestCredentials

  #request: SipRequest | undefined
  #received: ReceivedCredentials | undefined

  constructor(o: DigestAuthenticatorOptions) {
    this.#realm = o.realm
    this.#quotedRealm = quote(o.realm)
    this.#realmOf = o.realmOf ?? (() => undefined)
    this.#clock = o.clock ?? systemClock
    this.#nonceLifetimeMs = o.nonceLifetimeMs ?? 300_000
    this.#offered = o.offered ?? DIGEST_ALGORITHMS
    this.#mint = new NonceMint(o.secret)
    this.#memory = new NonceMemory(o.maxNonces ?? 100_000)
    const password = o.secret.toString('hex')
    this.#nobody = { ha1: { MD5: computeHa1('MD5', '', o.realm, password), 'SHA-256': computeHa1('SHA-256', '', o.realm, password) } }
  }

  /** One header for each algorithm, the strongest first (RFC 8760 2.3). @param o proxy: for a 407, else for a 401; request: in its realm */
  challenge(o: { readonly stale?: boolean; readonly proxy?: boolean; readonly request?: SipRequest } = {}): Header[] {
    const other = o.request === undefined ? undefined : this.#realmOf(o.request)
    const realm = other === undefined ? this.#quotedRealm : quote(other)
    const nonce = this.#mint.make(this.#clock.nowMs())
    const name = o.proxy === true ? 'Proxy-Authenticate' : 'WWW-Authenticate'
    const stale = o.stale === true ? ', stale=true' : ''
    return this.#offered.map((algorithm) => [name, `Digest realm=${realm}, nonce="${nonce}", algorithm=${algorithm}, qop="auth"${stale}`])
  }

  /** Who the request says it is from, for the realm it is judged in; nothing is checked yet. */
  identify(request: SipRequest): { readonly username: string; readonly realm: string } | undefined {
    const received = this.#credentialsOf(request)
    return received === undefined ? undefined : { username: received.username, realm: received.realm }
  }

  /**
   * Checks the credentials of a request: response right, URI that of the request, nonce ours, not expired, its count not used before.
   * @param credentials what is kept of the user that `identify` named; undefined when there is none, which takes as long and is never accepted
   */
  verify(request: SipRequest, credentials: DigestCredentials | undefined): DigestVerdict {
    const received = this.#credentialsOf(request)
    if (received === undefined) return 'missing'
    const ha1 = (credentials ?? this.#nobody).ha1[received.algorithm]
    const expected = computeDigestResponse(received.algorithm, ha1, { method: request.method, uri: received.uri, nonce: received.nonce, qop: received.qop })
    const isRight = isEqualInConstantTime(expected, received.response) && credentials !== undefined
    const isForThis = isSameRequestUri(received.uri, request.uriText)
    const nonce = this.#mint.read(received.nonce)
    if (!isRight || !isForThis) return 'rejected'
    return nonce !== undefined && this.#useNonce(received, nonce) ? 'accepted' : 'stale'
  }

  /** `identify` and `verify` ask for those of the same request. */
  #credentialsOf(request: SipRequest): ReceivedCredentials | undefined {
    if (this.#request !== request) {
      this.#received = findCredentials(request, this.#realmOf(request) ?? this.#realm)
      this.#request = request
    }
    return this.#received
  }

  #useNonce(received: ReceivedCredentials, { madeAtMs, key }: ReadNonce): boolean {
    const oldestMs = this.#clock.nowMs() - this.#nonceLifetimeMs
    const count = received.qop === undefined ? 0 : Number.parseInt(received.qop.nonceCount, 16)
    return madeAtMs >= oldestMs && this.#memory.use(key, madeAtMs, count, oldestMs)
  }
}

/** Looks at every character whatever the first ones say: the time tells nothing of the right response. */
function isEqualInConstantTime(expected: string, received: string): boolean {
  let difference = expected.length ^ received.length
  for (let at = 0; at < expected.length; at++) difference |= expected.charCodeAt(at) ^ (received.charCodeAt(at) | 0)
  return difference === 0
}
