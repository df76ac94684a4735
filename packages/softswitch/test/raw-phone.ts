import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { connect } from 'node:net'
import { answerChallenge, parseMessage, StreamFramer } from '@dialtone/sip'
import type { SipMessage, SipRequest, SipResponse } from '@dialtone/sip'
import { passwordOf, REALM } from './switch-tenants.ts'

export interface RawRequest {
  readonly method: string
  readonly uri?: string
  readonly callId?: string
  /** Header lines as they shall stand on the wire; From and To are added unless they are given, a Via always. */
  readonly lines?: readonly string[]
  readonly body?: string
}

interface Line {
  send(bytes: string): void
  close(): void
  readonly sentBy: string
}

let lastBranch = 0

/** A phone that writes its requests byte by byte, over UDP or one TCP connection: for what a proper stack would never send. */
export class RawPhone {
  readonly name: string
  readonly #line: Line
  readonly requests: SipRequest[] = []
  readonly #responses: SipResponse[] = []
  #waiting: (() => void)[] = []
  #sequence = 0

  private constructor(name: string, open: (hear: (bytes: Buffer) => void) => Line) {
    this.name = name
    this.#line = open((bytes) => this.#hear(bytes))
  }

  static async udp(name: string, serverPort: number): Promise<RawPhone> {
    const socket: Socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    return new RawPhone(name, (hear) => {
      socket.on('message', hear)
      return {
        send: (bytes) => socket.send(bytes, serverPort, '127.0.0.1'),
        close: () => socket.close(),
        sentBy: `UDP 127.0.0.1:${socket.address().port}`,
      }
    })
  }

  /** Behind a NAT as far as the switch can see: its contact is an inside address. */
  static async tcp(name: string, serverPort: number): Promise<RawPhone> {
    const socket = connect(serverPort, '127.0.0.1')
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new RawPhone(name, (hear) => {
      const framer = new StreamFramer({ maxMessageBytes: 65_535 })
      socket.on('data', (bytes: Buffer) => {
        for (const message of framer.push(bytes)) if (message !== 'ping') hear(message)
      })
      return { send: (bytes) => void socket.write(bytes), close: () => socket.destroy(), sentBy: 'TCP 10.0.0.9:5060' }
    })
  }

  close(): void {
    this.#line.close()
  }

  send({ method, uri = `sip:${REALM}`, callId = `${this.name}-${method}`, lines = [], body = '' }: RawRequest): number {
    const sequence = ++this.#sequence
    const has = (name: string) => lines.some((line) => line.toLowerCase().startsWith(`${name}:`))
    const own = `<sip:${this.name}@${REALM}>`
    const head = [
      `${method} ${uri} SIP/2.0`,
      ...[`Via: SIP/2.0/${this.#line.sentBy};branch=z9hG4bKraw${++lastBranch};rport`],
      ...(has('from') ? [] : [`From: ${own};tag=raw`]),
      ...(has('to') ? [] : [`To: ${own}`]),
      `Call-ID: ${callId}`,
      `CSeq: ${sequence} ${method}`,
      'Max-Forwards: 70',
      ...lines,
      ...(body === '' || has('content-type') ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${Buffer.byteLength(body)}`,
    ]
    this.#line.send(`${head.join('\r\n')}\r\n\r\n${body}`)
    return sequence
  }

  /** Sends a request, and again with credentials when it is challenged. @returns the final answer */
  async request(parts: RawRequest, password = passwordOf(this.name)): Promise<SipResponse> {
    const first = await this.finalOf(this.send(parts))
    if (first.statusCode !== 401 && first.statusCode !== 407) return first
    if (parts.method === 'INVITE') this.#acknowledge(first, parts)
    const { method, uri = `sip:${REALM}` } = parts
    const answer = answerChallenge({ response: first, method, uri, username: this.name, password, cnonce: 'c0ffee', nonceCount: 1 })
    if (answer === undefined) return first
    return this.finalOf(this.send({ ...parts, lines: [...(parts.lines ?? []), `${answer[0]}: ${answer[1]}`] }))
  }

  /** The final answer to the request of this CSeq. */
  async finalOf(sequence: number): Promise<SipResponse> {
    for (;;) {
      const found = this.#responses.find((response) => response.cseq.sequence === sequence && response.statusCode >= 200)
      if (found !== undefined) return found
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  /** Whether anything has come in answer to the request of this CSeq. */
  heard(sequence: number): boolean {
    return this.#responses.some((response) => response.cseq.sequence === sequence)
  }

  /** How often an answer of this status and method has come. */
  count(statusCode: number, method: string): number {
    return this.#responses.filter((response) => response.statusCode === statusCode && response.cseq.method === method).length
  }

  /** Where it listens, over UDP. */
  get port(): number {
    return Number(this.#line.sentBy.split(':')[1])
  }

  /** The next request that arrives. */
  async nextRequest(): Promise<SipRequest> {
    while (this.requests.length === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    const request = this.requests.shift()
    if (request === undefined) throw new Error('no request')
    return request
  }

  respond(request: SipRequest, status: string, lines: readonly string[] = []): void {
    const copied = ['via', 'from', 'to', 'call-id', 'cseq'].flatMap((name) => request.headers(name).map((text) => `${name}: ${text}`))
    this.#line.send([`SIP/2.0 ${status}`, ...copied, ...lines, 'Content-Length: 0', '\r\n'].join('\r\n'))
  }

  #acknowledge(response: SipResponse, { uri = `sip:${REALM}` }: RawRequest): void {
    const copied = ['via', 'from', 'to', 'call-id'].map((name) => `${name}: ${response.header(name) ?? ''}`)
    this.#line.send([`ACK ${uri} SIP/2.0`, ...copied, `CSeq: ${response.cseq.sequence} ACK`, 'Max-Forwards: 70', 'Content-Length: 0', '\r\n'].join('\r\n'))
  }

  #hear(bytes: Buffer): void {
    const parsed = parseMessage(bytes)
    if (!parsed.ok) return
    const message: SipMessage = parsed.value
    if (message.kind === 'request') this.requests.push(message)
    else this.#responses.push(message)
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
