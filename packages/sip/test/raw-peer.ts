import { createSocket, type Socket } from 'node:dgram'
import { createResponse, parseMessage, serialize, type Header, type SipMessage, type SipRequest, type SipResponse } from '../src/message/index.ts'
import type { RemoteAddress } from '../src/transport/index.ts'
import { Arrivals } from './arrivals.ts'

export interface RequestParts {
  readonly method: string
  readonly uri?: string
  readonly branch?: string
  /** Instead of the Via that leads back to this peer. */
  readonly via?: string
  readonly from?: string
  readonly to?: string
  readonly callId?: string
  readonly sequence?: number
  /** Instead of the one that leads back to this peer; '': none. */
  readonly contact?: string
  readonly headers?: readonly Header[]
  readonly body?: string
  readonly contentType?: string
}

export const OFFER = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n'
export const ANSWER = OFFER.replace('4000', '5000')

let lastBranch = 0

/** A peer that speaks SIP by hand, over one UDP socket: it retransmits nothing and forgets everything. */
export class RawPeer {
  readonly #socket: Socket
  readonly #messages = new Arrivals<SipMessage>()
  readonly port: number

  private constructor(socket: Socket) {
    this.#socket = socket
    this.port = socket.address().port
    socket.on('message', (bytes) => {
      const parsed = parseMessage(bytes)
      if (!parsed.ok) throw new Error(`the stack sent what nobody can read: ${bytes.toString('latin1')}`)
      this.#messages.push(parsed.value)
    })
  }

  static open(): Promise<RawPeer> {
    const socket = createSocket('udp4')
    return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(new RawPeer(socket))))
  }

  get address(): RemoteAddress {
    return { transport: 'udp', address: '127.0.0.1', port: this.port }
  }

  get contact(): string {
    return `<sip:peer@127.0.0.1:${this.port}>`
  }

  sendBytes(bytes: Buffer | string, to: RemoteAddress): void {
    this.#socket.send(bytes, to.port, to.address)
  }

  /** Sends a request. @returns its text, to send it again */
  request(parts: RequestParts, to: RemoteAddress): string {
    const text = this.requestText(parts, to)
    this.sendBytes(text, to)
    return text
  }

  requestText(parts: RequestParts, to: RemoteAddress): string {
    const { method, headers = [], body = '' } = parts
    const branch = parts.branch ?? `z9hG4bKraw${++lastBranch}`
    const lines = [
      `${method} ${parts.uri ?? `sip:stack@127.0.0.1:${to.port}`} SIP/2.0`,
      `Via: ${parts.via ?? `SIP/2.0/UDP 127.0.0.1:${this.port};branch=${branch};rport`}`,
      'Max-Forwards: 70',
      `From: ${parts.from ?? '<sip:peer@127.0.0.1>;tag=peer'}`,
      `To: ${parts.to ?? '<sip:stack@127.0.0.1>'}`,
      `Call-ID: ${parts.callId ?? `call-${branch}`}`,
      `CSeq: ${parts.sequence ?? 1} ${method}`,
      ...(parts.contact === '' ? [] : [`Contact: ${parts.contact ?? this.contact}`]),
      ...headers.map(([name, value]) => `${name}: ${value}`),
      ...(body === '' ? [] : [`Content-Type: ${parts.contentType ?? 'application/sdp'}`]),
      `Content-Length: ${Buffer.byteLength(body)}`,
    ]
    return `${lines.join('\r\n')}\r\n\r\n${body}`
  }

  respond(request: SipRequest, statusCode: number, options: { toTag?: string; headers?: readonly Header[]; body?: string } = {}): void {
    const { toTag = 'peer', headers = [], body } = options
    const content = body === undefined ? {} : { body, contentType: 'application/sdp' }
    const response = createResponse(request, statusCode, { toTag, headers: [['Contact', this.contact], ...headers], ...content })
    this.sendBytes(serialize(response), { transport: 'udp', address: '127.0.0.1', port: request.topVia.port ?? 5060 })
  }

  async nextRequest(method: string): Promise<SipRequest> {
    const message = await this.#messages.next()
    if (message.kind !== 'request' || message.method !== method) throw new Error(`expected ${method}, got ${describeMessage(message)}`)
    return message
  }

  async nextResponse(statusCode: number, method?: string): Promise<SipResponse> {
    const message = await this.#messages.next()
    const matches = message.kind === 'response' && message.statusCode === statusCode && (method === undefined || message.cseq.method === method)
    if (!matches || message.kind !== 'response') throw new Error(`expected ${statusCode} ${method ?? ''}, got ${describeMessage(message)}`)
    return message
  }

  /**
   * Everything the stack has sent until now. An OPTIONS and its answer mark the moment: datagrams between two sockets of the
   * loopback interface keep their order.
   */
  async drain(to: RemoteAddress): Promise<readonly SipMessage[]> {
    const callId = `drain-${++lastBranch}`
    this.request({ method: 'OPTIONS', callId }, to)
    const drained: SipMessage[] = []
    for (;;) {
      const message = await this.#messages.next()
      if (message.kind === 'response' && message.callId === callId) return drained
      drained.push(message)
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()))
  }
}

export function describeMessage(message: SipMessage): string {
  return message.kind === 'request' ? message.method : `${message.statusCode} ${message.cseq.method}`
}
