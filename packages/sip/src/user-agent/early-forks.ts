import { confirmCallerDialog, createCallerDialog, parseRSeq, takeReliable } from '../dialog/index.ts'
import type { SipRequest, SipResponse } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { DialogSession, type EarlyDialog } from './dialog-session.ts'
import { answerEarlyRequest } from './early-request.ts'
import { exchangeInDialog } from './in-dialog-client.ts'
import type { Leg } from './leg.ts'
import { readableSessionOf } from './readable-response.ts'
import type { AnsweredInvite } from './success-acknowledger.ts'
import type { UserAgent } from './user-agent.ts'

/** Of the phones a proxy rings for us, more than so many are not told apart. */
const MAX_FORKS = 20

interface EarlyFork {
  readonly tag: string
  readonly response: SipResponse
  session: DialogSession | undefined
  lastRSeq: number | undefined
  /** Our offer has been answered reliably (RFC 3262 5). */
  answered: boolean
}

/** The early dialogs of an INVITE of ours, one for each tag that answers (RFC 3261 12.1.2, 13.2.2.4). */
export class EarlyForks {
  readonly #userAgent: UserAgent
  readonly #leg: Leg
  /** undefined: it has its final response, and its text is let go. */
  #invite: AnsweredInvite | undefined
  #forks: readonly EarlyFork[] = []
  #latest: DialogSession | undefined

  constructor(userAgent: UserAgent, leg: Leg, invite: AnsweredInvite) {
    this.#userAgent = userAgent
    this.#leg = leg
    this.#invite = invite
  }

  /** CSeq number of our last request in any of them. */
  get highestSequence(): number {
    let highest = this.#invite?.highestSequence ?? 0
    for (const { session } of this.#forks) highest = Math.max(highest, session?.peer.dialog.localSequence ?? 0)
    return highest
  }

  has(tag: string): boolean {
    return this.#find(tag) !== undefined
  }

  /**
   * A provisional response above 100; a reliable one is acknowledged (RFC 3262 4).
   * @returns false when it is a copy, or one before it is missing and it will come again
   */
  note(response: SipResponse): boolean {
    const invite = this.#invite
    const fork = invite === undefined ? undefined : this.#forkOf(response)
    const rseq = response.headers('require').some((optionTag) => optionTag.toLowerCase() === '100rel') ? parseRSeq(response.header('rseq')) : undefined
    if (invite === undefined || fork === undefined || rseq === undefined) return true
    if (takeReliable(fork.lastRSeq, rseq) !== 'new') return false
    fork.lastRSeq = rseq
    const session = this.#sessionOf(fork, invite)
    const { sequence } = invite.request.cseq
    exchangeInDialog(this.#userAgent, session.peer, { method: 'PRACK', headers: [['RAck', `${rseq} ${sequence} INVITE`]] }, () => undefined)
    this.#noteAnswer(fork, session, response)
    return true
  }

  /** A request of who rings. */
  receive(request: SipRequest, source: RemoteAddress, key: string): void {
    const fork = this.#find(request.fromTag)
    // A tag not heard of yet: its response is late or lost. 481 would end what has hardly begun.
    if (fork !== undefined && this.#invite !== undefined) this.#sessionOf(fork, this.#invite).receive(request, source, key)
    else receiveEarly(this.#userAgent, request, source, key)
  }

  /** Offers by UPDATE to who has answered last, if it can take that (RFC 3311 5.1). */
  offer(body: string): void {
    if (this.#latest !== undefined && this.#leg.remoteAllow.has('UPDATE')) this.#latest.offer(body, true)
    else this.#leg.emit({ type: 'reinviteRejected', statusCode: 491 })
  }

  /** The early dialog a 2xx confirms, its route set and target brought up to date (13.2.2.4); undefined: it had none with state of its own. */
  confirm(response: SipResponse): DialogSession | undefined {
    const session = this.#find(response.toTag ?? '')?.session
    if (session === undefined || this.#invite === undefined) return undefined
    session.peer.dialog = confirmCallerDialog(session.peer.dialog, this.#invite.request, response)
    session.confirm()
    return session
  }

  /** The INVITE has its final response. @param winner goes on */
  end(winner?: DialogSession): void {
    for (const { session } of this.#forks) if (session !== winner) session?.endEarly()
    this.#forks = []
    this.#invite = undefined
    this.#latest = undefined
  }

  #forkOf(response: SipResponse): EarlyFork | undefined {
    const tag = response.toTag
    if (tag === undefined) return undefined
    const known = this.#find(tag)
    if (known !== undefined || this.#forks.length >= MAX_FORKS) return known
    const fork = { tag, response, session: undefined, lastRSeq: undefined, answered: false }
    this.#forks = [...this.#forks, fork]
    return fork
  }

  #find(tag: string | undefined): EarlyFork | undefined {
    return this.#forks.find((fork) => fork.tag === tag)
  }

  #sessionOf(fork: EarlyFork, invite: AnsweredInvite): DialogSession {
    if (fork.session !== undefined) return fork.session
    const { request, to, contact, credentials, body } = invite
    const early: EarlyDialog = {
      // RFC 3311 5.2: our offer has no answer yet.
      offerHindrance: () => (fork.answered ? undefined : 491),
      receiveEarly: (received, source, key) => receiveEarly(this.#userAgent, received, source, key),
    }
    const peer = { dialog: createCallerDialog(request, fork.response), heardFrom: to, contact, credentials }
    fork.session = new DialogSession(this.#userAgent, this.#leg, peer, early)
    fork.session.localBody = body
    return fork.session
  }

  #noteAnswer(fork: EarlyFork, session: DialogSession, response: SipResponse): void {
    const answer = readableSessionOf(response, this.#userAgent.abilities)
    if (answer === undefined || fork.answered) return
    fork.answered = true
    session.remoteBody = answer
    this.#latest = session
  }
}

function receiveEarly(userAgent: UserAgent, request: SipRequest, source: RemoteAddress, key: string): void {
  // RFC 3261 14.2, RFC 3311 5.2: our INVITE is under way.
  if (request.method === 'INVITE' || request.method === 'UPDATE') userAgent.transactions.receive(request, source, key).respond(491)
  else answerEarlyRequest(userAgent, request, source)
}
