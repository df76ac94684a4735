import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { answerChallenge, parseMessage } from '@dialtone/sip'
import type { SipRequest, SipResponse } from '@dialtone/sip'
import { passwordOf, REALM } from './switch-tenants.ts'

/** A phone that subscribes and takes the NOTIFY in the dialog this makes, which the stack of a TestPhone has no part in. */
export class Subscriber {
  readonly #name: string
  readonly #socket: Socket
  readonly #serverPort: number
  readonly notifies: SipRequest[] = []
  #response: ((response: SipResponse) => void) | undefined
  #notified: ((request: SipRequest) => void) | undefined
  #sequence = 0

  private constructor(name: string, socket: Socket, serverPort: number) {
    this.#name = name
    this.#socket = socket
    this.#serverPort = serverPort
    socket.on('message', (bytes) => this.#hear(bytes))
  }

  static async open(name: string, serverPort: number): Promise<Subscriber> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    return new Subscriber(name, socket, serverPort)
  }

  close(): void {
    this.#socket.close()
  }

  /** Subscribes, answering one challenge. */
  async subscribe(event: string, expiresSeconds: number, password = passwordOf(this.#name)): Promise<SipResponse> {
    const first = await this.#send(event, expiresSeconds, [])
    if (first.statusCode !== 401) return first
    const uri = `sip:${this.#name}@${REALM}`
    const answer = answerChallenge({ response: first, method: 'SUBSCRIBE', uri, username: this.#name, password, cnonce: 'c0ffee', nonceCount: 1 })
    return answer === undefined ? first : this.#send(event, expiresSeconds, [`${answer[0]}: ${answer[1]}`])
  }

  async notify(): Promise<SipRequest> {
    return this.notifies.shift() ?? new Promise((resolve) => (this.#notified = resolve))
  }

  #send(event: string, expiresSeconds: number, credentials: readonly string[]): Promise<SipResponse> {
    const { port } = this.#socket.address()
    const address = `<sip:${this.#name}@${REALM}>`
    const sequence = ++this.#sequence
    const lines = [
      `SUBSCRIBE sip:${this.#name}@${REALM} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bKsubscribe${sequence}`,
      'Max-Forwards: 70',
      `From: ${address};tag=subscriber`,
      `To: ${address}`,
      'Call-ID: subscription',
      `CSeq: ${sequence} SUBSCRIBE`,
      `Contact: <sip:${this.#name}@127.0.0.1:${port}>`,
      `Event: ${event}`,
      `Expires: ${expiresSeconds}`,
      ...credentials,
      'Content-Length: 0',
      '\r\n',
    ]
    this.#socket.send(lines.join('\r\n'), this.#serverPort, '127.0.0.1')
    return new Promise((resolve) => (this.#response = resolve))
  }

  #hear(bytes: Buffer): void {
    const parsed = parseMessage(bytes)
    if (!parsed.ok) return
    if (parsed.value.kind === 'response') return this.#response?.(parsed.value)
    const request = parsed.value
    const copied = ['via', 'from', 'to', 'call-id', 'cseq'].flatMap((name) => request.headers(name).map((text) => `${name}: ${text}`))
    this.#socket.send(['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '\r\n'].join('\r\n'), this.#serverPort, '127.0.0.1')
    if (this.#notified === undefined) this.notifies.push(request)
    else this.#notified(request)
    this.#notified = undefined
  }
}
