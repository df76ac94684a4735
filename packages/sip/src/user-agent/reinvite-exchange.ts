import type { Timer } from '@dialtone/foundation'
import { refreshTarget } from '../dialog/index.ts'
import type { Header, SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { DIALOG_ALLOW } from './allowed-methods.ts'
import { acknowledgeSuccess, type DialogPeer, type InDialogExchange, exchangeInDialog, type InDialogOutcome, type SentAck } from './in-dialog-client.ts'
import { glareDelayMs, retryAfter } from './glare.ts'
import type { Leg } from './leg.ts'
import type { ServerTransaction } from './server-transaction.ts'
import { isSessionDescription, SESSION_DESCRIPTION_TYPE, sessionBodyOf } from './session-body.ts'
import type { AwaitedAck } from './unacknowledged-success.ts'
import type { UserAgent } from './user-agent.ts'

/** After so many 491 in a row the peer and we will never agree. */
const MAX_GLARE_RETRIES = 5
/** A re-INVITE alerts nobody, so a peer that does not answer it for so long never will. */
const ANSWER_LIMIT_MS = 180_000

/** The confirmed dialog whose re-INVITEs these are. */
export interface ReinviteParty {
  readonly userAgent: UserAgent
  readonly leg: Leg
  readonly peer: DialogPeer
  /** Somebody has hung up. */
  readonly ended: boolean
  /** A 2xx of ours has not been acknowledged yet. */
  readonly awaitsAck: boolean
  awaitAck(awaited: AwaitedAck): void
  receiveAck(ack: SipRequest): void
  /** The other end does not know the dialog any more. */
  gone(statusCode: number): void
}

/** The re-INVITEs of a confirmed dialog, in both directions, one at a time (RFC 3261 14). */
export class ReinviteExchange {
  readonly #session: ReinviteParty
  #outgoing: InDialogExchange | undefined
  #incoming: ServerTransaction | undefined
  /** The offer that waits its turn; a newer one takes its place. */
  #queued: string | undefined
  #glareRetries = 0
  #timer: Timer | undefined

  constructor(session: ReinviteParty) {
    this.#session = session
  }

  offer(body: string): void {
    this.#queued = body
    this.#glareRetries = 0
    this.resume()
  }

  /** Sends the offer that waits, if nothing hinders it any more (14.1: one INVITE at a time, of either direction). */
  resume(): void {
    const body = this.#queued
    if (body === undefined || this.#session.ended || this.#session.awaitsAck) return
    if (this.#outgoing !== undefined || this.#incoming !== undefined || this.#timer !== undefined) return
    this.#queued = undefined
    this.#send(body)
  }

  receive(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent } = this.#session
    // In a transaction: a copy that comes when the hindrance has gone must hear the same, for the peer has already acknowledged it.
    const refuse = (statusCode: number, headers: readonly Header[] = []): void => {
      userAgent.transactions.receive(request, source, key).respond(statusCode, { headers })
    }
    // 14.2: our own offer is under way.
    if (this.#outgoing !== undefined) refuse(491)
    else if (this.#incoming !== undefined) refuse(500, [retryAfter(userAgent)])
    else if (request.body.length > 0 && !isSessionDescription(request.contentType)) refuse(415, [['Accept', SESSION_DESCRIPTION_TYPE]])
    else this.#open(request, source, key)
  }

  /** The call is over: what the peer asked gets 487 (15.1.2), what we asked is forgotten. */
  abort(): void {
    this.#timer?.cancel()
    this.#outgoing?.abandon()
    this.#incoming?.respond(487)
    this.#queued = undefined
    this.#outgoing = undefined
    this.#incoming = undefined
  }

  #open(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent, leg } = this.#session
    const transaction = userAgent.transactions.receive(request, source, key)
    this.#incoming = transaction
    transaction.respond(100)
    const finish = (statusCode: number): void => {
      if (this.#incoming !== transaction) return
      this.#incoming = undefined
      transaction.respond(statusCode)
      transaction.user = undefined
      this.resume()
    }
    transaction.user = { onCancel: () => finish(487), onTransportFailure: () => finish(500), onAck: (ack) => this.#session.receiveAck(ack) }
    const handled = leg.emit({
      type: 'reinvite',
      method: 'INVITE',
      early: false,
      body: sessionBodyOf(request),
      request,
      answer: (body) => this.#answer(transaction, request, source, body),
      reject: (statusCode) => finish(statusCode >= 300 && statusCode < 700 ? statusCode : 500),
    })
    if (!handled) finish(500)
  }

  #answer(transaction: ServerTransaction, request: SipRequest, source: RemoteAddress, body: string): void {
    if (this.#incoming !== transaction) return
    this.#incoming = undefined
    const { peer } = this.#session
    peer.dialog = refreshTarget(peer.dialog, request)
    peer.heardFrom = source
    const headers = [['Contact', peer.contact] as const, DIALOG_ALLOW]
    const response = transaction.respond(200, { headers, body, contentType: SESSION_DESCRIPTION_TYPE })
    if (response === undefined) return
    // The ACK of an INVITE without offer brings the answer, so the user must hear of it (13.2.1).
    const reportAck = sessionBodyOf(request) === undefined
    this.#session.awaitAck({ transaction, response, sequence: request.cseq.sequence, reportAck })
  }

  #send(body: string): void {
    const { userAgent, peer } = this.#session
    let ack: SentAck | undefined
    const message = { method: 'INVITE', headers: [], body, contentType: SESSION_DESCRIPTION_TYPE }
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
      if (this.#outgoing === exchange) this.#settle(outcome, body)
    })
    this.#outgoing = exchange
    this.#timer = userAgent.timers.start(ANSWER_LIMIT_MS, () => {
      exchange.abandon()
      this.#finishOutgoing()
      this.#reject(408)
    })
  }

  #settle(outcome: InDialogOutcome, body: string): void {
    const { leg, userAgent } = this.#session
    const { statusCode, response } = outcome
    this.#finishOutgoing()
    if (response !== undefined && statusCode < 300) {
      leg.emit({ type: 'reinviteAnswered', body: sessionBodyOf(response) ?? '' })
      this.resume()
    } else if (response === undefined || statusCode === 408 || statusCode === 481) {
      // 14.1, 12.2.1.2: the dialog is gone at the other end.
      this.#session.gone(statusCode)
    } else if (statusCode === 491 && this.#glareRetries < MAX_GLARE_RETRIES) {
      this.#glareRetries++
      this.#queued ??= body
      this.#timer = userAgent.timers.start(glareDelayMs(userAgent, leg.direction === 'outgoing'), () => {
        this.#timer = undefined
        this.resume()
      })
    } else this.#reject(statusCode)
  }

  #reject(statusCode: number): void {
    this.#session.leg.emit({ type: 'reinviteRejected', statusCode })
    this.resume()
  }

  #finishOutgoing(): void {
    this.#outgoing = undefined
    this.#timer?.cancel()
    this.#timer = undefined
  }
}
