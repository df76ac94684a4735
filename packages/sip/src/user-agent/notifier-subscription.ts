import type { Clock, Timer } from '@dialtone/foundation'
import { createCalleeDialog, matchesDialog, receiveInDialog, refreshTarget } from '../dialog/index.ts'
import type { Header, SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import type { DialogUser } from './dialog-user.ts'
import type { DialogPeer } from './in-dialog-client.ts'
import type { IncomingSubscription, NotificationBody, SubscriptionEnd, SubscriptionOffer } from './incoming-subscription.ts'
import { acceptsType } from './media-range.ts'
import { NotificationQueue } from './notification-queue.ts'
import { schemeOf } from './scheme-of.ts'
import type { ServerTransaction } from './server-transaction.ts'
import { eventOf, type SubscribedEvent } from './subscribed-event.ts'
import type { UserAgent } from './user-agent.ts'

/** RFC 6665 3.1.1: what a subscriber gets that does not say; most packages say so. */
const DEFAULT_SECONDS = 3600
/** RFC 3261 20.19 allows 136 years; nobody means more than a week. */
const MOST_SECONDS = 604_800

export interface NotifierSubscriptionOptions {
  readonly userAgent: UserAgent
  readonly clock: Clock
  readonly event: SubscribedEvent
  /** Of its NOTIFY bodies; undefined: any. */
  readonly contentType: string | undefined
  readonly request: SipRequest
  readonly source: RemoteAddress
  readonly transaction: ServerTransaction
  /** Called once: it counts no more. */
  readonly onForgotten: () => void
}

/** A subscription of somebody to an event of ours, with a dialog of its own (RFC 6665 4.2, 4.4). */
export class NotifierSubscription implements IncomingSubscription, DialogUser {
  readonly eventPackage: string
  readonly eventId: string | undefined
  readonly request: SipRequest
  readonly source: RemoteAddress
  readonly expiresSeconds: number
  readonly #options: NotifierSubscriptionOptions
  readonly localTag: string
  readonly #peer: DialogPeer
  readonly #queue: NotificationQueue
  #phase: 'asked' | 'active' | 'ended' = 'asked'
  #state: NotificationBody | (() => NotificationBody) | undefined
  /** A NOTIFY must follow the 200 (4.2.1.2). */
  #owesNotify = false
  #grantedSeconds = 0
  #expiresAtMs = 0
  #timer: Timer | undefined
  #onRefresh: ((refresh: SubscriptionOffer) => void) | undefined
  #onEnd: ((reason: SubscriptionEnd) => void) | undefined

  constructor(options: NotifierSubscriptionOptions) {
    const { userAgent, event, request, source, transaction } = options
    this.#options = options
    this.eventPackage = event.eventPackage
    this.eventId = event.eventId
    this.request = request
    this.source = source
    this.expiresSeconds = askedSeconds(request)
    this.localTag = userAgent.newToken(9)
    transaction.toTag = this.localTag
    const contact = userAgent.contact('', source, schemeOf(request.uriText))
    this.#peer = { dialog: createCalleeDialog(request, this.localTag), heardFrom: source, contact, credentials: undefined }
    this.#queue = new NotificationQueue(userAgent, this.#peer, () => this.#end('gone'))
  }

  get ended(): boolean {
    return this.#phase === 'ended'
  }

  accept(expiresSeconds: number): void {
    if (this.#phase !== 'asked') return
    this.#phase = 'active'
    this.#options.userAgent.legs.set(this.localTag, this)
    this.#grant(this.#options.transaction, this.expiresSeconds, expiresSeconds)
  }

  reject(statusCode: number, options: Parameters<SubscriptionOffer['reject']>[1] = {}): void {
    if (this.#phase !== 'asked') return
    this.#options.transaction.respond(refusal(statusCode), options)
    this.#end('ended')
  }

  /** The handler has been called; the answer may come later, but not too late (RFC 4320 4.2). */
  await(): void {
    if (this.#phase !== 'asked') return
    const { transaction, userAgent } = this.#options
    transaction.feed({ type: 'wait' })
    this.#timer = userAgent.timers.start(64 * userAgent.timing.t1Ms, () => this.#end('expired'))
  }

  notify(state: NotificationBody | (() => NotificationBody) | undefined): void {
    this.#state = state
    if (this.#phase === 'active') this.#tell()
  }

  onRefresh(handler: (refresh: SubscriptionOffer) => void): void {
    this.#onRefresh = handler
  }

  onEnd(handler: (reason: SubscriptionEnd) => void): void {
    this.#onEnd = handler
  }

  end(reason: string): void {
    if (this.#phase === 'active') this.#finish(reason, 'ended')
    else this.reject(480)
  }

  receive(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent } = this.#options
    if (!matchesDialog(this.#peer.dialog, request)) {
      userAgent.reply(request, source, 481)
      return
    }
    const dialog = receiveInDialog(this.#peer.dialog, request)
    if (dialog === undefined) {
      // RFC 3261 12.2.2: older than the last one.
      userAgent.reply(request, source, 500)
      return
    }
    this.#peer.dialog = dialog
    const event = eventOf(request)
    if (request.method !== 'SUBSCRIBE') userAgent.reply(request, source, 405, { headers: [['Allow', 'SUBSCRIBE']] })
    // 4.4.1: one subscription a dialog.
    else if (event?.eventPackage !== this.eventPackage || event.eventId !== this.eventId) userAgent.reply(request, source, 489)
    else if (!this.#takes(request)) userAgent.reply(request, source, 406)
    else {
      this.#peer.dialog = refreshTarget(dialog, request)
      this.#peer.heardFrom = source
      this.#refresh(request, source, userAgent.transactions.receive(request, source, key))
    }
  }

  receiveAck(): void {
    // There is no INVITE here.
  }

  #takes(request: SipRequest): boolean {
    const { contentType } = this.#options
    return contentType === undefined || acceptsType(request, contentType)
  }

  #refresh(request: SipRequest, source: RemoteAddress, transaction: ServerTransaction): void {
    const expiresSeconds = askedSeconds(request)
    const accept = (seconds: number): void => {
      if (transaction.pending) this.#grant(transaction, expiresSeconds, seconds)
    }
    const reject: SubscriptionOffer['reject'] = (statusCode, options) => void transaction.respond(refusal(statusCode), options)
    if (this.#onRefresh === undefined || expiresSeconds === 0) {
      accept(this.#grantedSeconds)
      return
    }
    try {
      this.#onRefresh({ request, source, expiresSeconds, accept, reject })
    } catch (error) {
      this.#options.userAgent.logger.error('a handler of subscriptions failed', { eventPackage: this.eventPackage, error })
      reject(500)
    }
    if (transaction.pending) transaction.feed({ type: 'wait' })
  }

  /** 4.2.1.1: at most what was asked. */
  #grant(transaction: ServerTransaction, asked: number, given: number): void {
    const { clock, userAgent } = this.#options
    const seconds = Math.max(0, Math.min(asked, Math.floor(given)))
    this.#timer?.cancel()
    transaction.respond(200, {
      headers: [
        ['Contact', this.#peer.contact],
        ['Expires', String(seconds)],
      ],
    })
    if (this.#phase === 'ended') return
    this.#expiresAtMs = clock.nowMs() + seconds * 1000
    if (seconds === 0) {
      // 4.2.1.4, 4.4.3: the end, or a mere question. The state may be given right after; then it is told, and no more.
      this.#owesNotify = true
      queueMicrotask(() => this.#finish('timeout', 'unsubscribed'))
      return
    }
    this.#grantedSeconds = Math.max(this.#grantedSeconds, seconds)
    this.#timer = userAgent.timers.start(seconds * 1000, () => this.#finish('timeout', 'expired'))
    this.#owesNotify = true
    queueMicrotask(() => {
      if (this.#owesNotify && this.#phase === 'active') this.#tell()
    })
  }

  #tell(): void {
    const secondsLeft = Math.max(0, Math.round((this.#expiresAtMs - this.#options.clock.nowMs()) / 1000))
    // What was asked once is told once, at the end of `#grant`.
    if (secondsLeft === 0) return
    this.#owesNotify = false
    this.#send(`active;expires=${secondsLeft}`)
  }

  #finish(reason: string, end: SubscriptionEnd): void {
    if (this.#phase === 'ended') return
    this.#send(`terminated;reason=${reason}`)
    this.#end(end)
  }

  #send(subscriptionState: string): void {
    const headers: Header[] = [
      ['Event', this.eventId === undefined ? this.eventPackage : `${this.eventPackage};id=${this.eventId}`],
      ['Subscription-State', subscriptionState],
    ]
    this.#queue.send(typeof this.#state === 'function' ? { headers, document: this.#state } : { headers, ...this.#state })
  }

  #end(reason: SubscriptionEnd): void {
    if (this.#phase === 'ended') return
    const { userAgent, onForgotten } = this.#options
    const wasActive = this.#phase === 'active'
    this.#phase = 'ended'
    this.#timer?.cancel()
    userAgent.legs.delete(this.localTag)
    onForgotten()
    if (!wasActive) return
    try {
      this.#onEnd?.(reason)
    } catch (error) {
      userAgent.logger.error('a handler of subscriptions failed', { eventPackage: this.eventPackage, error })
    }
  }
}

/** RFC 3261 20.19. */
function askedSeconds(request: SipRequest): number {
  const value = request.header('expires')
  return value !== undefined && /^\s*\d{1,10}\s*$/.test(value) ? Math.min(Number(value), MOST_SECONDS) : DEFAULT_SECONDS
}

function refusal(statusCode: number): number {
  return statusCode >= 300 && statusCode < 700 ? statusCode : 500
}
