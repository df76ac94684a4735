import type { Timer } from '@dialtone/foundation'
import { minimumSecondsOf, refreshTarget } from '../dialog/index.ts'
import { glareDelayMs } from './glare.ts'
import { acknowledgeSuccess, type InDialogExchange, exchangeInDialog, type InDialogOutcome, type SentAck } from './in-dialog-client.ts'
import type { OfferParty } from './offer-party.ts'
import { isReadable } from './readable-response.ts'
import { SESSION_DESCRIPTION_TYPE, sessionBodyOf } from './session-body.ts'

/** After so many 491 in a row the peer and we will never agree. */
const MAX_GLARE_RETRIES = 5
/** A 422 that says the same again is a mistake of the peer. */
const MAX_INTERVAL_RETRIES = 3
/** A re-INVITE alerts nobody, so a peer that does not answer it for so long never will. */
const ANSWER_LIMIT_MS = 180_000

/** What is to be told to the peer. */
interface Offer {
  /** undefined: nothing but that we are still here (RFC 4028 7.4). */
  readonly body: string | undefined
  /** By UPDATE, if the peer takes that. */
  readonly byUpdate: boolean
}

/** Our re-INVITEs and UPDATEs in a dialog, one at a time (RFC 3261 14.1, RFC 3311 5.1, RFC 4028 7.4). */
export class OutgoingOffers {
  readonly #party: OfferParty
  /** Whether an offer of the peer is being answered. */
  readonly #isAnswering: () => boolean
  #exchange: InDialogExchange | undefined
  /** What the exchange is about, of an INVITE: that can be taken back. */
  #inviting: Offer | undefined
  #cancelled = false
  /** The offer that waits its turn; a newer one takes its place. */
  #queued: Offer | undefined
  #glareRetries = 0
  #intervalRetries = 0
  #timer: Timer | undefined
  #aborted = false

  constructor(party: OfferParty, isAnswering: () => boolean) {
    this.#party = party
    this.#isAnswering = isAnswering
  }

  /** An offer of ours is under way. */
  get busy(): boolean {
    return this.#exchange !== undefined
  }

  offer(body: string, byUpdate = false): void {
    this.#queued = { body, byUpdate }
    this.#glareRetries = 0
    this.#intervalRetries = 0
    this.resume()
  }

  /** RFC 4028 7.4: a session refresh, unless something that does the same is on its way. */
  refresh(): void {
    if (this.#queued !== undefined || this.busy) return
    this.#queued = { body: undefined, byUpdate: true }
    this.#glareRetries = 0
    this.#intervalRetries = 0
    this.resume()
  }

  /** Sends the offer that waits, if nothing hinders it any more (14.1: one INVITE at a time, of either direction). */
  resume(): void {
    const offer = this.#queued
    const { ended, awaitsAck } = this.#party
    if (offer === undefined || ended || awaitsAck || this.busy || this.#isAnswering() || this.#timer !== undefined) return
    this.#queued = undefined
    this.#send(offer)
  }

  /** Drops an offer that waits for its time after a 491. @returns whether there was one */
  giveWay(): boolean {
    if (this.busy || this.#timer === undefined || this.#queued?.body === undefined) return false
    this.#timer.cancel()
    this.#timer = undefined
    this.#queued = undefined
    return true
  }

  /** See `SipLeg.cancelReinvite`. */
  cancel(): void {
    if (this.#queued?.body !== undefined) {
      this.#queued = undefined
      // The timer is that of the next attempt, unless something else is under way, whose own it is.
      if (!this.busy) this.#finish()
      this.#reject(487, false)
    } else if (this.#inviting?.body !== undefined && !this.#cancelled) this.#takeBack(487)
  }

  /** The call is over: what we asked is forgotten. */
  abort(): void {
    this.#aborted = true
    this.#timer?.cancel()
    this.#exchange?.retire()
    this.#exchange = undefined
    this.#queued = undefined
  }

  #send(offer: Offer): void {
    const { leg, confirmed } = this.#party
    if (!confirmed || (offer.byUpdate && leg.remoteAllow.has('UPDATE'))) this.#sendUpdate(offer)
    else this.#sendInvite(offer)
  }

  #sendUpdate(offer: Offer): void {
    const { userAgent, peer, refresher } = this.#party
    const content = offer.body === undefined ? {} : { body: offer.body, contentType: SESSION_DESCRIPTION_TYPE }
    const message = { method: 'UPDATE', headers: refresher.requestHeaders(), ...content }
    const exchange = exchangeInDialog(userAgent, peer, message, (outcome) => {
      if (this.#exchange === exchange) this.#settle(outcome, offer, offer.body ?? this.#party.localBody)
    })
    this.#exchange = exchange
  }

  #sendInvite(offer: Offer): void {
    const { userAgent, peer, refresher } = this.#party
    // RFC 4028 7.4: a refresh offers what is in force, with the same version in o= (RFC 3264 8).
    const body = offer.body ?? this.#party.localBody ?? ''
    let ack: SentAck | undefined
    const message = { method: 'INVITE', headers: refresher.requestHeaders(), body, contentType: SESSION_DESCRIPTION_TYPE }
    const exchange = exchangeInDialog(userAgent, peer, message, (outcome) => {
      if (ack !== undefined) {
        // 13.2.2.4: the 2xx came again.
        if (outcome.response !== undefined && outcome.statusCode < 300) userAgent.send(ack.bytes, ack.destination)
        return
      }
      if (outcome.response !== undefined && outcome.statusCode < 300) {
        peer.dialog = refreshTarget(peer.dialog, outcome.response)
        ack = acknowledgeSuccess(userAgent, peer, outcome.request)
      }
      if (this.#exchange === exchange) this.#settle(outcome, offer, body)
    })
    this.#exchange = exchange
    this.#inviting = offer
    this.#timer = userAgent.timers.start(ANSWER_LIMIT_MS, () => this.#takeBack(408))
  }

  /** @param statusCode what the offer comes to if not even the CANCEL brings an answer */
  #takeBack(statusCode: number): void {
    const isRefresh = this.#inviting?.body === undefined
    this.#cancelled = true
    this.#timer?.cancel()
    this.#exchange?.cancel()
    // 9.1: who gives no final answer in 64*T1 gives none at all.
    this.#timer = this.#party.userAgent.timers.start(64 * this.#party.userAgent.timing.t1Ms, () => {
      this.#exchange?.abandon()
      this.#finish()
      this.#reject(statusCode, isRefresh)
    })
  }

