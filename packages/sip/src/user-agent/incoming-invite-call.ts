import type { Timer } from '@dialtone/foundation'
import { createCalleeDialog, inviteReferencesOf, type JoinedDialog, type ReplacedDialog } from '../dialog/index.ts'
import type { Header, SipRequest } from '../message/index.ts'
import type { OutgoingResponse } from '../transaction/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { DIALOG_ALLOW } from './allowed-methods.ts'
import { DialogSession, type EarlyDialog } from './dialog-session.ts'
import { answerEarlyRequest } from './early-request.ts'
import { retryAfter } from './glare.ts'
import type { IncomingInvite, InviteProgressOptions, RespondOptions } from './incoming-request.ts'
import { type EarlyCall, Leg } from './leg.ts'
import type { ServerTransaction, ServerTransactionUser } from './server-transaction.ts'
import { maxBreadthOf } from './max-breadth.ts'
import { ReliableProvisionals, type ReliableResponse } from './reliable-provisionals.ts'
import { schemeOf } from './scheme-of.ts'
import { SESSION_DESCRIPTION_TYPE, sessionBodyOf } from './session-body.ts'
import type { UserAgent } from './user-agent.ts'

/** RFC 3261 13.3.1.1: proxies on the way give a silent call up after three minutes. */
const PROGRESS_INTERVAL_MS = 60_000

