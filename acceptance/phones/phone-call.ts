import { randomBytes } from 'node:crypto'
import { eventually } from '../eventually.ts'
import { answerDigest } from './digest-answer.ts'
import { RtpEndpoint } from './rtp-endpoint.ts'
import type { ScriptedPhone } from './scripted-phone.ts'
import { methodOf, type SipText, statusOf, uriOf, valueOf } from './sip-text.ts'

const FINAL_WITHIN_MS = 15_000
const RETRANSMIT_MS = 500

type Headers = readonly (readonly [string, string])[]

function tagOf(nameAddress: string): string {
  return /;tag=([^;\s]+)/.exec(nameAddress)?.[1] ?? ''
}

/** A call this phone makes. */
export class OutgoingPhoneCall {
  /** Every status that came for the authenticated INVITE, repeats left out. */
  readonly statuses: number[] = []
  readonly callId = randomBytes(8).toString('hex')
  readonly media: RtpEndpoint
  final: SipText | undefined
  /** The last provisional answer with a tag. */
  early: SipText | undefined
  /** What it was told of its transfer. */
  readonly notifies: SipText[] = []
  endedBy: SipText | undefined
  /** What a re-INVITE is answered with; undefined: as any phone does. */
  takesOffer: ((offer: SipText) => { readonly status: number; readonly body?: string } | undefined) | undefined
  readonly #phone: ScriptedPhone
  readonly #uri: string
  readonly #from: string
  readonly #to: string
  readonly #toneHz: number | undefined
  #description: string
  /** A phone that refuses every re-INVITE, as some gateways do. */
  refusesOffers = false
  #authenticated = false
  #more: readonly (readonly [string, string])[] = []
  #branch = ''
  #sequence = 0
  #lastAck: string | undefined
  #repeat: ReturnType<typeof setInterval> | undefined

  private constructor(phone: ScriptedPhone, target: string, media: RtpEndpoint, toneHz: number | undefined) {
    this.#phone = phone
    this.media = media
    this.#toneHz = toneHz
    this.#description = media.describe()
    this.#uri = phone.requestUri(target)
    this.#from = phone.fromHeader(`c${this.callId}`)
    this.#to = `<${this.#uri}>`
    phone.track(this.callId, this)
  }

  static async start(
    phone: ScriptedPhone,
    target: string,
    options: { readonly toneHz?: number; readonly headers?: readonly (readonly [string, string])[]; readonly description?: string },
  ): Promise<OutgoingPhoneCall> {
    const call = new OutgoingPhoneCall(phone, target, await RtpEndpoint.open(phone.socket.mediaHost), options.toneHz)
    call.#more = options.headers ?? []
    call.#description = options.description ?? call.#description
    call.#invite(call.#more)
    return call
  }

  /** The final status of the call, once there is one. */
  async finalStatus(timeoutMs = FINAL_WITHIN_MS): Promise<number> {
    const final = await eventually(
      () => `a final answer to the call (so far ${this.statuses.join(' ')})`,
      timeoutMs,
      () => this.final,
    )
    return statusOf(final) ?? 0
  }

  /** Waits for a provisional or final status. */
  async saw(status: number, timeoutMs = FINAL_WITHIN_MS): Promise<void> {
    await eventually(
      () => `status ${status} (so far ${this.statuses.join(' ')})`,
      timeoutMs,
      () => (this.statuses.includes(status) ? true : undefined),
    )
  }

  /** Waits until the other side hung up. */
  async ended(timeoutMs = FINAL_WITHIN_MS): Promise<SipText> {
    return eventually('the far end to hang up', timeoutMs, () => this.endedBy)
  }