  #settle(outcome: InDialogOutcome, offer: Offer, body: string | undefined): void {
    const { statusCode, response } = outcome
    const cancelled = this.#cancelled
    this.#finish()
    if (response === undefined || statusCode === 408 || statusCode === 481) {
      // RFC 3261 14.1, 12.2.1.2: the dialog is gone at the other end. An early one ends with its INVITE.
      if (this.#party.confirmed) this.#party.gone(statusCode)
      else this.#reject(statusCode, offer.body === undefined)
    } else if (statusCode < 300) this.#succeed(outcome, offer, body)
    else if (cancelled) this.#reject(statusCode, offer.body === undefined)
    else if (statusCode === 491 && this.#glareRetries < MAX_GLARE_RETRIES) this.#sendLater(offer)
    else if (statusCode === 422 && this.#intervalRetries < MAX_INTERVAL_RETRIES && minimumSecondsOf(response) > 0) {
      // RFC 4028 7.3.
      this.#intervalRetries++
      this.#party.refresher.minimumSeconds = Math.max(this.#party.refresher.minimumSeconds, minimumSecondsOf(response))
      this.#queued ??= offer
      this.resume()
    } else if (this.#mayAskAgain(outcome)) {
      this.#queued ??= { ...offer, byUpdate: false }
      this.resume()
    } else this.#reject(statusCode, offer.body === undefined)
  }

  /** RFC 3311 5.2: who must ask somebody before it can change answers UPDATE with 504; others claim to know it and do not. */
  #mayAskAgain({ request, statusCode }: InDialogOutcome): boolean {
    return this.#party.confirmed && request.method === 'UPDATE' && (statusCode === 504 || statusCode === 405 || statusCode === 501)
  }

  #succeed({ response }: InDialogOutcome, offer: Offer, body: string | undefined): void {
    if (response === undefined) return
    const party = this.#party
    party.peer.dialog = refreshTarget(party.peer.dialog, response)
    party.leg.noteAbilities(response)
    if (party.confirmed) party.refresher.answered(response)
    if (offer.body !== undefined && !isReadable(response, party.userAgent.abilities)) {
      // Acknowledged, but no answer to us: what was in force stays so.
      this.#reject(488, false)
      return
    }
    const answer = sessionBodyOf(response)
    const isNew = answer !== undefined && answer !== party.remoteBody
    party.localBody = body
    party.remoteBody = answer ?? party.remoteBody
    if (offer.body !== undefined) party.leg.emit({ type: 'reinviteAnswered', body: answer ?? '' })
    else if (isNew) party.leg.emit({ type: 'sessionRefreshed', body: answer })
    this.resume()
  }

  #sendLater(offer: Offer): void {
    const { userAgent, leg } = this.#party
    this.#glareRetries++
    this.#queued ??= offer
    this.#timer = userAgent.timers.start(glareDelayMs(userAgent, leg.direction === 'outgoing'), () => {
      this.#timer = undefined
      this.resume()
    })
  }

  #reject(statusCode: number, isRefresh: boolean): void {
    if (isRefresh) this.#party.refresher.refreshFailed()
    else this.#party.leg.emit({ type: 'reinviteRejected', statusCode })
    if (!this.#aborted) this.resume()
  }

  #finish(): void {
    this.#exchange = undefined
    this.#inviting = undefined
    this.#cancelled = false
    this.#timer?.cancel()
    this.#timer = undefined
  }
}
