import type { Timer } from '@dialtone/foundation'
import { reasonPhraseOf } from '../message/index.ts'
import type { DialogPeer } from './in-dialog-client.ts'
import { NotificationQueue } from './notification-queue.ts'
import type { ReferSubscription } from './refer-subscription.ts'
import type { UserAgent } from './user-agent.ts'

/** How long the peer hears of a call that does not come to an end (RFC 3515 2.4.4: it is for us to say). */
const LIFETIME_SECONDS = 300

export interface ReferNotifierOptions {
  readonly userAgent: UserAgent
  readonly peer: DialogPeer
  /** The Event header field: `refer`, with the CSeq number of the REFER if it is not the first (RFC 3515 2.4.6). */
  readonly event: string
  /** RFC 4488: the peer does not want to hear anything. */
  readonly silent: boolean
  readonly onEnded: (notifier: ReferNotifier) => void
}

/** Tells the peer how the call goes that it asked us to make (RFC 3515 2.4.4, 2.4.5). */
export class ReferNotifier implements ReferSubscription {
  readonly event: string
  readonly #options: ReferNotifierOptions
  readonly #queue: NotificationQueue
  #ended: boolean
  #status = 'SIP/2.0 100 Trying'
  #lifetime: Timer | undefined
  #seconds = LIFETIME_SECONDS

  constructor(options: ReferNotifierOptions) {
    this.event = options.event
    this.#options = options
    this.#ended = options.silent
    this.#queue = new NotificationQueue(options.userAgent, options.peer, () => this.stop())
    if (!options.silent) this.renew(LIFETIME_SECONDS)
  }

  get ended(): boolean {
    return this.#ended
  }

  notify(statusCode: number, reasonPhrase: string): void {
    if (this.#ended || statusCode < 100 || statusCode > 699) return
    // One line, whatever the other side of the call wrote there.
    const phrase = reasonPhrase.replaceAll(/[\r\n\0]/g, ' ')
    this.#status = `SIP/2.0 ${statusCode} ${phrase === '' ? reasonPhraseOf(statusCode) : phrase}`
    if (statusCode < 200) this.#send(`active;expires=${this.#seconds}`)
    else this.#finish('noresource')
  }

  /** The state as it is now, again: at once after the REFER, and after a SUBSCRIBE that refreshes (RFC 6665 4.2.1.2). */
  tell(): void {
    if (!this.#ended) this.#send(`active;expires=${this.#seconds}`)
  }

  /**
   * @param askedSeconds what the peer asks for: not longer than that (RFC 6665 4.2.1.1)
   * @returns the seconds it goes on
   */
  renew(askedSeconds: number): number {
    this.#seconds = Math.min(askedSeconds, LIFETIME_SECONDS)
    this.#lifetime?.cancel()
    this.#lifetime = this.#options.userAgent.timers.start(this.#seconds * 1000, () => this.#finish('timeout'))
    return this.#seconds
  }

  /** The peer does not want to hear any more: a last NOTIFY ends it. */
  unsubscribe(): void {
    if (!this.#ended) this.#finish('timeout')
  }

  /** Ends it without a word: the dialog is over, or the peer does not know the subscription. */
  stop(): void {
    this.#ended = true
    this.#lifetime?.cancel()
    this.#options.onEnded(this)
  }

  /** The same, and what waits to be told is forgotten. */
  abandon(): void {
    this.#queue.drop()
    this.stop()
  }

  #finish(reason: string): void {
    this.#send(`terminated;reason=${reason}`)
    this.stop()
  }

  #send(state: string): void {
    const headers = [['Event', this.event] as const, ['Subscription-State', state] as const]
    this.#queue.send({ headers, contentType: 'message/sipfrag;version=2.0', body: `${this.#status}\r\n` })
  }
}
