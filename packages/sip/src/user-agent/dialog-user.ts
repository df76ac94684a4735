import type { SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'

/** Who takes the requests that carry a To tag of ours (RFC 3261 12.2.2). */
export interface DialogUser {
  /** Our tag, by which it is found; it never changes. */
  readonly localTag: string
  /** @param key from `serverTransactionKey` */
  receive(request: SipRequest, source: RemoteAddress, key: string): void
  /** An ACK that belongs to no transaction: that of a 2xx. */
  receiveAck(ack: SipRequest): void
}
