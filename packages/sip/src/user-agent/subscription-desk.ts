import type { Clock } from '@dialtone/foundation'
import type { Header, SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { retryAfter } from './glare.ts'
import type { IncomingSubscription, SubscribeHandlerOptions } from './incoming-subscription.ts'
import { NotifierSubscription } from './notifier-subscription.ts'
import { acceptsType } from './media-range.ts'
import { eventOf } from './subscribed-event.ts'
import type { UserAgent } from './user-agent.ts'

export interface SubscriptionDeskOptions {
  readonly userAgent: UserAgent
  readonly clock: Clock
  readonly maxSubscriptions: number
}

interface EventPackage {
  readonly handler: (subscription: IncomingSubscription) => void
  readonly contentType: string | undefined
}

/** Serves SUBSCRIBE outside of dialogs (RFC 6665 4.2.1): which packages there are, and how many subscriptions. */
export class SubscriptionDesk {
  readonly #options: SubscriptionDeskOptions
  readonly #handlers = new Map<string, EventPackage>()
  #living = 0

  constructor(options: SubscriptionDeskOptions) {
    this.#options = options
  }

  /** @param eventPackage such as `dialog` or `message-summary` */
  onSubscribe(eventPackage: string, handler: (subscription: IncomingSubscription) => void, { contentType }: SubscribeHandlerOptions = {}): void {
    this.#handlers.set(eventPackage.toLowerCase(), { handler, contentType })
  }

  /** Whether there are packages at all. */
  get isOpen(): boolean {
    return this.#handlers.size > 0
  }

  /** Allow-Events (RFC 6665 8.2.2). */
  get allowEvents(): Header {
    return ['Allow-Events', [...this.#handlers.keys()].join(', ')]
  }

  handles(request: SipRequest): boolean {
    return this.#handlers.has(eventOf(request)?.eventPackage ?? '')
  }

  receive(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent, clock, maxSubscriptions } = this.#options
    const event = eventOf(request)
    const served = event === undefined ? undefined : this.#handlers.get(event.eventPackage)
    if (event === undefined || served === undefined) {
      // 4.2.1.1, 8.2.1.
      userAgent.reply(request, source, 489, { headers: [this.allowEvents] })
      return
    }
    const { handler, contentType } = served
    if (contentType !== undefined && !acceptsType(request, contentType)) {
      userAgent.reply(request, source, 406)
      return
    }
    if (this.#living >= maxSubscriptions) {
      userAgent.reply(request, source, 503, { headers: [retryAfter(userAgent)] })
      return
    }
    this.#living++
    const transaction = userAgent.transactions.receive(request, source, key)
    const onForgotten = (): void => void this.#living--
    const subscription = new NotifierSubscription({ userAgent, clock, event, contentType, request, source, transaction, onForgotten })
    try {
      handler(subscription)
    } catch (error) {
      userAgent.logger.error('a SUBSCRIBE handler failed', { eventPackage: event.eventPackage, error })
      subscription.reject(500)
    }
    subscription.await()
  }
}
