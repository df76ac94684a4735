import { createCalleeDialog, inviteReferencesOf, type JoinedDialog, type ReplacedDialog } from '../dialog/index.ts'
import type { Header, SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { DIALOG_ALLOW } from './allowed-methods.ts'
import { CalleeProgress, type ProgressingCall } from './callee-progress.ts'
import { DialogSession, type EarlyDialog } from './dialog-session.ts'
import { answerEarlyRequest } from './early-request.ts'
import { retryAfter } from './glare.ts'
import type { IncomingInvite, InviteProgressOptions } from './incoming-request.ts'
import { type EarlyCall, Leg } from './leg.ts'
import type { ServerTransaction, ServerTransactionUser } from './server-transaction.ts'
import { maxBreadthOf } from './max-breadth.ts'
import { schemeOf } from './scheme-of.ts'
import { SESSION_DESCRIPTION_TYPE } from './session-body.ts'
import { type StandingInvite, standingInviteOf } from './standing-invite.ts'
import type { UserAgent } from './user-agent.ts'

/** User parts of a Request-URI that may stand in our Contact as they are. */
const CONTACT_USER = /^[\w.!~*'()%&=+$,;?/-]{1,128}$/

/** The callee's side of an INVITE, from 100 Trying to its final response (RFC 3261 13.3). */
export class IncomingInviteCall implements IncomingInvite, EarlyCall, EarlyDialog, ProgressingCall, ServerTransactionUser {
  readonly request: SipRequest
  readonly source: RemoteAddress
  readonly leg: Leg
  readonly replaces: ReplacedDialog | undefined
  readonly join: JoinedDialog | undefined
  readonly maxBreadth: number | undefined
  readonly userAgent: UserAgent
  readonly transaction: ServerTransaction
  readonly #contact: Header
  readonly #progress: CalleeProgress
  /** The early dialog, as soon as something goes on in it. */
  #session: DialogSession | undefined
  /** The answer that waits for a PRACK. */
  #postponed: Parameters<IncomingInvite['answer']>[0] | undefined
  #open = true

  /** @param transaction of the INVITE; 100 has been sent */
  constructor(userAgent: UserAgent, request: SipRequest, source: RemoteAddress, transaction: ServerTransaction) {
    const localTag = userAgent.newToken(9)
    const user = request.uri?.user ?? ''
    this.request = request
    this.source = source
    this.userAgent = userAgent
    this.transaction = transaction
    this.#contact = ['Contact', userAgent.contact(CONTACT_USER.test(user) ? user : '', source, schemeOf(request.uriText))]
    this.leg = new Leg({ userAgent, direction: 'incoming', localTag, callId: request.callId, remote: source, early: this })
    this.leg.noteAbilities(request)
    const references = inviteReferencesOf(request)
    // Malformed ones have been refused before (`screenRequest`).
    this.replaces = references === 'malformed' ? undefined : references.replaces
    this.join = references === 'malformed' ? undefined : references.join
    this.maxBreadth = maxBreadthOf(request)
    this.#progress = new CalleeProgress(this)
    transaction.toTag = localTag
    transaction.user = this
  }

  get offered(): string | undefined {
    return this.#progress.offered
  }

  get standing(): StandingInvite | undefined {
    return this.#open ? standingInviteOf('received', this.request, this.source, this.leg.id) : undefined
  }

  progress(statusCode: number, options: InviteProgressOptions = {}): void {
    if (!this.#open || this.#postponed !== undefined || statusCode <= 100 || statusCode >= 200) return
    this.#progress.tell(statusCode, options)
  }

  answer(options: { readonly body: string; readonly headers?: readonly Header[] }): void {
    if (!this.#open) return
    if (this.#progress.holdsAnswer) {
      // RFC 3262 5: the 2xx waits for the PRACK of what has the session description.
      this.#postponed ??= options
      return
    }
    this.#close()
    const session = this.session()
    session.confirm()
    session.awaitedRSeq = this.#progress.awaitedRSeq
    const { body } = options
    // RFC 3261 13.2.1: after an answer there is no other in responses to this INVITE.
    const isAnswered = session.localBody !== undefined
    const content = isAnswered ? {} : { body, contentType: SESSION_DESCRIPTION_TYPE }
    const headers = this.dialogHeaders(session.refresher.answer(this.request), options.headers)
    const response = this.transaction.respond(200, { headers, ...content })
    if (response === undefined) {
      session.endEarly()
      return
    }
    this.leg.confirm(session)
    const carriesOffer = !isAnswered && this.#progress.offered === undefined
    session.awaitAck({ transaction: this.transaction, response, sequence: this.request.cseq.sequence, reportAck: true, carriesOffer })
    if (isAnswered && session.localBody !== body) session.offer(body, true)
    else session.localBody = body
  }

  reject(statusCode: number, options: { readonly reasonPhrase?: string; readonly headers?: readonly Header[] } = {}): void {
    if (!this.#open) return
    this.#close()
    this.transaction.respond(statusCode >= 300 && statusCode < 700 ? statusCode : 500, options)
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
    this.session().receive(request, source, key)
  }

  offerHindrance(): 491 | 500 | undefined {
    const isOurs = this.#progress.offered === undefined
    if (this.#progress.holdsAnswer) return isOurs ? 491 : 500
    return this.#session?.localBody === undefined && !isOurs ? 500 : undefined
  }

  receiveEarly(request: SipRequest, source: RemoteAddress, key: string): void {
    const { transactions } = this.userAgent
    switch (request.method) {
      case 'BYE':
        // 15: the caller may hang up in the early dialog.
        transactions.receive(request, source, key).respond(200)
        return this.onCancel(request)
      case 'INVITE':
        // 14.2: the first INVITE has no final response yet.
        return void transactions.receive(request, source, key).respond(500, { headers: [retryAfter(this.userAgent)] })
      case 'PRACK':
        return this.#progress.receivePrack(request, source, key)
      default:
        return answerEarlyRequest(this.userAgent, request, source)
    }
  }

  onCancel(cancel: SipRequest): void {
    if (!this.#open) return
    this.#close()
    this.transaction.respond(487)
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

  /** RFC 3262 3. */
  onProgressTimeout(): void {
    if (!this.#open) return
    this.#close()
    this.transaction.respond(504)
    this.#finish({ type: 'progressTimeout' })
  }

  onProgressAcknowledged(): void {
    const postponed = this.#postponed
    this.#postponed = undefined
    if (postponed === undefined) this.#session?.resumeOffers()
    else this.answer(postponed)
  }

  session(): DialogSession {
    if (this.#session !== undefined) return this.#session
    const dialog = createCalleeDialog(this.request, this.leg.id)
    const peer = { dialog, heardFrom: this.source, contact: this.#contact[1], credentials: undefined }
    this.#session = new DialogSession(this.userAgent, this.leg, peer, this)
    this.#session.remoteBody = this.#progress.offered
    return this.#session
  }

  #finish(event?: Parameters<Leg['end']>[0]): void {
    this.transaction.user = undefined
    this.#session?.endEarly()
    this.leg.end(event)
    this.leg.forget()
  }

  #close(): void {
    this.#open = false
    this.#progress.stop()
  }

  dialogHeaders(more: readonly Header[], given: readonly Header[] = []): readonly Header[] {
    return [this.#contact, DIALOG_ALLOW, this.userAgent.abilities.supported, ...more, ...given]
  }
}
