import { matchesDialog, parseRAck, receiveInDialog } from '../dialog/index.ts'
import type { Header, SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { DIALOG_ALLOW, isKnownMethod } from './allowed-methods.ts'
import { DialogRefers } from './dialog-refers.ts'
import { IncomingOffers } from './incoming-offers.ts'
import { type DialogPeer, exchangeInDialog, type InDialogOutcome } from './in-dialog-client.ts'
import type { Leg, LegSession } from './leg.ts'
import type { OfferParty } from './offer-party.ts'
import { OutgoingOffers } from './outgoing-offers.ts'
import { screenRequire } from './screen-request.ts'
import { encodingProblem, SESSION_DESCRIPTION_TYPE, sessionBodyOf } from './session-body.ts'
import { type RefreshedSession, SessionRefresher } from './session-refresher.ts'
import { type StandingDialog, standingDialogOf } from './standing-dialog.ts'
import { type AwaitedAck, UnacknowledgedSuccess } from './unacknowledged-success.ts'
import type { UserAgent } from './user-agent.ts'

/** Who serves what only the INVITE of an early dialog can answer. */
export interface EarlyDialog {
  offerHindrance(): 491 | 500 | undefined
  /** BYE, INVITE, PRACK and whatever has no business in an early dialog. */
  receiveEarly(request: SipRequest, source: RemoteAddress, key: string): void
}

/** A dialog of a leg: what comes and goes in it until somebody hangs up (RFC 3261 12.2, 14, 15). */
export class DialogSession implements LegSession, OfferParty, RefreshedSession {
  readonly userAgent: UserAgent
  readonly leg: Leg
  readonly peer: DialogPeer
  readonly refresher: SessionRefresher
  localBody: string | undefined
  remoteBody: string | undefined
  /** RSeq of a provisional response whose PRACK had not come when the INVITE was answered. */
  awaitedRSeq: number | undefined
  /** Made when they are needed: most calls are never offered anything again, and thousands of dialogs stand for hours. */
  #outgoing: OutgoingOffers | undefined
  #incoming: IncomingOffers | undefined
  /** Hardly ever more than one. */
  #awaited: readonly (AwaitedAck & { readonly success: UnacknowledgedSuccess })[] = []
  #refers: DialogRefers | undefined
  #early: EarlyDialog | undefined
  #ended = false
  /** The header fields of the BYE that waits for an ACK. */
  #byeHeaders: readonly Header[] | undefined

  /** @param early undefined: the INVITE has been answered */
  constructor(userAgent: UserAgent, leg: Leg, peer: DialogPeer, early?: EarlyDialog) {
    this.userAgent = userAgent
    this.leg = leg
    this.peer = peer
    this.#early = early
    this.refresher = new SessionRefresher(userAgent, this)
  }

  get remote(): RemoteAddress {
    return this.peer.heardFrom
  }

  get standing(): StandingDialog | undefined {
    return standingDialogOf(this.peer.dialog, this.peer.heardFrom)
  }

  get confirmed(): boolean {
    return this.#early === undefined
  }

  get ended(): boolean {
    return this.#ended
  }

  get awaitsAck(): boolean {
    return this.#awaited.length > 0
  }

  hasRemoteTag(tag: string): boolean {
    return this.peer.dialog.remoteTag === tag
  }

  /** The INVITE has been answered. */
  confirm(): void {
    this.#early = undefined
  }

  /** The INVITE ended otherwise; the early dialog with it (12.3). */
  endEarly(): void {
    this.#end()
  }

  offerHindrance(): 491 | 500 | undefined {
    if (this.#early !== undefined) return this.#early.offerHindrance()
    return this.#awaited.some(({ carriesOffer }) => carriesOffer) ? 491 : undefined
  }

  /** Repeats a 2xx until its ACK comes; without one the call is over (13.3.1.4, 14.2). */
  awaitAck(awaited: AwaitedAck): void {
    const { transaction, response, sequence } = awaited
    const success = new UnacknowledgedSuccess(this.userAgent, transaction, response, () => this.#ackMissing(sequence))
    this.#awaited = [...this.#awaited, { ...awaited, success }]
  }

  receiveAck(ack: SipRequest): void {
    const { sequence } = ack.cseq
    const awaited = this.#awaited.find((success) => success.sequence === sequence)
    if (awaited === undefined || ack.fromTag !== this.peer.dialog.remoteTag) return
    this.#awaitNoLonger(sequence)
    awaited.success.stop()
    awaited.transaction.user = undefined
    if (this.#byeHeaders !== undefined) this.#sendBye()
    else {
      if (awaited.carriesOffer) this.remoteBody = sessionBodyOf(ack) ?? this.remoteBody
      if (awaited.reportAck) this.leg.emit({ type: 'acknowledged', body: sessionBodyOf(ack) })
      this.resumeOffers()
    }
  }

  /** Serves a request that carries our tag. */
  receive(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent, peer } = this
    if (!matchesDialog(peer.dialog, request) || (this.#ended && request.method !== 'BYE')) {
      userAgent.reply(request, source, 481)
      return
    }
    const dialog = receiveInDialog(peer.dialog, request)
    if (dialog === undefined) {
      // 12.2.2: older than the last one.
      this.#answer(request, source, key, 500)
      return
    }
    peer.dialog = dialog
    // 8.2.2.3; a BYE is too welcome to be refused for what it asks besides.
    const problem = request.method === 'BYE' ? undefined : screenRequire(request, userAgent.abilities.options)
    if (problem === undefined) this.#serve(request, source, key)
    else userAgent.transactions.receive(request, source, key).respond(problem.statusCode, problem)
  }

  bye(headers: readonly Header[]): void {
    if (this.#ended) return
    this.#end()
    this.leg.end()
    this.#byeHeaders = headers
    // 15: the callee must not send BYE before the ACK has come or is given up.
    if (!this.awaitsAck) this.#sendBye()
  }

  /** See `SipLeg.giveWay`. */
  giveWay(): boolean {
    return this.#outgoing?.giveWay() ?? false
  }

  /** See `SipLeg.cancelReinvite`. */
  cancelOffer(): void {
    this.#outgoing?.cancel()
  }

  offer(body: string, byUpdate = false): void {
    if (!this.#ended) this.#ownOutgoing().offer(body, byUpdate)
  }

  resumeOffers(): void {
    this.#outgoing?.resume()
  }

  refer(referTo: string, headers: readonly Header[]): void {
    if (!this.#ended) this.#ownRefers().ask(referTo, headers)
  }

  info(contentType: string, body: string): void {
    if (this.#ended) return
    const onOutcome = ({ statusCode, response }: InDialogOutcome): void => {
      if (response === undefined || statusCode === 481) this.gone(statusCode)
    }
    exchangeInDialog(this.userAgent, this.peer, { method: 'INFO', headers: [], body, contentType }, onOutcome)
  }

  gone(statusCode: number): void {
    if (this.#ended) return
    this.#end()
    this.#stopAwaiting()
    // A peer that merely did not answer may still be in the call.
    if (statusCode === 408) exchangeInDialog(this.userAgent, this.peer, { method: 'BYE', headers: [] }, () => undefined)
    this.leg.end({ type: 'gone', statusCode })
    this.leg.forget()
  }

  #serve(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent } = this
    if (request.method === 'UPDATE') return this.#ownIncoming().receive(request, source, key)
    // RFC 6086 4.2.1: also before the answer, such as digits for an announcement.
    if (request.method === 'INFO') return this.#receiveInfo(request, source, key)
    if (this.#early !== undefined) return this.#early.receiveEarly(request, source, key)
    switch (request.method) {
      case 'BYE':
        return this.#receiveBye(request, source, key)
      case 'INVITE':
        return this.#ownIncoming().receive(request, source, key)
      case 'OPTIONS':
        return this.#answer(request, source, key, 200, [DIALOG_ALLOW, ['Accept', SESSION_DESCRIPTION_TYPE], userAgent.abilities.supported])
      case 'REFER':
      case 'NOTIFY':
      case 'SUBSCRIBE':
        return this.#ownRefers().receive(request, source, key)
      case 'PRACK':
        return this.#receiveLatePrack(request, source, key)
      default:
        return this.#answer(request, source, key, isKnownMethod(request.method) ? 405 : 501, [DIALOG_ALLOW])
    }
  }

  /** A copy gets it again (RFC 3261 17.2.2): read anew, it would be out of order as soon as something else has come. */
  #answer(request: SipRequest, source: RemoteAddress, key: string, statusCode: number, headers: readonly Header[] = []): void {
    this.userAgent.transactions.receive(request, source, key).respond(statusCode, { headers })
  }

  #ownOutgoing(): OutgoingOffers {
    this.#outgoing ??= new OutgoingOffers(this, () => this.#incoming?.busy === true)
    return this.#outgoing
  }

  #ownIncoming(): IncomingOffers {
    this.#incoming ??= new IncomingOffers(this, () => this.#outgoing?.busy === true)
    return this.#incoming
  }

  #ownRefers(): DialogRefers {
    this.#refers ??= new DialogRefers(this)
    return this.#refers
  }

  /** RFC 3262 3: the 2xx did not wait for the PRACK of a response without session description. It comes all the same, perhaps. */
  #receiveLatePrack(request: SipRequest, source: RemoteAddress, key: string): void {
    const isAwaited = this.awaitedRSeq !== undefined && parseRAck(request.header('rack'))?.sequence === this.awaitedRSeq
    if (isAwaited) this.awaitedRSeq = undefined
    this.userAgent.transactions.receive(request, source, key).respond(isAwaited ? 200 : 481)
  }

  #receiveInfo(request: SipRequest, source: RemoteAddress, key: string): void {
    const transaction = this.userAgent.transactions.receive(request, source, key)
    if (request.header('info-package') !== undefined) {
      // RFC 6086 4.2.2: we have never said that we want any package, and say so again.
      transaction.respond(469, { headers: [['Recv-Info', '']] })
      return
    }
    const encoded = encodingProblem(request)
    transaction.respond(encoded === undefined ? 200 : 415, { headers: encoded === undefined ? [] : [encoded] })
    if (encoded === undefined) this.leg.emit({ type: 'info', contentType: request.contentType, body: request.bodyText })
  }

  #receiveBye(request: SipRequest, source: RemoteAddress, key: string): void {
    this.userAgent.transactions.receive(request, source, key).respond(200)
    const crossed = this.#ended
    this.#end()
    this.#stopAwaiting()
    if (!crossed) this.leg.end({ type: 'bye', request })
    this.leg.forget()
  }

  /** RFC 4028 7.4. */
  refresh(): void {
    this.#ownOutgoing().refresh()
  }

  /** RFC 4028 10. */
  expire(): void {
    if (this.#ended) return
    this.#end()
    this.#stopAwaiting()
    this.#byeHeaders = [['Reason', 'SIP;cause=408;text="Session expired"']]
    this.#sendBye()
    this.leg.end({ type: 'sessionExpired' })
  }

  #ackMissing(sequence: number): void {
    this.#awaitNoLonger(sequence)
    const early = !this.#ended
    if (early) this.#end()
    this.#sendBye()
    if (early) this.leg.end({ type: 'ackTimeout' })
  }

  #awaitNoLonger(sequence: number): void {
    this.#awaited = this.#awaited.filter((awaited) => awaited.sequence !== sequence)
  }

  #stopAwaiting(): void {
    for (const { success, transaction } of this.#awaited) {
      success.stop()
      transaction.user = undefined
    }
    this.#awaited = []
  }

  #end(): void {
    this.#ended = true
    this.refresher.stop()
    this.#outgoing?.abort()
    this.#incoming?.abort()
    this.#refers?.end()
  }

  #sendBye(): void {
    const headers = this.#byeHeaders ?? []
    this.#byeHeaders = undefined
    exchangeInDialog(this.userAgent, this.peer, { method: 'BYE', headers }, ({ statusCode, response }) => {
      if (response === undefined || statusCode === 408 || statusCode === 481) this.leg.emit({ type: 'gone', statusCode })
      this.leg.forget()
    })
  }
}
