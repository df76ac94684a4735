import type { Header } from '../message/index.ts'
import { type DialogPeer, exchangeInDialog } from './in-dialog-client.ts'
import type { NotificationBody } from './incoming-subscription.ts'
import type { UserAgent } from './user-agent.ts'

export interface Notification {
  readonly headers: readonly Header[]
  readonly body?: string
  readonly contentType?: string
  /** Instead of body and type: written when the NOTIFY goes out. */
  readonly document?: () => NotificationBody
}

/** The NOTIFYs of a subscription: one under way at a time, of those that wait the newest is sent (RFC 6665 4.2.2, 7.1.2: no flood). */
export class NotificationQueue {
  readonly #userAgent: UserAgent
  readonly #peer: DialogPeer
  /** The subscriber does not know the subscription, or does not answer (4.2.2). */
  readonly #onGone: () => void
  readonly #onIdle: () => void
  #busy = false
  #waiting: Notification | undefined

  constructor(userAgent: UserAgent, peer: DialogPeer, onGone: () => void, onIdle: () => void = () => undefined) {
    this.#userAgent = userAgent
    this.#peer = peer
    this.#onGone = onGone
    this.#onIdle = onIdle
  }

  /** Nothing is under way. */
  get idle(): boolean {
    return !this.#busy
  }

  /** What waits is not sent any more. */
  drop(): void {
    this.#waiting = undefined
  }

  send(notification: Notification): void {
    if (this.#busy) {
      this.#waiting = notification
      return
    }
    const { document, ...written } = notification
    const content = document?.()
    this.#busy = true
    exchangeInDialog(this.#userAgent, this.#peer, { method: 'NOTIFY', ...written, ...content }, ({ statusCode, response }) => {
      this.#busy = false
      const next = this.#waiting
      this.#waiting = undefined
      // 4.2.2: refusals end it, unless the subscriber says when to try again.
      if (statusCode >= 300 && (response === undefined || response.header('retry-after') === undefined)) this.#onGone()
      else if (next !== undefined) this.send(next)
      if (!this.#busy) this.#onIdle()
    })
  }
}
