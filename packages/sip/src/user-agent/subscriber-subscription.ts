import type { Timer } from '@dialtone/foundation'
import { createCalleeDialog, matchesDialog, receiveInDialog, refreshTarget } from '../dialog/index.ts'
import type { Header, SipRequest, SipResponse } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import type { DialogUser } from './dialog-user.ts'
import { type DialogPeer, exchangeInDialog, type InDialogOutcome } from './in-dialog-client.ts'
import { sendOutOfDialog } from './out-of-dialog-request.ts'
import type { OutgoingSubscription, SubscribeOptions, SubscriptionNews } from './outgoing-subscription.ts'
import { schemeOf } from './scheme-of.ts'
import { eventOf, type SubscribedEvent } from './subscribed-event.ts'
import type { UserAgent } from './user-agent.ts'

const DEFAULT_SECONDS = 3600
/** A notifier that wants longer and longer is a mistake of it. */
const MAX_INTERVAL_RETRIES = 3

/** The subscriber's side of a subscription (RFC 6665 4.1): it begins with SUBSCRIBE, its dialog with the first NOTIFY (4.4.1). */
export class SubscriberSubscription implements OutgoingSubscription, DialogUser {
  readonly #userAgent: UserAgent
  readonly #options: SubscribeOptions
  readonly localTag: string
  readonly #callId: string
  readonly #contact: string
  #peer: DialogPeer | undefined
  /** CSeq number of the SUBSCRIBE that opened it. */
  #sequence = 1
  #wantedSeconds: number
  #intervalRetries = 0
  #phase: 'asked' | 'active' | 'leaving' | 'ended' = 'asked'
  #timer: Timer | undefined
  #handler: ((news: SubscriptionNews) => void) | undefined

  constructor(userAgent: UserAgent, options: SubscribeOptions) {
    this.#userAgent = userAgent
    this.#options = options
    this.localTag = userAgent.newToken(9)
    this.#callId = userAgent.newToken(15)
    this.#contact = userAgent.contact('', options.to, schemeOf(options.uri))
    this.#wantedSeconds = options.expiresSeconds ?? DEFAULT_SECONDS
    // 4.1.2.2: the NOTIFY may be here before the answer.
    userAgent.legs.set(this.localTag, this)
    this.#ask()
  }

  get ended(): boolean {
    return this.#phase === 'ended'
  }

  onNews(handler: (news: SubscriptionNews) => void): void {
    this.#handler = handler
  }

