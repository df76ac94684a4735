import type { Header, SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'

export interface NotificationBody {
  readonly contentType: string
  readonly body: string
}

export interface SubscribeHandlerOptions {
  /** The type of its NOTIFY bodies, lower case: who does not take it is refused (RFC 6665 4.2.1.1, RFC 3261 21.4.7). Left out: nobody is. */
  readonly contentType?: string
}

/** Why a subscription is over: by the subscriber, by time, because a NOTIFY was refused or not answered, or by `end`. */
export type SubscriptionEnd = 'unsubscribed' | 'expired' | 'gone' | 'ended'

/** A SUBSCRIBE that waits for its answer: the first one, or a refresh. */
export interface SubscriptionOffer {
  readonly request: SipRequest
  readonly source: RemoteAddress
  /** What the subscriber asks for; 0: one NOTIFY and no more. */
  readonly expiresSeconds: number
  /** Sends 200. A NOTIFY follows at once (RFC 6665 4.2.1.2): that of `notify`, if called right after, or one with the last state. */
  accept(expiresSeconds: number): void
  /** Refuses: 403, 404, 423 with Min-Expires … */
  reject(statusCode: number, options?: { readonly headers?: readonly Header[]; readonly reasonPhrase?: string }): void
}

/** A subscription of somebody to an event of ours (RFC 6665 4.2). */
export interface IncomingSubscription extends SubscriptionOffer {
  readonly eventPackage: string
  /** The `id` of Event. */
  readonly eventId: string | undefined
  readonly ended: boolean
  /**
   * States what is the case now. One NOTIFY is under way at a time; of the states that wait the newest is sent. A function is asked
   * whenever a NOTIFY goes out: for documents that tell what changed since the last one, such as dialog-info (RFC 4235 3.9).
   */
  notify(state: NotificationBody | (() => NotificationBody) | undefined): void
  /** A refresh of the subscriber. Without handler it is accepted for as long as it asks, at most as long as the first time. */
  onRefresh(handler: (refresh: SubscriptionOffer) => void): void
  onEnd(handler: (reason: SubscriptionEnd) => void): void
  /** Ends it with a last NOTIFY. @param reason of Subscription-State: deactivated, probation, rejected, timeout, giveup, noresource */
  end(reason: string): void
}
