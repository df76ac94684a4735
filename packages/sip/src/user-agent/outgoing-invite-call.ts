import type { Timer } from '@dialtone/foundation'
import { minimumSecondsOf, refreshHeaders } from '../dialog/index.ts'
import type { Header, SipRequest, SipResponse } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { credentialsFor, credentialsOf } from './challenge-answer.ts'
import type { ClientTransaction, ClientTransactionUser } from './client-transaction.ts'
import { DialogSession } from './dialog-session.ts'
import { EarlyForks } from './early-forks.ts'
import { exchangeInDialog } from './in-dialog-client.ts'
import { buildInvite } from './initial-request.ts'
import { type EarlyCall, Leg } from './leg.ts'
import { cancelInvite, LeftInvite } from './left-invite.ts'
import type { FurtherAddress, OutgoingInvite, OutgoingInviteOptions } from './outgoing-invite.ts'
import { isReadable, readableSessionOf } from './readable-response.ts'
import { schemeOf } from './scheme-of.ts'
import { sessionBodyOf } from './session-body.ts'
import { SuccessAcknowledger } from './success-acknowledger.ts'
import { type StandingInvite, standingInviteOf } from './standing-invite.ts'
import type { UserAgent } from './user-agent.ts'

/** Addresses of one target: more are not tried within a call. */
const MAX_ALTERNATIVES = 8
/** Proxies on the way may each want more. */
const MAX_INTERVAL_RETRIES = 4

/** Why we do not want the call any more, and what its user is told. */
interface GivenUp {
  readonly statusCode: number
  readonly reasonPhrase: string
  readonly headers: readonly Header[]
}

const CANCELLED: GivenUp = { statusCode: 487, reasonPhrase: 'Request Terminated', headers: [] }
/** 13.2.2.4, 21.5.3: answered in a way nobody here understands. */
const UNREADABLE: GivenUp = { statusCode: 502, reasonPhrase: 'Bad Gateway', headers: [['Reason', 'SIP;cause=488;text="Answer Not Understood"']] }

/** The caller's side of an INVITE, until it is answered, refused or cancelled (RFC 3261 13.2, 9.1). */
export class OutgoingInviteCall implements OutgoingInvite, EarlyCall, ClientTransactionUser {
  readonly leg: Leg
  readonly #userAgent: UserAgent
  #options: OutgoingInviteOptions
  readonly #noAnswerTimer: Timer | undefined
  /** Addresses still to be tried (RFC 3263 4.3). */
  readonly #alternatives: FurtherAddress[]
  #target: RemoteAddress
  #contact = ''
  #transaction: ClientTransaction
  #forks: EarlyForks
  #sequence = 1
  #attempts = 1
  #rung = false
  /** What a 422 has told us (RFC 4028 7.3). */
  #minimumSeconds = 0
  #intervalRetries = 0
  #open = true
  #provisional = false
  #givenUp: GivenUp | undefined
  #cancelTimer: Timer | undefined
  /** Runs until something is heard of the place that is asked now. */
  #silenceTimer: Timer | undefined

  constructor(userAgent: UserAgent, options: OutgoingInviteOptions) {
    const { to, alternatives = [], noAnswerTimeoutMs } = options
    this.#userAgent = userAgent
    this.#options = options
    this.#target = to
    this.#alternatives = alternatives.slice(0, MAX_ALTERNATIVES)
    const [localTag, callId] = [userAgent.newToken(9), userAgent.newToken(15)]
    this.leg = new Leg({ userAgent, direction: 'outgoing', localTag, callId, remote: to, early: this })
    this.#transaction = this.#send([])
    this.#forks = this.#newForks()
    if (noAnswerTimeoutMs !== undefined) {
      const noAnswer = { statusCode: 408, reasonPhrase: 'No Answer', headers: [] }
      this.#noAnswerTimer = userAgent.timers.start(noAnswerTimeoutMs, () => this.#giveUp(noAnswer))
    }
  }