  cancel(): void {
    const dialog = { branch: this.#branch, callId: this.callId, sequence: this.#sequence, from: this.#from, to: this.#to }
    this.#phone.socket.send(this.#phone.writeRequest('CANCEL', this.#uri, dialog))
  }

  /** INFO. @returns its status */
  async info(contentType: string, body: string): Promise<number> {
    return statusOf(await this.request('INFO', [['Content-Type', contentType]], body)) ?? 0
  }

  /** Any other request in the dialog. */
  async request(method: string, headers: Headers = [], body = ''): Promise<SipText> {
    if (this.final === undefined) throw new Error('not answered')
    const dialog = { callId: this.callId, from: this.#from, to: valueOf(this.final, 'to') }
    return this.#phone.inDialog(method, uriOf(valueOf(this.final, 'contact')), dialog, ++this.#sequence, headers, body)
  }

  /** Holds the call, or goes on with it. @returns the status */
  async offer(direction: 'sendonly' | 'sendrecv'): Promise<number> {
    return statusOf(await this.reinvite(this.media.describe(direction))) ?? 0
  }

  /** As a `Replaces` names the dialog at this end, also before it is answered (RFC 3891 3). */
  get replaces(): string {
    const answer = this.final ?? this.early
    return `${this.callId};to-tag=${tagOf(answer === undefined ? '' : valueOf(answer, 'to'))};from-tag=${tagOf(this.#from)}`
  }

  /** A re-INVITE with another description. @returns the answer */
  async reinvite(body: string): Promise<SipText> {
    if (this.final === undefined) throw new Error('not answered')
    const dialog = { callId: this.callId, from: this.#from, to: valueOf(this.final, 'to') }
    return this.#phone.reinvite(uriOf(valueOf(this.final, 'contact')), dialog, ++this.#sequence, body)
  }

  /** BYE. @returns its status */
  async hangUp(): Promise<number> {
    const answer = await this.request('BYE')
    this.close()
    return statusOf(answer) ?? 0
  }

  close(): void {
    clearInterval(this.#repeat)
    this.media.close()
    this.close = () => undefined
  }

  receiveResponse(response: SipText): void {
    const status = statusOf(response) ?? 0
    if (methodOf(response) !== 'INVITE') return
    clearInterval(this.#repeat)
    if (!valueOf(response, 'via').includes(this.#branch)) return
    if ((status === 401 || status === 407) && !this.#authenticated) {
      this.#acknowledge(response)
      this.#authenticated = true
      this.#invite([...this.#more, answerDigest(response, this.#phone.login, 'INVITE', this.#uri, this.#phone.algorithm)])
      return
    }
    if (this.statuses.at(-1) !== status) this.statuses.push(status)
    if (status > 100 && status < 200) this.early = response
    if (status < 200) return
    if (this.final === undefined) {
      this.final = response
      if (status < 300 && this.#toneHz !== undefined) this.media.speak(response.body, this.#toneHz)
    }
    this.#acknowledge(response)
  }

  receiveRequest(request: SipText): void {
    if (methodOf(request) === 'BYE') this.endedBy = request
    if (methodOf(request) === 'NOTIFY') this.notifies.push(request)
    if (methodOf(request) === 'INVITE') this.#takeOffer(request)
    else if (methodOf(request) !== 'ACK') this.#phone.respond(request, 200)
  }

  /** A re-INVITE: the same description, and what it says goes to where it is wanted now. */
  #takeOffer(offer: SipText): void {
    const taken = this.takesOffer?.(offer)
    if (taken !== undefined) return this.#phone.respond(offer, taken.status, taken.body === undefined ? {} : { body: taken.body })
    if (this.refusesOffers) return this.#phone.respond(offer, 488)
    if (this.#toneHz !== undefined && offer.body !== '') this.media.speak(offer.body, this.#toneHz)
    return this.#phone.respond(offer, 200, { body: this.#description })
  }

  #invite(headers: readonly (readonly [string, string])[]): void {
    this.#branch = this.#phone.newBranch()
    const dialog = { branch: this.#branch, callId: this.callId, sequence: ++this.#sequence, from: this.#from, to: this.#to }
    const text = this.#phone.writeRequest(
      'INVITE',
      this.#uri,
      dialog,
      [['Contact', this.#phone.contact], ['Allow', 'INVITE, ACK, BYE, CANCEL, OPTIONS'], ...headers],
      this.#description,
    )
    this.#phone.socket.send(text)
    clearInterval(this.#repeat)
    if (this.#phone.socket.transport === 'udp') this.#repeat = setInterval(() => this.#phone.socket.send(text), RETRANSMIT_MS)
  }

  /** To a 2xx a request of its own (RFC 3261 13.2.2.4), otherwise part of the transaction (17.1.1.3). */
  #acknowledge(response: SipText): void {
    const isSuccess = (statusOf(response) ?? 0) < 300
    const dialog = {
      branch: isSuccess ? this.#phone.newBranch() : this.#branch,
      callId: this.callId,
      sequence: this.#sequence,
      from: this.#from,
      to: valueOf(response, 'to'),
    }
    this.#lastAck ??= isSuccess ? this.#phone.writeRequest('ACK', uriOf(valueOf(response, 'contact')), dialog) : undefined
    this.#phone.socket.send(isSuccess && this.#lastAck !== undefined ? this.#lastAck : this.#phone.writeRequest('ACK', this.#uri, dialog))
  }
}

/** A call that rings at this phone. */
export class IncomingPhoneCall {
  readonly invite: SipText
  cancelledBy: SipText | undefined
  endedBy: SipText | undefined
  acknowledged = false
  /** What a re-INVITE is answered with; undefined: as any phone does. */
  takesOffer: ((offer: SipText) => { readonly status: number; readonly body?: string }) | undefined
  media: RtpEndpoint | undefined
  /** What it was told of its transfer. */
  readonly notifies: SipText[] = []
  readonly #phone: ScriptedPhone
  readonly #tag = randomBytes(4).toString('hex')
  #answer: { readonly status: number; readonly body?: string } | undefined
  #sequence = 0
  #toneHz: number | undefined

  constructor(phone: ScriptedPhone, invite: SipText) {
    this.#phone = phone
    this.invite = invite
  }

  /** Who is calling, as shown on the display. */
  get from(): string {
    return valueOf(this.invite, 'from')
  }

  ring(): void {
    this.#phone.respond(this.invite, 180, { tag: this.#tag })
  }

  /** @param description in place of its own */
  async answer(toneHz?: number, description?: string): Promise<void> {
    this.media = await RtpEndpoint.open(this.#phone.socket.mediaHost)
    this.#answer = { status: 200, body: description ?? this.media.describe() }
    this.#sendAnswer()
    this.#toneHz = toneHz
    if (toneHz !== undefined) this.media.speak(this.invite.body, toneHz)
    await eventually('the ACK', 5000, () => (this.acknowledged ? true : undefined))
  }

  reject(status: number): void {
    this.#answer = { status }
    this.#sendAnswer()
  }

  async cancelled(timeoutMs = 10_000): Promise<SipText> {
    return eventually('CANCEL', timeoutMs, () => this.cancelledBy)
  }

  async ended(timeoutMs = 10_000): Promise<SipText> {
    return eventually('the far end to hang up', timeoutMs, () => this.endedBy)
  }

  /** A re-INVITE with another description. @returns the answer */
  reinvite(body: string): Promise<SipText> {
    return this.#phone.reinvite(uriOf(valueOf(this.invite, 'contact')), this.#dialog, ++this.#sequence, body)
  }

  /** Any other request in the dialog. */
  request(method: string, headers: Headers = []): Promise<SipText> {
    return this.#phone.inDialog(method, uriOf(valueOf(this.invite, 'contact')), this.#dialog, ++this.#sequence, headers)
  }

  /** Holds the call, or goes on with it. @returns the status */
  async offer(direction: 'sendonly' | 'sendrecv'): Promise<number> {
    return statusOf(await this.reinvite(this.media?.describe(direction) ?? '')) ?? 0
  }

  /** As a `Replaces` names the dialog at this end (RFC 3891 3). */
  get replaces(): string {
    return `${valueOf(this.invite, 'call-id')};to-tag=${tagOf(valueOf(this.invite, 'from'))};from-tag=${this.#tag}`
  }

  get #dialog() {
    return { callId: valueOf(this.invite, 'call-id'), from: `${valueOf(this.invite, 'to')};tag=${this.#tag}`, to: valueOf(this.invite, 'from') }
  }

  async hangUp(): Promise<number> {
    const answer = await this.request('BYE')
    this.close()
    return statusOf(answer) ?? 0
  }

  close(): void {
    this.media?.close()
    this.media = undefined
  }

  receiveResponse(_response: SipText): void {
    // Answers to our own requests are waited for where they are sent.
  }

  receiveRequest(request: SipText): void {
    const method = methodOf(request)
    if (method === 'ACK') this.acknowledged = true
    else if (method === 'INVITE' && valueOf(request, 'cseq') !== valueOf(this.invite, 'cseq')) this.#takeOffer(request)
    else if (method === 'INVITE' && this.#answer !== undefined) this.#sendAnswer()
    else if (method === 'INVITE') this.ring()
    else {
      this.#phone.respond(request, 200, { tag: this.#tag })
      if (method === 'BYE') this.endedBy = request
      if (method === 'NOTIFY') this.notifies.push(request)
      if (method === 'CANCEL' && this.#answer === undefined) {
        this.cancelledBy = request
        this.#answer = { status: 487 }
        this.#sendAnswer()
      }
    }
  }

  /** A re-INVITE: the same answer, and what it says goes to where it is wanted now. */
  #takeOffer(offer: SipText): void {
    const taken = this.takesOffer?.(offer)
    if (taken !== undefined) return this.#phone.respond(offer, taken.status, { tag: this.#tag, ...(taken.body === undefined ? {} : { body: taken.body }) })
    const body = this.#answer?.body
    if (this.#toneHz !== undefined && offer.body !== '') this.media?.speak(offer.body, this.#toneHz)
    this.#phone.respond(offer, body === undefined ? 488 : 200, body === undefined ? { tag: this.#tag } : { tag: this.#tag, body })
  }

  #sendAnswer(): void {
    if (this.#answer === undefined) return
    const { status, body } = this.#answer
    this.#phone.respond(this.invite, status, body === undefined ? { tag: this.#tag } : { tag: this.#tag, body })
  }
}
