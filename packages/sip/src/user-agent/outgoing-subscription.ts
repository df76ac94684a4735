import type { Header, SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'

export interface SubscribeOptions {
  /** The Request-URI: whose state it is. */
  readonly uri: string
  readonly to: RemoteAddress
  /** name-addr without tag. */
  readonly from: string
  readonly toHeader: string
  /** Event, with `id` if there are several: `dialog`, `message-summary`, `presence;id=2`. */
  readonly event: string
  /** Default 3600. */
  readonly expiresSeconds?: number
  /** More header fields, such as Accept. */
  readonly headers?: readonly Header[]
  readonly credentials?: { readonly username: string; readonly password: string }
}

export type SubscriptionNews =
  /** A NOTIFY; 200 has been sent. */
  | {
      readonly type: 'notified'
      readonly state: 'active' | 'pending' | 'terminated'
      readonly contentType: string | undefined
      readonly body: string
      readonly request: SipRequest
    }
  /**
   * Over. `reason` is that of Subscription-State (RFC 6665 4.1.3), or: 'refused' with the status of the SUBSCRIBE (408 without answer,
   * 503 it could not be sent), 'silent' no NOTIFY came in 64*T1, 'unsubscribed', 'expired'.
   */
  | { readonly type: 'ended'; readonly reason: string; readonly statusCode: number | undefined; readonly retryAfterSeconds: number | undefined }

/** A subscription of ours to an event of somebody (RFC 6665 4.1), refreshed until it ends. */
export interface OutgoingSubscription {
  readonly ended: boolean
  /** One handler; set it right after `subscribe`. */
  onNews(handler: (news: SubscriptionNews) => void): void
  /** Ends it; a last NOTIFY may follow. */
  unsubscribe(): void
}
