import type { Timer } from '@dialtone/foundation'
import type { Header, SipRequest, SipResponse } from '../message/index.ts'
import { buildCancel } from '../transaction/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { credentialsFor } from './challenge-answer.ts'
import type { ClientTransaction, ClientTransactionUser } from './client-transaction.ts'
import { DialogSession } from './dialog-session.ts'
import { answerEarlyRequest } from './early-request.ts'
import { exchangeInDialog } from './in-dialog-client.ts'
import { buildInvite } from './initial-request.ts'
import { type EarlyCall, Leg } from './leg.ts'
import type { OutgoingInvite, OutgoingInviteOptions } from './outgoing-invite.ts'
import { schemeOf } from './scheme-of.ts'
import { sessionBodyOf } from './session-body.ts'
import { SuccessAcknowledger } from './success-acknowledger.ts'
import type { UserAgent } from './user-agent.ts'

const NOBODY: ClientTransactionUser = { onResponse: () => undefined, onTimeout: () => undefined, onTransportFailure: () => undefined }

/** Why we do not want the call any more, and what its user is told. */
interface GivenUp {
  readonly statusCode: number
  readonly reasonPhrase: string
  readonly headers: readonly Header[]
}

const CANCELLED: GivenUp = { statusCode: 487, reasonPhrase: 'Request Terminated', headers: [] }

/** The caller's side of an INVITE, until it is answered, refused or cancelled (RFC 3261 13.2, 9.1). */
export class OutgoingInviteCall implements OutgoingInvite, EarlyCall, ClientTransactionUser {
  readonly leg: Leg
  readonly #userAgent: UserAgent
  readonly #options: OutgoingInviteOptions
  readonly #contact: string
  readonly #noAnswerTimer: Timer | undefined
  #transaction: ClientTransaction
  #sequence = 0
  #open = true
  #provisional = false
  #givenUp: GivenUp | undefined
  #cancelTimer: Timer | undefined

  constructor(userAgent: UserAgent, options: OutgoingInviteOptions) {
    const { to, contactUser = '', noAnswerTimeoutMs } = options
    this.#userAgent = userAgent
    this.#options = options
    this.#contact = userAgent.contact(contactUser, to, schemeOf(options.uri))
    const [localTag, callId] = [userAgent.newToken(9), userAgent.newToken(15)]
    this.leg = new Leg({ userAgent, direction: 'outgoing', localTag, callId, remote: to, early: this })
    this.#transaction = this.#send([])
    if (noAnswerTimeoutMs !== undefined) {
      const noAnswer = { statusCode: 408, reasonPhrase: 'No Answer', headers: [] }
      this.#noAnswerTimer = userAgent.timers.start(noAnswerTimeoutMs, () => this.#giveUp(noAnswer))
    }
  }

  cancel(headers: readonly Header[] = []): void {
    this.#giveUp({ ...CANCELLED, headers })
  }

  hangUp(headers: readonly Header[]): void {
    this.cancel(headers)
  }

  hasRemoteTag(_tag: string): boolean {
    return false
  }

  receive(request: SipRequest, source: RemoteAddress, key: string): void {
    // 14.2: our INVITE is under way.
    if (request.method === 'INVITE') this.#userAgent.transactions.receive(request, source, key).respond(491)
    else answerEarlyRequest(this.#userAgent, request, source)
  }

  onResponse(response: SipResponse): void {
    if (response.statusCode < 200) this.#onProvisional(response)
    else if (response.statusCode < 300) this.#onSuccess(response)
    else this.#onFailure(response)
  }

  onTimeout(): void {
    const { statusCode, reasonPhrase } = this.#givenUp ?? { statusCode: 408, reasonPhrase: 'Request Timeout' }
    this.#reject(statusCode, reasonPhrase, undefined)
  }

  onTransportFailure(reason: string): void {
    this.#userAgent.logger.info('an INVITE could not be sent', { to: this.#options.to, reason })
    this.#reject(503, 'Service Unavailable', undefined)
  }

  #send(credentials: readonly Header[]): ClientTransaction {
    this.#provisional = false
    const { id: localTag, callId } = this.leg
    const identity = { localTag, callId, sequence: ++this.#sequence, contact: this.#contact, credentials }
    return this.#userAgent.transactions.send(buildInvite(this.#userAgent, this.#options, identity), this.#options.to, this)
  }

  #onProvisional(response: SipResponse): void {
    this.#provisional = true
    if (this.#givenUp !== undefined) this.#sendCancel(this.#givenUp)
    else if (this.#open && response.statusCode > 100) {
      const { statusCode, reasonPhrase } = response
      this.leg.emit({ type: 'progress', statusCode, reasonPhrase, body: sessionBodyOf(response), response })
    }
  }

  #onSuccess(response: SipResponse): void {
    const { to, credentials } = this.#options
    const invite = { request: this.#transaction.request, to, contact: this.#contact, credentials }
    const acknowledger = new SuccessAcknowledger(this.#userAgent, invite)
    this.#transaction.user = acknowledger
    const peer = acknowledger.acknowledge(response)
    if (peer === undefined) return
    if (this.#open && this.#givenUp === undefined) {
      this.#close()
      this.leg.confirm(new DialogSession(this.#userAgent, this.leg, peer))
      this.leg.emit({ type: 'answered', body: sessionBodyOf(response) ?? '', response })
      return
    }
    // 9.1: this answer crossed our CANCEL.
    const { statusCode, reasonPhrase, headers } = this.#givenUp ?? CANCELLED
    exchangeInDialog(this.#userAgent, peer, { method: 'BYE', headers }, () => undefined)
    this.#reject(statusCode, reasonPhrase, undefined)
  }

  #onFailure(response: SipResponse): void {
    if (!this.#open) return
    const { credentials } = this.#options
    const answer = this.#givenUp === undefined ? credentialsFor(this.#userAgent, credentials, this.#transaction.request, response) : undefined
    if (answer !== undefined) {
      this.#transaction = this.#send([answer])
      return
    }
    const own = this.#givenUp !== undefined && response.statusCode === 487 ? this.#givenUp : response
    this.#reject(own.statusCode, own.reasonPhrase, response)
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
    const { connectionId } = invite
    const remote = connectionId === undefined ? invite.remote : { ...invite.remote, connectionId }
    this.#userAgent.transactions.send(buildCancel(invite.request, givenUp.headers), remote, NOBODY)
    // 9.1: a peer that does not answer the INVITE in 64*T1 after that will not answer it at all.
    this.#cancelTimer = this.#userAgent.timers.start(64 * this.#userAgent.timing.t1Ms, () => {
      invite.feed({ type: 'abandon' })
      this.#reject(givenUp.statusCode, givenUp.reasonPhrase, undefined)
    })
  }

  #reject(statusCode: number, reasonPhrase: string, response: SipResponse | undefined): void {
    if (!this.#open) return
    this.#close()
    this.leg.end({ type: 'rejected', statusCode, reasonPhrase, response })
    this.leg.forget()
  }

  #close(): void {
    this.#open = false
    this.#noAnswerTimer?.cancel()
    this.#cancelTimer?.cancel()
  }
}
