import type { Clock } from '@dialtone/foundation'
import type { SessionTimerPolicy } from '../dialog/index.ts'
import type { Header, SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { retryAfterSeconds } from './admission.ts'
import type { AdmissionDesk } from './admission-desk.ts'
import { allowOf } from './allowed-methods.ts'
import { randomBelow } from './glare.ts'
import { IncomingInviteCall } from './incoming-invite-call.ts'
import type { IncomingInvite, IncomingRequest, RequestHandlerOptions } from './incoming-request.ts'
import type { IncomingSubscription, SubscribeHandlerOptions } from './incoming-subscription.ts'
import { judgeReplaces } from './judge-replaces.ts'
import { RefusedInvites } from './refused-invites.ts'
import { screenRequest } from './screen-request.ts'
import { SESSION_DESCRIPTION_TYPE } from './session-body.ts'
import type { SubscriptionDesk } from './subscription-desk.ts'
import type { UserAgent } from './user-agent.ts'

export interface RequestCoreOptions {
  readonly userAgent: UserAgent
  readonly clock: Clock
  readonly admission: AdmissionDesk
  readonly subscriptions: SubscriptionDesk
}

const NO_OPTIONS: ReadonlySet<string> = new Set()

/** Serves requests outside of dialogs (RFC 3261 8.2): refuses what nobody can take, brings the rest to its handler. */
export class RequestCore {
  readonly #options: RequestCoreOptions
  readonly #handlers = new Map<string, (request: IncomingRequest) => void>()
  readonly #supportedOptions = new Map<string, ReadonlySet<string>>()
  readonly #refused: RefusedInvites
  #inviteHandler: ((invite: IncomingInvite) => void) | undefined
  #allow = allowOf([])

  constructor(options: RequestCoreOptions) {
    this.#options = options
    this.#refused = new RefusedInvites(options.clock)
  }

  get allow(): readonly [string, string] {
    return this.#allow
  }

  onInvite(handler: (invite: IncomingInvite) => void): void {
    this.#inviteHandler = handler
  }

  onRequest(method: string, handler: (request: IncomingRequest) => void, options: RequestHandlerOptions = {}): void {
    this.#handlers.set(method, handler)
    this.#supportedOptions.set(method, new Set(options.supportedOptions))
    this.#allow = this.#allowNow()
  }

  onSubscribe(eventPackage: string, handler: (subscription: IncomingSubscription) => void, options: SubscribeHandlerOptions = {}): void {
    this.#options.subscriptions.onSubscribe(eventPackage, handler, options)
    this.#allow = this.#allowNow()
  }

  handles(method: string): boolean {
    if (method === 'INVITE') return this.#inviteHandler !== undefined
    return this.#handlers.has(method) || (method === 'SUBSCRIBE' && this.#options.subscriptions.isOpen)
  }

  get sessionTimer(): SessionTimerPolicy | undefined {
    return this.#options.userAgent.abilities.sessionTimer
  }

  supportedOptions(method: string): ReadonlySet<string> {
    if (method === 'INVITE') return this.#options.userAgent.abilities.options
    return this.#supportedOptions.get(method) ?? NO_OPTIONS
  }

  isUrgent(request: SipRequest, source: RemoteAddress): boolean {
    return this.#options.admission.gate.isUrgent?.(request, source) === true
  }

  receive(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent, admission } = this.#options
    const isInvite = request.method === 'INVITE'
    const admitted = isInvite && this.#refused.has(key) ? 'refuse' : admission.decide(request, source, userAgent.transactions.size)
    if (admitted === 'drop') return
    const problem = admitted === 'serve' ? screenRequest(request, source, this) : undefined
    if (admitted === 'refuse') {
      // Without a transaction: a repetition is refused again, and its key is all that is remembered.
      if (isInvite) this.#refused.add(key)
      userAgent.reply(request, source, 503, { headers: [['Retry-After', String(retryAfterSeconds(randomBelow(userAgent, 1000) / 1000))]] })
      return
    }
    const answer = problem ?? admission.gate.challenge?.(request, source)
    if (answer !== undefined) {
      userAgent.reply(request, source, answer.statusCode, answer)
    } else if (userAgent.transactions.isMerged(request)) {
      // 8.2.2.2: the same request came another way before.
      userAgent.reply(request, source, 482)
    } else if (isInvite) this.#receiveInvite(request, source, key)
    else if (request.method === 'SUBSCRIBE' && this.#isSubscription(request)) this.#options.subscriptions.receive(request, source, key)
    else this.#receiveOther(request, source, key)
  }

  #allowNow(): readonly [string, string] {
    return allowOf(this.#options.subscriptions.isOpen ? [...this.#handlers.keys(), 'SUBSCRIBE'] : this.#handlers.keys())
  }

  /** A package with a handler of its own comes before the handler of all SUBSCRIBE. */
  #isSubscription(request: SipRequest): boolean {
    const { subscriptions } = this.#options
    return subscriptions.isOpen && (subscriptions.handles(request) || !this.#handlers.has('SUBSCRIBE'))
  }

  #receiveInvite(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent } = this.#options
    const verdict = judgeReplaces(userAgent, request)
    const transaction = userAgent.transactions.receive(request, source, key)
    if (verdict !== undefined) {
      transaction.respond(verdict)
      return
    }
    // 8.2.6.1: at once, so that the caller stops retransmitting.
    transaction.respond(100)
    const call = new IncomingInviteCall(userAgent, request, source, transaction)
    try {
      this.#inviteHandler?.(call)
    } catch (error) {
      this.#noteFailure(request, error)
      call.reject(500)
    }
  }

  #receiveOther(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent } = this.#options
    const handler = this.#handlers.get(request.method)
    if (handler === undefined) {
      // 11.2: only OPTIONS comes here without a handler; it asks what we can do.
      userAgent.reply(request, source, 200, { headers: this.#capabilities() })
      return
    }
    const transaction = userAgent.transactions.receive(request, source, key)
    const localTag = request.toTag ?? userAgent.newToken(9)
    transaction.toTag = localTag
    const respond: IncomingRequest['respond'] = (statusCode, options) => void transaction.respond(statusCode, options)
    try {
      handler({ request, source, localTag, respond })
    } catch (error) {
      this.#noteFailure(request, error)
      respond(500)
    }
    if (transaction.pending) transaction.feed({ type: 'wait' })
  }

  #capabilities(): readonly Header[] {
    const { userAgent, subscriptions } = this.#options
    const headers: Header[] = [this.#allow, ['Accept', SESSION_DESCRIPTION_TYPE], userAgent.abilities.supported]
    if (subscriptions.isOpen) headers.push(subscriptions.allowEvents)
    return headers
  }

  /** A handler that throws is a bug in it: the peer gets 500, the stack goes on. */
  #noteFailure(request: SipRequest, error: unknown): void {
    this.#options.userAgent.logger.error('a SIP request handler failed', { method: request.method, callId: request.callId, error })
  }
}
