import { referTargetOf } from '../dialog/index.ts'
import { type Header, parseNameAddress, type SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { retryAfter } from './glare.ts'
import { exchangeInDialog, type InDialogOutcome } from './in-dialog-client.ts'
import type { OfferParty } from './offer-party.ts'
import { ReferNotifier } from './refer-notifier.ts'
import type { ReferSubscription } from './refer-subscription.ts'
import type { ServerTransaction } from './server-transaction.ts'

/** RFC 3515 2.4.6 allows several REFERs at a time; nobody needs more. */
const MAX_RUNNING = 8

/** The REFERs in a dialog, of both sides (RFC 3515, RFC 4488, RFC 5589). */
export class DialogRefers {
  readonly #party: OfferParty
  readonly #running = new Set<ReferNotifier>()
  #hadOne = false
  /** Our own REFER: what its NOTIFYs may carry as id, once that is known. */
  #asked: { readonly sequence: number | undefined } | undefined

  constructor(party: OfferParty) {
    this.#party = party
  }

  /** Serves REFER, and the NOTIFY and SUBSCRIBE that belong to one. */
  receive(request: SipRequest, source: RemoteAddress, key: string): void {
    if (request.method === 'REFER') this.#receiveRefer(request, source, key)
    else if (request.method === 'NOTIFY') this.#receiveNotify(request, source, key)
    else this.#receiveSubscribe(request, source, key)
  }

  ask(referTo: string, headers: readonly Header[]): void {
    const { userAgent, peer, leg } = this.#party
    if (this.#asked !== undefined || parseNameAddress(referTo) === undefined) {
      leg.emit({ type: 'referRejected', statusCode: this.#asked === undefined ? 400 : 491 })
      return
    }
    this.#asked = { sequence: undefined }
    const message = { method: 'REFER', headers: [['Refer-To', referTo] as const, ...headers] }
    exchangeInDialog(userAgent, peer, message, (outcome) => this.#onReferAnswered(outcome))
  }

  /** The dialog is over, and every subscription in it. */
  end(): void {
    for (const notifier of [...this.#running]) notifier.abandon()
    this.#asked = undefined
  }

  #receiveRefer(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent, leg } = this.#party
    const transaction = userAgent.transactions.receive(request, source, key)
    const target = referTargetOf(request)
    if ('statusCode' in target) {
      transaction.respond(target.statusCode, target)
      return
    }
    if (this.#running.size >= MAX_RUNNING) {
      transaction.respond(500, { headers: [retryAfter(userAgent)] })
      return
    }
    const handled = leg.emit({
      type: 'refer',
      ...target,
      referredBy: request.header('referred-by'),
      request,
      accept: () => this.#accept(transaction, request),
      reject: (statusCode) => void transaction.respond(statusCode >= 300 && statusCode < 700 ? statusCode : 603),
    })
    if (!handled) transaction.respond(500)
    else if (transaction.pending) {
      transaction.feed({ type: 'wait' })
      // RFC 4320 4.2: with half of its life gone its sender must get something. After an answer this says nothing more.
      userAgent.timers.start(32 * userAgent.timing.t1Ms, () => void transaction.respond(603))
    }
  }

  #accept(transaction: ServerTransaction, request: SipRequest): ReferSubscription {
    const { userAgent, peer } = this.#party
    const silent = /^\s*false\s*(;|$)/i.test(request.header('refer-sub') ?? '')
    // 2.4.6: the NOTIFYs of the first need no id, those of all others do.
    const event = this.#hadOne ? `refer;id=${request.cseq.sequence}` : 'refer'
    this.#hadOne = true
    const headers: Header[] = [['Contact', peer.contact]]
    // RFC 4488 4: says that there is no subscription, as was asked.
    if (silent) headers.push(['Refer-Sub', 'false'])
    const answered = transaction.respond(202, { headers })
    const notifier = new ReferNotifier({
      userAgent,
      peer,
      event,
      silent: silent || answered === undefined || this.#party.ended,
      onEnded: (ended) => this.#running.delete(ended),
    })
    if (!notifier.ended) {
      this.#running.add(notifier)
      // 2.4.4: at once.
      notifier.tell()
    }
    return notifier
  }

  #onReferAnswered({ statusCode, response, request }: InDialogOutcome): void {
    const { leg, ended } = this.#party
    if (ended || this.#asked === undefined) return
    if (response === undefined || statusCode >= 300) {
      this.#asked = undefined
      leg.emit({ type: 'referRejected', statusCode })
      if (response === undefined || statusCode === 481) this.#party.gone(statusCode)
      return
    }
    this.#asked = { sequence: request.cseq.sequence }
    leg.emit({ type: 'referAccepted' })
    if (/^\s*false\b/i.test(response.header('refer-sub') ?? '')) this.#endAsked(0, '')
  }

  /** 2.4.5: the body is the beginning of a response. */
  #receiveNotify(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent, leg } = this.#party
    const event = /^\s*refer\s*(?:;\s*id\s*=\s*"?(\d+)"?)?\s*(?:;|$)/i.exec(request.header('event') ?? '')
    const asked = this.#asked
    const isOurs = asked !== undefined && (event?.[1] === undefined || asked.sequence === undefined || asked.sequence === Number(event[1]))
    if (event === null || !isOurs) {
      // RFC 6665 4.1.3: no subscription of ours; 489 leaves the call alone, 481 might end it (RFC 5057 5.1).
      userAgent.reply(request, source, 489)
      return
    }
    userAgent.transactions.receive(request, source, key).respond(200)
    const status = /^SIP\/2\.0\s+(\d{3})\s*([^\r\n]*)/i.exec(request.bodyText)
    const [statusCode, reasonPhrase] = [Number(status?.[1] ?? 0), status?.[2]?.trim() ?? '']
    if (/^\s*terminated\b/i.test(request.header('subscription-state') ?? '') || statusCode >= 200) this.#endAsked(statusCode, reasonPhrase)
    else if (statusCode > 0) leg.emit({ type: 'referProgress', statusCode, reasonPhrase, ended: false })
  }

  #endAsked(statusCode: number, reasonPhrase: string): void {
    this.#asked = undefined
    this.#party.leg.emit({ type: 'referProgress', statusCode, reasonPhrase, ended: true })
  }

  /** RFC 6665 4.2.1.4: the peer refreshes the subscription of its REFER, or ends it. */
  #receiveSubscribe(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent, peer } = this.#party
    const event = (request.header('event') ?? '').replaceAll(/\s/g, '').toLowerCase()
    const notifier = [...this.#running].find((running) => running.event === event)
    if (notifier === undefined) {
      userAgent.reply(request, source, event.startsWith('refer') ? 481 : 489)
      return
    }
    const asked = /^\s*(\d{1,10})\s*$/.exec(request.header('expires') ?? '')?.[1]
    const isOver = asked !== undefined && Number(asked) === 0
    const expires = isOver ? 0 : notifier.renew(Number(asked ?? Number.MAX_SAFE_INTEGER))
    userAgent.transactions.receive(request, source, key).respond(200, {
      headers: [
        ['Contact', peer.contact],
        ['Expires', String(expires)],
      ],
    })
    if (isOver) notifier.unsubscribe()
    else notifier.tell()
  }
}
