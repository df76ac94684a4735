import { randomBytes } from 'node:crypto'
import { eventually } from '../eventually.ts'
import { type Algorithm, answerDigest, type DigestLogin } from './digest-answer.ts'
import { type ClientCertificate, inUri, openSipSocket, type PhoneTransport, type ServerAddress, type SipSocket } from './sip-socket.ts'
import { methodOf, sequenceOf, type SipText, statusOf, valueOf, writeSipText } from './sip-text.ts'
import { IncomingPhoneCall, OutgoingPhoneCall } from './phone-call.ts'

const ANSWER_WITHIN_MS = 5000
const RETRANSMIT_MS = 500

export interface PhoneOptions {
  readonly transport?: PhoneTransport
  readonly algorithm?: Algorithm
  readonly domain?: string
  /** It calls others at its domain, not at the server's address. */
  readonly dialsDomain?: boolean
  /** Over TLS. */
  readonly certificate?: ClientCertificate
}

type Headers = readonly (readonly [string, string])[]

/**
 * A telephone that does exactly what a test tells it, written for these tests alone: it shares no code with the
 * server, and it shows every status it saw.
 */
export class ScriptedPhone {
  readonly login: DigestLogin
  readonly algorithm: Algorithm
  readonly domain: string
  readonly socket: SipSocket
  readonly #calls = new Map<string, OutgoingPhoneCall | IncomingPhoneCall>()
  readonly #responses = new Map<string, SipText>()
  readonly #ringing: IncomingPhoneCall[] = []
  /** What it was told about its subscriptions. */
  readonly notifies: SipText[] = []
  readonly #server: ServerAddress
  readonly #dialsDomain: boolean
  readonly #registrationId = randomBytes(8).toString('hex')
  #sequence = 0

