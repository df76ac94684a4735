import type { SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { allowOf } from './allowed-methods.ts'
import { retryAfter } from './glare.ts'
import { IncomingInviteCall } from './incoming-invite-call.ts'
import type { IncomingInvite, IncomingRequest } from './incoming-request.ts'
import type { RateLimit } from './rate-limit.ts'
import { screenRequest } from './screen-request.ts'
import { SESSION_DESCRIPTION_TYPE } from './session-body.ts'
import type { UserAgent } from './user-agent.ts'

export interface RequestCoreOptions {
  readonly userAgent: UserAgent
  readonly maxTransactions: number
  readonly inviteRate: RateLimit | undefined
}

/** Serves requests outside of dialogs (RFC 3261 8.2): refuses what nobody can take, brings the rest to its handler. */
export class RequestCore {
  readonly #options: RequestCoreOptions
  readonly #handlers = new Map<string, (request: IncomingRequest) => void>()
  #inviteHandler: ((invite: IncomingInvite) => void) | undefined
  #allow = allowOf([])

  constructor(options: RequestCoreOptions) {
    this.#options = options
  }

  get allow(): readonly [string, string] {
    return this.#allow
  }

  onInvite(handler: (invite: IncomingInvite) => void): void {
    this.#inviteHandler = handler
  }

  onRequest(method: string, handler: (request: IncomingRequest) => void): void {
    this.#handlers.set(method, handler)
    this.#allow = allowOf(this.#handlers.keys())
  }

  handles(method: string): boolean {
    return method === 'INVITE' ? this.#inviteHandler !== undefined : this.#handlers.has(method)
  }

  receive(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent } = this.#options
    const problem = screenRequest(request, this)
    if (problem !== undefined) {
      userAgent.reply(request, source, problem.statusCode, problem)
    } else if (userAgent.transactions.isMerged(request)) {
      // 8.2.2.2: the same request came another way before.
      userAgent.reply(request, source, 482)
    } else if (this.#isTooMuch(request, source)) {
      userAgent.reply(request, source, 503, { headers: [retryAfter(userAgent)] })
    } else if (request.method === 'INVITE') this.#receiveInvite(request, source, key)
    else this.#receiveOther(request, source, key)
  }

  #isTooMuch(request: SipRequest, source: RemoteAddress): boolean {
    const { userAgent, maxTransactions, inviteRate } = this.#options
    if (userAgent.transactions.size >= maxTransactions) return true
    return request.method === 'INVITE' && inviteRate !== undefined && !inviteRate.take(source.address)
  }

  #receiveInvite(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent } = this.#options
    const transaction = userAgent.transactions.receive(request, source, key)
    // 8.2.6.1: at once, so that the caller stops retransmitting.
    transaction.respond(100)
    const call = new IncomingInviteCall(userAgent, request, source, transaction)
    this.#guard(
      request,
      () => this.#inviteHandler?.(call),
      () => call.reject(500),
    )
  }

  #receiveOther(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent } = this.#options
    const handler = this.#handlers.get(request.method)
    if (handler === undefined) {
      // 11.2: only OPTIONS comes here without a handler; it asks what we can do.
      userAgent.reply(request, source, 200, { headers: [this.#allow, ['Accept', SESSION_DESCRIPTION_TYPE]] })
      return
    }
    const transaction = userAgent.transactions.receive(request, source, key)
    const localTag = request.toTag ?? userAgent.newToken(9)
    transaction.toTag = localTag
    const respond: IncomingRequest['respond'] = (statusCode, options) => void transaction.respond(statusCode, options)
    this.#guard(
      request,
      () => handler({ request, source, localTag, respond }),
      () => respond(500),
    )
    if (transaction.pending) transaction.feed({ type: 'wait' })
  }

  /** A handler that throws is a bug in it: the peer gets 500, the stack goes on. */
  #guard(request: SipRequest, handle: () => void, onFailure: () => void): void {
    try {
      handle()
    } catch (error) {
      this.#options.userAgent.logger.error('a SIP request handler failed', { method: request.method, callId: request.callId, error })
      onFailure()
    }
  }
}