/** User parts of a Request-URI that may stand in our Contact as they are. */
const CONTACT_USER = /^[\w.!~*'()%&=+$,;?/-]{1,128}$/

/** The callee's side of an INVITE, from 100 Trying to its final response (RFC 3261 13.3). */
export class IncomingInviteCall implements IncomingInvite, EarlyCall, EarlyDialog, ServerTransactionUser {
  readonly request: SipRequest
  readonly source: RemoteAddress
  readonly leg: Leg
  readonly replaces: ReplacedDialog | undefined
  readonly join: JoinedDialog | undefined
  readonly maxBreadth: number | undefined
  readonly #userAgent: UserAgent
  readonly #transaction: ServerTransaction
  readonly #contact: string
  readonly #requiresReliable: boolean
  /** The offer of the INVITE; undefined: it is for us to make one. */
  readonly #offered: string | undefined
  #reliables: ReliableProvisionals | undefined
  /** The early dialog, as soon as something goes on in it. */
  #session: DialogSession | undefined
  /** The answer that waits for a PRACK. */
  #postponed: Parameters<IncomingInvite['answer']>[0] | undefined
  #open = true
  #lastProgress: OutgoingResponse | undefined
  #progressTimer: Timer | undefined

  /** @param transaction of the INVITE; 100 has been sent */
  constructor(userAgent: UserAgent, request: SipRequest, source: RemoteAddress, transaction: ServerTransaction) {
    const localTag = userAgent.newToken(9)
    const user = request.uri?.user ?? ''
    this.request = request
    this.source = source
    this.#userAgent = userAgent
    this.#transaction = transaction
    this.#contact = userAgent.contact(CONTACT_USER.test(user) ? user : '', source, schemeOf(request.uriText))
    this.leg = new Leg({ userAgent, direction: 'incoming', localTag, callId: request.callId, remote: source, early: this })
    this.leg.noteAbilities(request)
    const references = inviteReferencesOf(request)
    // Malformed ones have been refused before (`screenRequest`).
    this.replaces = references === 'malformed' ? undefined : references.replaces
    this.join = references === 'malformed' ? undefined : references.join
    this.maxBreadth = maxBreadthOf(request)
    this.#offered = sessionBodyOf(request)
    this.#requiresReliable = request.headers('require').some((optionTag) => optionTag.toLowerCase() === '100rel')
    transaction.toTag = localTag
    transaction.user = this
  }

  progress(statusCode: number, options: InviteProgressOptions = {}): void {
    if (!this.#open || this.#postponed !== undefined || statusCode <= 100 || statusCode >= 200) return
    const { body, headers = [], reliable, ...reason } = options
    const content = body === undefined ? {} : { body, contentType: SESSION_DESCRIPTION_TYPE }
    const response = { statusCode, options: { ...reason, ...content, headers } }
    if (this.#isReliable(reliable, body)) this.#ownReliables().send(response)
    else this.#sendProgress(response, [])
    this.#repeatProgress()
  }

  answer(options: { readonly body: string; readonly headers?: readonly Header[] }): void {
    if (!this.#open) return
    if (this.#reliables?.holdsAnswer === true) {
      // RFC 3262 5: the 2xx waits for the PRACK of what has the session description.
      this.#postponed ??= options
      return
    }
    this.#close()
    const session = this.#ownSession()
    session.confirm()
    session.awaitedRSeq = this.#reliables?.awaitedRSeq
    const { body } = options
    // RFC 3261 13.2.1: after an answer there is no other in responses to this INVITE.
    const isAnswered = session.localBody !== undefined
    const content = isAnswered ? {} : { body, contentType: SESSION_DESCRIPTION_TYPE }
    const headers = [...this.#dialogHeaders(), ...session.refresher.answer(this.request), ...(options.headers ?? [])]
    const response = this.#transaction.respond(200, { headers, ...content })
    if (response === undefined) return
    this.leg.confirm(session)
    const carriesOffer = !isAnswered && this.#offered === undefined
    session.awaitAck({ transaction: this.#transaction, response, sequence: this.request.cseq.sequence, reportAck: true, carriesOffer })
    if (isAnswered && session.localBody !== body) session.offer(body, true)
    else session.localBody = body
  }

  reject(statusCode: number, options: { readonly reasonPhrase?: string; readonly headers?: readonly Header[] } = {}): void {
    if (!this.#open) return
    this.#close()
    this.#transaction.respond(statusCode >= 300 && statusCode < 700 ? statusCode : 500, options)
    this.#finish()
  }

  hangUp(headers: readonly Header[]): void {
    this.reject(480, { headers })
  }

  hasRemoteTag(tag: string): boolean {
    return this.request.fromTag === tag
  }

  offer(body: string): void {
    // RFC 3311 5.1: not before the first offer has been answered reliably.
    if (this.#session !== undefined && this.offerHindrance() === undefined && this.leg.remoteAllow.has('UPDATE')) this.#session.offer(body, true)
    else this.leg.emit({ type: 'reinviteRejected', statusCode: 491 })
  }

  receive(request: SipRequest, source: RemoteAddress, key: string): void {
    this.#ownSession().receive(request, source, key)
  }

  offerHindrance(): 491 | 500 | undefined {
    const isOurs = this.#offered === undefined
    if (this.#reliables?.holdsAnswer === true) return isOurs ? 491 : 500
    return this.#session?.localBody === undefined && !isOurs ? 500 : undefined
  }

  receiveEarly(request: SipRequest, source: RemoteAddress, key: string): void {
    const { transactions } = this.#userAgent
    switch (request.method) {
      case 'BYE':
        // 15: the caller may hang up in the early dialog.
        transactions.receive(request, source, key).respond(200)
        return this.onCancel(request)
      case 'INVITE':
        // 14.2: the first INVITE has no final response yet.
        return void transactions.receive(request, source, key).respond(500, { headers: [retryAfter(this.#userAgent)] })
      case 'PRACK':
        return this.#receivePrack(request, source, key)
      default:
        return answerEarlyRequest(this.#userAgent, request, source)
    }
  }

  onCancel(cancel: SipRequest): void {
    if (!this.#open) return
    this.#close()
    this.#transaction.respond(487)
    this.#finish({ type: 'cancelled', reason: cancel.header('reason') })
  }

  onAck(ack: SipRequest): void {
    this.leg.receiveAck(ack)
  }

  onTransportFailure(): void {
    if (!this.#open) return
    this.#close()
    this.#finish({ type: 'gone', statusCode: 503 })
  }

  /** Who requires 100rel gets nothing else (RFC 3262 3); who merely supports it gets our answer so. */
  #isReliable(wanted: boolean | undefined, body: string | undefined): boolean {
    if (this.#requiresReliable) return true
    if (!this.leg.supports('100rel') || !this.#userAgent.abilities.options.has('100rel')) return false
    return wanted ?? (body !== undefined && this.#offered !== undefined)
  }

  #ownReliables(): ReliableProvisionals {
    const transaction = this.#transaction
    this.#reliables ??= new ReliableProvisionals({
      userAgent: this.#userAgent,
      invite: this.request,
      send: (response, rseq) => this.#sendReliably(response, rseq),
      resend: (response) => transaction.resend(response),
      onGivenUp: () => this.#giveUpProgress(),
    })
    return this.#reliables
  }

  #sendReliably(response: ReliableResponse, rseq: number): OutgoingResponse | undefined {
    const session = this.#ownSession()
    const more: Header[] = [
      ['Require', '100rel'],
      ['RSeq', String(rseq)],
    ]
    const { body } = response.options
    if (typeof body !== 'string') return this.#sendProgress(response, more)
    // RFC 3261 13.2.1: the offer is answered once.
    if (session.localBody !== undefined) return this.#sendProgress({ ...response, options: withoutBody(response.options) }, more)
    session.localBody = body
    return this.#sendProgress(response, more)
  }

  #sendProgress({ statusCode, options }: ReliableResponse, more: readonly Header[]): OutgoingResponse | undefined {
    const headers = [...this.#dialogHeaders(), ...more, ...(options.headers ?? [])]
    this.#lastProgress = this.#transaction.respond(statusCode, { ...options, headers })
    return this.#lastProgress
  }

  /** RFC 3262 3. */
  #giveUpProgress(): void {
    if (!this.#open) return
    this.#close()
    this.#transaction.respond(504)
    this.#finish({ type: 'progressTimeout' })
  }

  #receivePrack(request: SipRequest, source: RemoteAddress, key: string): void {
    const transaction = this.#userAgent.transactions.receive(request, source, key)
    const acknowledged = this.#reliables?.acknowledge(request)
    if (acknowledged === undefined) {
      transaction.respond(481)
      return
    }
    const body = sessionBodyOf(request)
    const session = this.#ownSession()
    const isAnswer = body !== undefined && this.#offered === undefined && session.remoteBody === undefined && session.localBody !== undefined
    if (isAnswer) session.remoteBody = body
    // 5: another offer is not for us to answer without asking, and a PRACK cannot wait. What it acknowledges is acknowledged.
    transaction.respond(body === undefined || isAnswer ? 200 : 488)
    this.leg.emit({ type: 'progressAcknowledged', statusCode: acknowledged.statusCode, body: isAnswer ? body : undefined })
    const postponed = this.#postponed
    if (postponed === undefined || this.#reliables?.holdsAnswer === true) session.resumeOffers()
    else {
      this.#postponed = undefined
      this.answer(postponed)
    }
  }

  #ownSession(): DialogSession {
    if (this.#session !== undefined) return this.#session
    const dialog = createCalleeDialog(this.request, this.leg.id)
    const peer = { dialog, heardFrom: this.source, contact: this.#contact, credentials: undefined }
    this.#session = new DialogSession(this.#userAgent, this.leg, peer, this)
    this.#session.remoteBody = this.#offered
    return this.#session
  }

  #finish(event?: Parameters<Leg['end']>[0]): void {
    this.#transaction.user = undefined
    this.#session?.endEarly()
    this.leg.end(event)
    this.leg.forget()
  }

  #close(): void {
    this.#open = false
    this.#progressTimer?.cancel()
    this.#reliables?.stop()
  }

  #repeatProgress(): void {
    this.#progressTimer?.cancel()
    this.#progressTimer = this.#userAgent.timers.start(PROGRESS_INTERVAL_MS, () => {
      if (this.#lastProgress !== undefined) this.#transaction.resend(this.#lastProgress)
      this.#repeatProgress()
    })
  }

  #dialogHeaders(): Header[] {
    return [['Contact', this.#contact], DIALOG_ALLOW, this.#userAgent.abilities.supported]
  }
}

function withoutBody(options: RespondOptions): RespondOptions {
  const { body: _, contentType: __, ...rest } = options
  return rest
}
