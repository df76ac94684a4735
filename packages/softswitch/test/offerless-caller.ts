import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { parseMessage } from '@dialtone/sip'
import type { SipResponse } from '@dialtone/sip'

/** A peer that calls without a session description and answers ours in its ACK, as some gateways do. One call. */
export class OfferlessCaller {
  readonly #socket: Socket
  readonly #serverPort: number
  #answer: ((response: SipResponse) => void) | undefined
  #answered: SipResponse | undefined

  private constructor(socket: Socket, serverPort: number) {
    this.#socket = socket
    this.#serverPort = serverPort
    socket.on('message', (bytes) => this.#hear(bytes))
  }

  static async open(serverPort: number): Promise<OfferlessCaller> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    return new OfferlessCaller(socket, serverPort)
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** Calls a number. @returns the offer in the 200 */
  async call(number: string): Promise<string> {
    const answered = new Promise<SipResponse>((resolve) => {
      this.#answer = resolve
    })
    this.#send('INVITE', `sip:+${number}@127.0.0.1`, `<sip:+${number}@127.0.0.1>`, 'z9hG4bKinvite', '')
    return (await answered).bodyText
  }

  acknowledge(body: string): void {
    const uri = this.#answered?.contacts[0]?.uriText ?? ''
    this.#send('ACK', uri, this.#answered?.header('to') ?? '', 'z9hG4bKack', body)
  }

  close(): void {
    this.#socket.close()
  }

  #send(method: string, uri: string, to: string, branch: string, body: string): void {
    const lines = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=${branch}`,
      'Max-Forwards: 70',
      'From: <sip:+16075550123@127.0.0.1>;tag=offerless',
      `To: ${to}`,
      'Call-ID: offerless-call',
      `CSeq: 1 ${method}`,
      `Contact: <sip:127.0.0.1:${this.port}>`,
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${body.length}`,
      '',
      body,
    ]
    this.#socket.send(lines.join('\r\n'), this.#serverPort, '127.0.0.1')
  }

  #hear(bytes: Buffer): void {
    const parsed = parseMessage(bytes)
    if (!parsed.ok || parsed.value.kind !== 'response' || parsed.value.statusCode < 200) return
    this.#answered = parsed.value
    this.#answer?.(parsed.value)
  }
}