  private constructor(socket: SipSocket, server: ServerAddress, login: DigestLogin, options: PhoneOptions) {
    this.socket = socket
    this.#server = server
    this.login = login
    this.algorithm = options.algorithm ?? 'MD5'
    this.domain = options.domain ?? 'dialtone.local'
    this.#dialsDomain = options.dialsDomain ?? false
    socket.onMessage((message) => this.#receive(message))
  }

  static async open(server: ServerAddress, login: DigestLogin, options: PhoneOptions = {}): Promise<ScriptedPhone> {
    return new ScriptedPhone(await openSipSocket(options.transport ?? 'udp', server, options.certificate), server, login, options)
  }

  get contact(): string {
    const { localHost, localPort, transport } = this.socket
    return `<sip:${this.login.sipUsername}@${localHost}:${localPort}${transport === 'udp' ? '' : `;transport=${transport}`}>`
  }

  /** REGISTER, answering one challenge. @returns the last status */
  async register(expiresSeconds = 300, extra: Headers = []): Promise<SipText> {
    const headers: Headers = [['Contact', this.contact], ['Expires', String(expiresSeconds)], ...extra]
    return this.request('REGISTER', `sip:${this.domain}`, this.login.sipUsername, headers, this.#registrationId)
  }

  unregister(): Promise<SipText> {
    return this.register(0)
  }

  /** Sends a request outside a dialog and answers one challenge. */
  async request(method: string, uri: string, toUser: string, headers: Headers = [], callId = randomBytes(8).toString('hex')): Promise<SipText> {
    const first = await this.exchange(method, uri, toUser, headers, callId)
    const status = statusOf(first)
    if (status !== 401 && status !== 407) return first
    return this.exchange(method, uri, toUser, [...headers, answerDigest(first, this.login, method, uri, this.algorithm)], callId)
  }

  /** One request, one final response. */
  async exchange(method: string, uri: string, toUser: string, headers: Headers, callId: string): Promise<SipText> {
    const branch = this.newBranch()
    const text = this.writeRequest(
      method,
      uri,
      { branch, callId, sequence: ++this.#sequence, from: this.fromHeader(`r${callId}`), to: `<sip:${toUser}@${this.domain}>` },
      headers,
    )
    return this.sendUntilAnswered(text, branch, method)
  }

  /** Calls a number or extension; the INVITE with credentials follows the challenge by itself. */
  async call(
    target: string,
    options: { readonly toneHz?: number; readonly headers?: Headers; /** In place of its own. */ readonly description?: string } = {},
  ): Promise<OutgoingPhoneCall> {
    const call = await OutgoingPhoneCall.start(this, target, options)
    return call
  }

  /** The next call that rings here. */
  async nextCall(timeoutMs = 8000): Promise<IncomingPhoneCall> {
    return eventually(`a call at ${this.login.sipUsername}`, timeoutMs, () => this.#ringing.shift())
  }

  close(): void {
    for (const call of this.#calls.values()) call.close()
    this.socket.close()
  }

  // What calls use.

  track(callId: string, call: OutgoingPhoneCall | IncomingPhoneCall): void {
    this.#calls.set(callId, call)
  }

  newBranch(): string {
    return `z9hG4bK${randomBytes(8).toString('hex')}`
  }

  fromHeader(tag: string): string {
    return `<sip:${this.login.sipUsername}@${this.domain}>;tag=${tag}`
  }

  requestUri(target: string): string {
    return this.#dialsDomain ? `sip:${target}@${this.domain}` : `sip:${target}@${inUri(this.#server.sipHost)}:${this.#server.sipPort}`
  }

  writeRequest(
    method: string,
    uri: string,
    dialog: { readonly branch: string; readonly callId: string; readonly sequence: number; readonly from: string; readonly to: string },
    headers: Headers = [],
    body = '',
  ): string {
    const { localHost, localPort, transport } = this.socket
    const all: Headers = [
      ['Via', `SIP/2.0/${transport.toUpperCase()} ${localHost}:${localPort};branch=${dialog.branch};rport`],
      ['Max-Forwards', '70'],
      ['From', dialog.from],
      ['To', dialog.to],
      ['Call-ID', dialog.callId],
      ['CSeq', `${dialog.sequence} ${method}`],
      ['User-Agent', 'Dialtone acceptance phone'],
      ...headers,
      ...(body === '' || headers.some(([name]) => name === 'Content-Type') ? [] : ([['Content-Type', 'application/sdp']] as const)),
    ]
    return writeSipText(`${method} ${uri} SIP/2.0`, all, body)
  }

  /** Repeats the request every half second over UDP until a final response came (RFC 3261 17.1.2, simplified). */
  async sendUntilAnswered(text: string, branch: string, method: string): Promise<SipText> {
    this.socket.send(text)
    const repeat = this.socket.transport === 'udp' ? setInterval(() => this.socket.send(text), RETRANSMIT_MS) : undefined
    try {
      return await eventually(`an answer to ${method}`, ANSWER_WITHIN_MS, () => this.#responses.get(`${branch} ${method}`))
    } finally {
      clearInterval(repeat)
    }
  }

  #receive(message: SipText): void {
    const call = this.#calls.get(valueOf(message, 'call-id'))
    const status = statusOf(message)
    if (status !== undefined) {
      const branch = /branch=([^;\s,]+)/.exec(valueOf(message, 'via'))?.[1] ?? ''
      if (status >= 200) this.#responses.set(`${branch} ${methodOf(message)}`, message)
      call?.receiveResponse(message)
      return
    }
    if (call !== undefined) call.receiveRequest(message)
    else if (methodOf(message) === 'INVITE') this.#ring(message)
    else if (methodOf(message) !== 'ACK') {
      if (methodOf(message) === 'NOTIFY') this.notifies.push(message)
      this.respond(message, 200)
    }
  }

  #ring(invite: SipText): void {
    const call = new IncomingPhoneCall(this, invite)
    this.track(valueOf(invite, 'call-id'), call)
    this.#ringing.push(call)
  }

  /** Answers a request, copying what RFC 3261 8.2.6 says. */
  respond(
    request: SipText,
    status: number,
    options: { readonly tag?: string; readonly body?: string; readonly headers?: Headers; readonly reason?: string } = {},
  ): void {
    const copied = request.headers.filter(([name]) => ['via', 'v', 'from', 'f', 'call-id', 'i', 'cseq', 'record-route'].includes(name.toLowerCase()))
    const to = valueOf(request, 'to')
    const headers: Headers = [
      ...copied,
      ['To', options.tag === undefined || to.includes(';tag=') ? to : `${to};tag=${options.tag}`],
      ['Contact', this.contact],
      ...(options.headers ?? []),
      ...(options.body === undefined ? [] : ([['Content-Type', 'application/sdp']] as const)),
    ]
    this.socket.send(writeSipText(`SIP/2.0 ${status} ${options.reason ?? (status === 200 ? 'OK' : 'Scripted')}`, headers, options.body))
  }

  /** For requests inside a dialog. */
  async inDialog(
    method: string,
    uri: string,
    dialog: { readonly callId: string; readonly from: string; readonly to: string },
    sequence: number,
    headers: Headers = [],
    body = '',
  ): Promise<SipText> {
    const branch = this.newBranch()
    return this.sendUntilAnswered(this.writeRequest(method, uri, { ...dialog, branch, sequence }, headers, body), branch, method)
  }

  /** A re-INVITE and its ACK. */
  async reinvite(
    uri: string,
    dialog: { readonly callId: string; readonly from: string; readonly to: string },
    sequence: number,
    body: string,
  ): Promise<SipText> {
    const answer = await this.inDialog('INVITE', uri, dialog, sequence, [['Contact', this.contact]], body)
    // One that was refused is acknowledged in its transaction (RFC 3261 17.1.1.3): nothing here sends it again.
    this.socket.send(this.writeRequest('ACK', uri, { ...dialog, branch: this.newBranch(), sequence }))
    return answer
  }

  nextSequence(after?: SipText): number {
    this.#sequence = Math.max(this.#sequence, after === undefined ? 0 : sequenceOf(after)) + 1
    return this.#sequence
  }
}