  unsubscribe(): void {
    if (this.#phase !== 'active' || this.#peer === undefined) {
      // Nobody has answered yet: what comes is refused, and that ends it at the notifier (4.2.2).
      this.#end('unsubscribed')
      return
    }
    this.#phase = 'leaving'
    this.#wait(64 * this.#userAgent.timing.t1Ms, () => this.#end('unsubscribed'))
    this.#sendInDialog(0, ({ statusCode }) => {
      if (statusCode >= 300) this.#end('unsubscribed')
    })
  }

  receive(request: SipRequest, source: RemoteAddress, key: string): void {
    if (request.method !== 'NOTIFY') this.#userAgent.reply(request, source, 405, { headers: [['Allow', 'NOTIFY']] })
    else if (!this.#isOurs(request)) this.#userAgent.reply(request, source, 481)
    else if (!this.#follow(request, source)) this.#userAgent.reply(request, source, 500)
    else {
      this.#userAgent.transactions.receive(request, source, key).respond(200)
      this.#onNotify(request)
    }
  }

  receiveAck(): void {
    // There is no INVITE here.
  }

  #ask(): void {
    const { uri, to, from, toHeader, event, headers = [], credentials } = this.#options
    const own: Header[] = [
      ['From', `${from};tag=${this.localTag}`],
      ['To', toHeader],
      ['Call-ID', this.#callId],
      ['CSeq', `${this.#sequence} SUBSCRIBE`],
      ['Contact', this.#contact],
      ['Event', event],
      ['Expires', String(this.#wantedSeconds)],
    ]
    const request = { method: 'SUBSCRIBE', uri, to, headers: [...own, ...headers], ...(credentials === undefined ? {} : { credentials }) }
    sendOutOfDialog(this.#userAgent, request, (outcome) => {
      if (this.#phase === 'ended') return
      if ('failed' in outcome) this.#end('refused', 503)
      else if ('timedOut' in outcome) this.#end('refused', 408)
      else this.#onAnswered(outcome)
    })
  }

  #onAnswered(response: SipResponse): void {
    this.#sequence = response.cseq.sequence
    if (response.statusCode < 300) {
      if (this.#peer !== undefined) return
      // 4.1.2.4 timer N: an answer without NOTIFY is worth nothing.
      this.#wait(64 * this.#userAgent.timing.t1Ms, () => this.#end('silent'))
    } else if (this.#wantsLonger(response.statusCode, response)) {
      this.#sequence++
      this.#ask()
    } else this.#end('refused', response.statusCode, response)
  }

  /** 4.1.2.1: 423 says how long it must be at least. */
  #wantsLonger(statusCode: number, response: SipResponse | undefined): boolean {
    const least = /^\s*(\d{1,9})\s*$/.exec(response?.header('min-expires') ?? '')?.[1]
    if (statusCode !== 423 || least === undefined || ++this.#intervalRetries > MAX_INTERVAL_RETRIES) return false
    this.#wantedSeconds = Math.max(this.#wantedSeconds, Number(least))
    return true
  }

  #isOurs(request: SipRequest): boolean {
    const asked = eventIn(this.#options.event)
    const told = eventOf(request)
    const isEvent = told?.eventPackage === asked?.eventPackage && told?.eventId === asked?.eventId
    // 4.4.1: of a fork the first that notifies is ours, the others are told that we do not want them.
    const isDialog = this.#peer === undefined ? request.fromTag !== undefined : matchesDialog(this.#peer.dialog, request)
    return this.#phase !== 'ended' && request.callId === this.#callId && isEvent && isDialog
  }

  /** @returns false when it is older than the last one (RFC 3261 12.2.2) */
  #follow(request: SipRequest, source: RemoteAddress): boolean {
    if (this.#peer === undefined) {
      const localAddress = `${this.#options.from};tag=${this.localTag}`
      const dialog = { ...createCalleeDialog(request, this.localTag), localAddress, localSequence: this.#sequence }
      this.#peer = { dialog, heardFrom: source, contact: this.#contact, credentials: this.#options.credentials }
      return true
    }
    const dialog = receiveInDialog(this.#peer.dialog, request)
    if (dialog === undefined) return false
    this.#peer.dialog = refreshTarget(dialog, request)
    this.#peer.heardFrom = source
    return true
  }

  #onNotify(request: SipRequest): void {
    const told = request.header('subscription-state') ?? ''
    const [word = ''] = told.split(';', 1)
    const named = word.trim().toLowerCase()
    const state = named === 'terminated' || named === 'pending' ? named : 'active'
    this.#tell({ type: 'notified', state, contentType: request.contentType, body: request.bodyText, request })
    if (state === 'terminated') {
      this.#end(parameterOf(told, 'reason') ?? 'terminated', undefined, undefined, Number(parameterOf(told, 'retry-after') ?? Number.NaN))
    } else if (this.#phase !== 'leaving' && this.#phase !== 'ended') {
      this.#phase = 'active'
      this.#refreshIn(Number(parameterOf(told, 'expires') ?? this.#wantedSeconds))
    }
  }

  /** 4.1.2.2: in time for another attempt. 4.2.1.1: what is longer than we asked for was not to be granted. */
  #refreshIn(seconds: number): void {
    const granted = Number.isFinite(seconds) ? Math.max(Math.min(seconds, this.#wantedSeconds), 1) : this.#wantedSeconds
    const leftMs = granted * 1000
    const refreshMs = leftMs > 64_000 ? leftMs - 32_000 : leftMs / 2
    this.#wait(refreshMs, () => {
      this.#wait(leftMs - refreshMs, () => this.#end('expired'))
      this.#sendInDialog(this.#wantedSeconds, (outcome) => this.#onRefreshed(outcome))
    })
  }

  #onRefreshed({ statusCode, response }: InDialogOutcome): void {
    if (this.#phase !== 'active') return
    const granted = Number(response?.header('expires') ?? Number.NaN)
    if (response !== undefined && statusCode < 300) this.#refreshIn(Number.isFinite(granted) ? granted : this.#wantedSeconds)
    else if (this.#wantsLonger(statusCode, response)) this.#sendInDialog(this.#wantedSeconds, (outcome) => this.#onRefreshed(outcome))
    // 4.1.2.2: 481 ends it at once, everything else only when its time is up.
    else if (statusCode === 481) this.#end('refused', 481, response)
  }

  #sendInDialog(expiresSeconds: number, onOutcome: (outcome: InDialogOutcome) => void): void {
    if (this.#peer === undefined) return
    const headers: Header[] = [['Event', this.#options.event], ['Expires', String(expiresSeconds)], ...(this.#options.headers ?? [])]
    exchangeInDialog(this.#userAgent, this.#peer, { method: 'SUBSCRIBE', headers }, onOutcome)
  }

  #wait(delayMs: number, then: () => void): void {
    this.#timer?.cancel()
    this.#timer = this.#userAgent.timers.start(delayMs, then)
  }

  #end(reason: string, statusCode?: number, response?: SipResponse, retryAfter = Number(response?.header('retry-after') ?? Number.NaN)): void {
    if (this.#phase === 'ended') return
    this.#phase = 'ended'
    this.#timer?.cancel()
    this.#userAgent.legs.delete(this.localTag)
    this.#tell({ type: 'ended', reason, statusCode, retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined })
  }

  #tell(news: SubscriptionNews): void {
    try {
      this.#handler?.(news)
    } catch (error) {
      this.#userAgent.logger.error('a handler of subscription news failed', { error })
    }
  }
}

function eventIn(event: string): SubscribedEvent | undefined {
  return eventOf({ header: () => event })
}

function parameterOf(value: string, name: string): string | undefined {
  return new RegExp(`;\\s*${name}\\s*=\\s*([^;\\s]{1,64})`, 'i').exec(value)?.[1]?.toLowerCase()
}
