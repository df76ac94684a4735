import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { answerChallenge, parseMessage } from '@dialtone/sip'
import type { SipRequest, SipResponse } from '@dialtone/sip'
import { passwordOf, REALM } from './switch-tenants.ts'

export interface Subscribe {
  readonly event: string
  readonly expiresSeconds: number
  /** Whose state; default the phone's own. */
  readonly target?: string
  /** In the dialog of an earlier one, of this subscription. */
  readonly within?: SipResponse
  readonly callId?: string
  readonly password?: string
}

/** A phone that subscribes and takes the NOTIFY in the dialog this makes, which the stack of a TestPhone has no part in. */
export class Subscriber {
  readonly #name: string
  readonly #socket: Socket
  readonly #serverPort: number
  readonly notifies: SipRequest[] = []
  /** What NOTIFY is answered with. */
  status = '200 OK'
  #waiting: (() => void)[] = []
  #responses: SipResponse[] = []
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
  async subscribe(subscribe: Subscribe): Promise<SipResponse> {
    const first = await this.#send(subscribe, [])
    if (first.statusCode !== 401) return first
    const uri = uriOf(subscribe, this.#name)
    const password = subscribe.password ?? passwordOf(this.#name)
    const answer = answerChallenge({ response: first, method: 'SUBSCRIBE', uri, username: this.#name, password, cnonce: 'c0ffee', nonceCount: 1 })
    return answer === undefined ? first : this.#send(subscribe, [`${answer[0]}: ${answer[1]}`])
  }

  /** The next NOTIFY that was not taken yet. */
  async notify(): Promise<SipRequest> {
    for (;;) {
      const notify = this.notifies.shift()
      if (notify !== undefined) return notify
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  async #send(subscribe: Subscribe, credentials: readonly string[]): Promise<SipResponse> {
    const { event, expiresSeconds, within, callId = 'subscription' } = subscribe
    const { port } = this.#socket.address()
    const sequence = ++this.#sequence
    const uri = within?.contacts[0]?.uriText ?? uriOf(subscribe, this.#name)
    const lines = [
      `SUBSCRIBE ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bKsubscribe${sequence}`,
      'Max-Forwards: 70',
      `From: <sip:${this.#name}@${REALM}>;tag=subscriber`,
      `To: <${uriOf(subscribe, this.#name)}>${within === undefined ? '' : `;tag=${within.toTag ?? ''}`}`,
      `Call-ID: ${callId}`,
      `CSeq: ${sequence} SUBSCRIBE`,
      `Contact: <sip:${this.#name}@127.0.0.1:${port}>`,
      `Event: ${event}`,
      `Expires: ${expiresSeconds}`,
      ...credentials,
      'Content-Length: 0',
      '\r\n',
    ]
    this.#socket.send(lines.join('\r\n'), this.#serverPort, '127.0.0.1')
    for (;;) {
      const found = this.#responses.find((response) => response.cseq.sequence === sequence)
      if (found !== undefined) return found
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  #hear(bytes: Buffer): void {
    const parsed = parseMessage(bytes)
    if (!parsed.ok) return
    if (parsed.value.kind === 'response') this.#responses.push(parsed.value)
    else {
      const request = parsed.value
      const copied = ['via', 'from', 'to', 'call-id', 'cseq'].flatMap((name) => request.headers(name).map((text) => `${name}: ${text}`))
      this.#socket.send([`SIP/2.0 ${this.status}`, ...copied, 'Content-Length: 0', '\r\n'].join('\r\n'), this.#serverPort, '127.0.0.1')
      this.notifies.push(request)
    }
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

function uriOf({ target }: Subscribe, name: string): string {
  return `sip:${target ?? name}@${REALM}`
}
