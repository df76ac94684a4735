import { refreshTarget, tooShortInterval } from '../dialog/index.ts'
import type { Header, SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { DIALOG_ALLOW } from './allowed-methods.ts'
import { retryAfter } from './glare.ts'
import type { OfferParty } from './offer-party.ts'
import type { ServerTransaction } from './server-transaction.ts'
import { SESSION_DESCRIPTION_TYPE, sessionBodyOf, unreadableBody } from './session-body.ts'

/** The peer's re-INVITEs and UPDATEs in a dialog, one at a time (RFC 3261 14.2, RFC 3311 5.2, RFC 4028 9). */
export class IncomingOffers {
  readonly #party: OfferParty
  /** Whether an offer of ours is under way. */
  readonly #isOffering: () => boolean
  #pending: ServerTransaction | undefined

  constructor(party: OfferParty, isOffering: () => boolean) {
    this.#party = party
    this.#isOffering = isOffering
  }

  /** An offer of the peer has not been answered yet. */
  get busy(): boolean {
    return this.#pending !== undefined
  }

  receive(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent, leg } = this.#party
    const transaction = userAgent.transactions.receive(request, source, key)
    const problem = this.#problemOf(request)
    if (problem !== undefined) {
      // In a transaction: a copy that comes when the hindrance has gone must hear the same, for the peer has already acknowledged it.
      transaction.respond(problem.statusCode, problem)
      return
    }
    leg.noteAbilities(request)
    if (request.method === 'UPDATE' && request.body.length === 0) this.#answer(transaction, request, source, undefined)
    else this.#ask(transaction, request, source)
  }

  /** The call is over: what the peer asked gets 487 (RFC 3261 15.1.2). */
  abort(): void {
    this.#pending?.respond(487)
    this.#pending = undefined
  }

  #problemOf(request: SipRequest): { readonly statusCode: number; readonly headers: readonly Header[] } | undefined {
    const { userAgent } = this.#party
    const offers = request.method === 'INVITE' || request.body.length > 0
    const hindrance = offers ? this.#party.offerHindrance() : undefined
    // RFC 3261 14.2, RFC 3311 5.2: our own offer is under way; then: the peer's last one has no answer yet.
    if (offers && (this.#isOffering() || hindrance === 491)) return { statusCode: 491, headers: [] }
    if (this.busy || hindrance === 500) return { statusCode: 500, headers: [retryAfter(userAgent)] }
    const unreadable = unreadableBody(request)
    if (unreadable !== undefined) return { statusCode: 415, headers: [unreadable] }
    const { sessionTimer } = userAgent.abilities
    const tooShort = sessionTimer === undefined ? undefined : tooShortInterval(sessionTimer, request)
    return tooShort === undefined ? undefined : { statusCode: 422, headers: tooShort }
  }

  #ask(transaction: ServerTransaction, request: SipRequest, source: RemoteAddress): void {
    const { userAgent, leg, confirmed } = this.#party
    const isInvite = request.method === 'INVITE'
    this.#pending = transaction
    if (isInvite) transaction.respond(100)
    // RFC 3311 5.2: an UPDATE is answered at once, or not at all; with half of its life gone its sender must get something.
    const limit = isInvite ? undefined : userAgent.timers.start(32 * userAgent.timing.t1Ms, () => finish(504))
    const finish = (statusCode: number): void => {
      limit?.cancel()
      if (this.#pending !== transaction) return
      this.#pending = undefined
      transaction.respond(statusCode)
      transaction.user = undefined
      this.#party.resumeOffers()
    }
    const onCancel = (): void => {
      if (this.#pending !== transaction) return
      finish(487)
      leg.emit({ type: 'reinviteCancelled' })
    }
    transaction.user = { onCancel, onTransportFailure: () => finish(500), onAck: (ack) => this.#party.receiveAck(ack) }
    const handled = leg.emit({
      type: 'reinvite',
      method: isInvite ? 'INVITE' : 'UPDATE',
      early: !confirmed,
      body: sessionBodyOf(request),
      request,
      answer: (body) => {
        limit?.cancel()
        if (this.#pending === transaction) this.#answer(transaction, request, source, body)
      },
      reject: (statusCode) => finish(statusCode >= 300 && statusCode < 700 ? statusCode : 500),
    })
    if (!handled) finish(500)
    else if (!isInvite && transaction.pending) transaction.feed({ type: 'wait' })
  }

  #answer(transaction: ServerTransaction, request: SipRequest, source: RemoteAddress, body: string | undefined): void {
    this.#pending = undefined
    const party = this.#party
    const { peer } = party
    peer.dialog = refreshTarget(peer.dialog, request)
    peer.heardFrom = source
    // RFC 4028 4: an UPDATE before the answer to the INVITE agrees on nothing yet.
    const timer = party.confirmed ? party.refresher.answer(request) : []
    const headers: Header[] = [['Contact', peer.contact], DIALOG_ALLOW, ...timer]
    const content = body === undefined ? {} : { body, contentType: SESSION_DESCRIPTION_TYPE }
    const response = transaction.respond(200, { headers, ...content })
    if (response === undefined) return
    const offered = sessionBodyOf(request)
    party.localBody = body ?? party.localBody
    party.remoteBody = offered ?? party.remoteBody
    if (request.method === 'INVITE') {
      // The ACK of an INVITE without offer brings the answer, so the user must hear of it (RFC 3261 13.2.1).
      const carriesOffer = offered === undefined
      party.awaitAck({ transaction, response, sequence: request.cseq.sequence, reportAck: carriesOffer, carriesOffer })
    } else {
      transaction.user = undefined
      party.resumeOffers()
    }
  }
}