  get standing(): StandingInvite | undefined {
    const { request, remote, connectionId = remote.connectionId } = this.#transaction
    if (!this.#open || this.#givenUp !== undefined) return undefined
    return standingInviteOf('sent', request, connectionId === undefined ? remote : { ...remote, connectionId }, this.leg.id)
  }

  cancel(headers: readonly Header[] = []): void {
    this.#giveUp({ ...CANCELLED, headers })
  }

  hangUp(headers: readonly Header[]): void {
    this.cancel(headers)
  }

  offer(body: string): void {
    this.#forks.offer(body)
  }

  hasRemoteTag(tag: string): boolean {
    return this.#forks.has(tag)
  }

  receive(request: SipRequest, source: RemoteAddress, key: string): void {
    this.#forks.receive(request, source, key)
  }

  onResponse(response: SipResponse): void {
    this.#silenceTimer?.cancel()
    if (response.statusCode < 200) this.#onProvisional(response)
    else if (response.statusCode < 300) this.#onSuccess(response)
    else this.#onFailure(response)
  }

  onTimeout(): void {
    if (this.#tryNext()) return
    const { statusCode, reasonPhrase } = this.#givenUp ?? { statusCode: 408, reasonPhrase: 'Request Timeout' }
    this.#reject(statusCode, reasonPhrase, undefined)
  }

  onTransportFailure(reason: string): void {
    this.#userAgent.logger.info('an INVITE could not be sent', { to: this.#target, reason })
    if (!this.#tryNext()) this.#reject(503, 'Service Unavailable', undefined)
  }

  #send(credentials: readonly Header[]): ClientTransaction {
    const userAgent = this.#userAgent
    const { sessionTimer } = userAgent.abilities
    const { contactUser = '', uri } = this.#options
    this.#provisional = false
    this.#contact = userAgent.contact(contactUser, this.#target, schemeOf(uri))
    const { id: localTag, callId } = this.leg
    const invite = buildInvite(userAgent, this.#options, {
      localTag,
      callId,
      sequence: this.#sequence,
      contact: this.#contact,
      credentials,
      target: this.#target,
      sessionTimer: sessionTimer === undefined ? [] : refreshHeaders(sessionTimer, undefined, this.#minimumSeconds),
    })
    this.#limitSilence()
    return userAgent.transactions.send(invite, this.#target, this)
  }

  #limitSilence(): void {
    const { silence } = this.#options
    this.#silenceTimer?.cancel()
    if (silence === undefined || (this.#alternatives.length === 0 && silence.leavesLast !== true)) return
    this.#silenceTimer = this.#userAgent.timers.start(silence.timeoutMs, () => this.#leaveSilent())
  }

  #leaveSilent(): void {
    if (!this.#open || this.#givenUp !== undefined) return
    const { credentials } = this.#options
    const left = this.#transaction
    left.user = new LeftInvite(this.#userAgent, left, { to: this.#target, contact: this.#contact, credentials, highestSequence: this.#sequence })
    if (!this.#tryNext()) this.#reject(408, 'Request Timeout', undefined)
  }

  /** 8.1.3.5: the same request again, with more or other header fields, is a new one. */
  #sendAgain(credentials: readonly Header[]): void {
    this.#sequence++
    this.#transaction = this.#send(credentials)
    this.#forks.end()
    this.#forks = this.#newForks()
  }

  /** RFC 3263 4.3: the next address, with nothing new but the branch and who is asked. Not once somebody has been rung: the call would ring twice. */
  #tryNext(): boolean {
    const next = this.#rung || this.#givenUp !== undefined || !this.#open ? undefined : this.#alternatives.shift()
    if (next === undefined) return false
    const { uri = this.#options.uri } = next
    if (uri !== this.#options.uri) this.#options = { ...this.#options, uri }
    this.#target = next
    // 22.3: what answered a challenge of the one before says nothing to this one, which would take it for a wrong answer.
    this.#attempts = 1
    this.#transaction = this.#send([])
    this.#forks = this.#newForks()
    return true
  }

  #newForks(): EarlyForks {
    const { credentials, body } = this.#options
    const invite = { request: this.#transaction.request, to: this.#target, contact: this.#contact, credentials, body, highestSequence: this.#sequence }
    return new EarlyForks(this.#userAgent, this.leg, invite)
  }

  #onProvisional(response: SipResponse): void {
    const { statusCode, reasonPhrase } = response
    this.#provisional = true
    if (statusCode > 100) this.#rung = true
    if (this.#givenUp !== undefined) this.#sendCancel(this.#givenUp)
    else if (this.#open && statusCode > 100 && this.#forks.note(response)) {
      this.leg.noteAbilities(response)
      this.leg.emit({ type: 'progress', statusCode, reasonPhrase, body: readableSessionOf(response, this.#userAgent.abilities), response })
    }
  }

  #onSuccess(response: SipResponse): void {
    const { credentials } = this.#options
    const invite = { to: this.#target, contact: this.#contact, credentials, highestSequence: this.#forks.highestSequence }
    const acknowledger = new SuccessAcknowledger(this.#userAgent, this.#transaction, invite)
    this.#transaction.user = acknowledger
    const early = this.#forks.confirm(response)
    const peer = acknowledger.acknowledge(response, early?.peer)
    this.#forks.end(early)
    if (peer === undefined) return
    const isUnderstood = this.#options.mustConnect === true || isReadable(response, this.#userAgent.abilities)
    if (this.#open && this.#givenUp === undefined && isUnderstood) {
      this.#close()
      this.#confirm(early ?? new DialogSession(this.#userAgent, this.leg, peer), response)
      return
    }
    // 9.1: this answer crossed our CANCEL, or is none to us.
    const { statusCode, reasonPhrase, headers } = this.#givenUp ?? (isUnderstood ? CANCELLED : UNREADABLE)
    early?.endEarly()
    exchangeInDialog(this.#userAgent, peer, { method: 'BYE', headers }, () => undefined)
    this.#reject(statusCode, reasonPhrase, undefined)
  }

  #confirm(session: DialogSession, response: SipResponse): void {
    this.leg.noteAbilities(response)
    this.leg.confirm(session)
    // 13.2.1: what comes after a reliable answer is no other answer.
    const answer = session.remoteBody ?? sessionBodyOf(response)
    session.localBody ??= this.#options.body
    session.remoteBody = answer
    session.refresher.answered(response)
    this.leg.emit({ type: 'answered', body: answer ?? '', response })
    session.resumeOffers()
  }

  #onFailure(response: SipResponse): void {
    if (!this.#open) return
    const { credentials } = this.#options
    const { request } = this.#transaction
    const answer = this.#givenUp === undefined ? credentialsFor(this.#userAgent, credentials, request, response, this.#attempts) : undefined
    if (answer !== undefined) {
      this.#attempts++
      this.#sendAgain(answer)
      return
    }
    if (this.#acceptsLongerInterval(response) || (response.statusCode === 503 && this.#tryNext())) return
    const own = this.#givenUp !== undefined && response.statusCode === 487 ? this.#givenUp : response
    this.#reject(own.statusCode, own.reasonPhrase, response)
  }

  /** RFC 4028 7.3: once more, with the interval the callee, or a proxy on the way, wants at least. */
  #acceptsLongerInterval(response: SipResponse): boolean {
    const minimumSeconds = minimumSecondsOf(response)
    if (response.statusCode !== 422 || this.#givenUp !== undefined || minimumSeconds <= this.#minimumSeconds) return false
    if (this.#userAgent.abilities.sessionTimer === undefined || ++this.#intervalRetries > MAX_INTERVAL_RETRIES) return false
    this.#minimumSeconds = minimumSeconds
    this.#sendAgain(credentialsOf(this.#transaction.request))
    return true
  }

  #giveUp(givenUp: GivenUp): void {
    if (!this.#open || this.#givenUp !== undefined) return
    this.#givenUp = givenUp
    // 9.1: no CANCEL before a provisional response has come.
    if (this.#provisional) this.#sendCancel(givenUp)
  }

  #sendCancel(givenUp: GivenUp): void {
    if (this.#cancelTimer !== undefined) return
    const invite = this.#transaction
    cancelInvite(this.#userAgent, invite, givenUp.headers)
    // 9.1: a peer that does not answer the INVITE in 64*T1 after that will not answer it at all.
    this.#cancelTimer = this.#userAgent.timers.start(64 * this.#userAgent.timing.t1Ms, () => {
      invite.feed({ type: 'abandon' })
      this.#reject(givenUp.statusCode, givenUp.reasonPhrase, undefined)
    })
  }

  #reject(statusCode: number, reasonPhrase: string, response: SipResponse | undefined): void {
    if (!this.#open) return
    this.#close()
    this.#forks.end()
    this.leg.end({ type: 'rejected', statusCode, reasonPhrase, response })
    this.leg.forget()
  }

  #close(): void {
    this.#open = false
    this.#noAnswerTimer?.cancel()
    this.#cancelTimer?.cancel()
    this.#silenceTimer?.cancel()
  }
}
