import type { Timer } from '@dialtone/foundation'
import type { Header, SipRequest } from '../message/index.ts'
import type { OutgoingResponse } from '../transaction/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import type { DialogSession } from './dialog-session.ts'
import type { InviteProgressOptions, RespondOptions } from './incoming-request.ts'
import type { Leg } from './leg.ts'
import { ReliableProvisionals, type ReliableResponse } from './reliable-provisionals.ts'
import type { ServerTransaction } from './server-transaction.ts'
import { SESSION_DESCRIPTION_TYPE, sessionBodyOf, unreadableBody } from './session-body.ts'
import type { UserAgent } from './user-agent.ts'

/** RFC 3261 13.3.1.1: proxies on the way give a silent call up after three minutes. */
const PROGRESS_INTERVAL_MS = 60_000

/** The INVITE whose progress this is. */
export interface ProgressingCall {
  readonly userAgent: UserAgent
  readonly leg: Leg
  readonly request: SipRequest
  readonly transaction: ServerTransaction
  /** Contact, Allow and Supported, then these. */
  dialogHeaders(more: readonly Header[], given: readonly Header[] | undefined): readonly Header[]
  /** Its early dialog. */
  session(): DialogSession
  /** A reliable response was not acknowledged in time. */
  onProgressTimeout(): void
  /** Nothing hinders the answer any more. */
  onProgressAcknowledged(): void
}

/** The provisional responses to an INVITE, plain and reliable (RFC 3261 13.3.1.1, RFC 3262 3, 5). */
export class CalleeProgress {
  readonly #call: ProgressingCall
  readonly #requiresReliable: boolean
  /** The offer of the INVITE; undefined: it is for us to make one. */
  readonly offered: string | undefined
  #reliables: ReliableProvisionals | undefined
  #last: OutgoingResponse | undefined
  #timer: Timer | undefined

  constructor(call: ProgressingCall) {
    this.#call = call
    this.offered = sessionBodyOf(call.request)
    this.#requiresReliable = call.request.headers('require').some((optionTag) => optionTag.toLowerCase() === '100rel')
  }

  /** The answer has been sent reliably and its PRACK has not come: no 2xx may be sent (RFC 3262 5). */
  get holdsAnswer(): boolean {
    return this.#reliables?.holdsAnswer === true
  }

  /** RSeq of a response that waits for its PRACK. */
  get awaitedRSeq(): number | undefined {
    return this.#reliables?.awaitedRSeq
  }

  tell(statusCode: number, { body, headers = [], reliable, ...reason }: InviteProgressOptions): void {
    const content = body === undefined ? {} : { body, contentType: SESSION_DESCRIPTION_TYPE }
    const response = { statusCode, options: { ...reason, ...content, headers } }
    if (this.#isReliable(reliable, body)) this.#ownReliables().send(response)
    else this.#send(response, [])
    this.#repeat()
  }

  receivePrack(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent, leg } = this.#call
    const transaction = userAgent.transactions.receive(request, source, key)
    const acknowledged = this.#reliables?.acknowledge(request)
    if (acknowledged === undefined) {
      transaction.respond(481)
      return
    }
    const session = this.#call.session()
    const body = sessionBodyOf(request)
    const isAnswer = body !== undefined && this.offered === undefined && session.remoteBody === undefined && session.localBody !== undefined
    if (isAnswer) session.remoteBody = body
    const unreadable = unreadableBody(request)
    // 5: another offer is not for us to answer without asking, and a PRACK cannot wait. What it acknowledges is acknowledged.
    if (unreadable !== undefined) transaction.respond(415, { headers: [unreadable] })
    else transaction.respond(body === undefined || isAnswer ? 200 : 488)
    leg.emit({ type: 'progressAcknowledged', statusCode: acknowledged.statusCode, body: isAnswer ? body : undefined })
    if (!this.holdsAnswer) this.#call.onProgressAcknowledged()
  }

  /** The INVITE has its final response. */
  stop(): void {
    this.#timer?.cancel()
    this.#reliables?.stop()
  }

  /** Who requires 100rel gets nothing else (RFC 3262 3); who merely supports it gets our answer so. */
  #isReliable(wanted: boolean | undefined, body: string | undefined): boolean {
    if (this.#requiresReliable) return true
    const { leg, userAgent } = this.#call
    if (!leg.supports('100rel') || !userAgent.abilities.options.has('100rel')) return false
    return wanted ?? (body !== undefined && this.offered !== undefined)
  }

  #ownReliables(): ReliableProvisionals {
    const { userAgent, request, transaction } = this.#call
    this.#reliables ??= new ReliableProvisionals({
      userAgent,
      invite: request,
      send: (response, rseq) => this.#sendReliably(response, rseq),
      resend: (response) => transaction.resend(response),
      onGivenUp: () => this.#call.onProgressTimeout(),
    })
    return this.#reliables
  }

  #sendReliably(response: ReliableResponse, rseq: number): OutgoingResponse | undefined {
    const session = this.#call.session()
    const more: Header[] = [
      ['Require', '100rel'],
      ['RSeq', String(rseq)],
    ]
    const { body } = response.options
    if (typeof body !== 'string') return this.#send(response, more)
    // RFC 3261 13.2.1: the offer is answered once.
    if (session.localBody !== undefined) return this.#send({ ...response, options: withoutBody(response.options) }, more)
    session.localBody = body
    return this.#send(response, more)
  }

  #send({ statusCode, options }: ReliableResponse, more: readonly Header[]): OutgoingResponse | undefined {
    const { transaction } = this.#call
    this.#last = transaction.respond(statusCode, { ...options, headers: this.#call.dialogHeaders(more, options.headers) })
    return this.#last
  }

  #repeat(): void {
    const { userAgent, transaction } = this.#call
    this.#timer?.cancel()
    this.#timer = userAgent.timers.start(PROGRESS_INTERVAL_MS, () => {
      if (this.#last !== undefined) transaction.resend(this.#last)
      this.#repeat()
    })
  }
}

function withoutBody(options: RespondOptions): RespondOptions {
  const { body: _, contentType: __, ...rest } = options
  return rest
}
