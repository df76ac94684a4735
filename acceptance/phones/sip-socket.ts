import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { connect, type Socket as TcpSocket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { readSipText, type SipText, valueOf } from './sip-text.ts'

export type PhoneTransport = 'udp' | 'tcp' | 'tls' | 'ws'

/** Sends bytes to one server as they are and hands over what comes back. */
export interface SipSocket {
  readonly transport: PhoneTransport
  /** What it calls itself in Via and Contact. */
  readonly localHost: string
  /** Where its media can be. */
  readonly mediaHost: string
  readonly localPort: number
  send(bytes: string | Buffer): void
  onMessage(handler: (message: SipText) => void): void
  /** True once the server closed the connection (not UDP). */
  readonly closed: boolean
  close(): void
}

export interface ServerAddress {
  readonly sipHost: string
  readonly sipPort: number
  readonly sipTlsPort?: number | undefined
  readonly httpUrl?: string
}

/** What it shows over TLS, PEM. */
export interface ClientCertificate {
  readonly key: string
  readonly cert: string
}

/** An address as it stands in a URI or a Via (RFC 3261 25.1). */
export function inUri(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

export function openSipSocket(transport: PhoneTransport, server: ServerAddress, certificate?: ClientCertificate): Promise<SipSocket> {
  if (transport === 'udp') return openUdp(server)
  if (transport === 'ws') return openWebSocket(server)
  return transport === 'tls' ? openTls(server, certificate) : openTcp(server)
}

async function openUdp(server: ServerAddress): Promise<SipSocket> {
  const socket: UdpSocket = createSocket(server.sipHost.includes(':') ? 'udp6' : 'udp4')
  await new Promise<void>((resolve) => {
    socket.bind(0, server.sipHost, resolve)
  })
  // An ICMP error for an earlier datagram says nothing about the next one.
  socket.on('error', () => undefined)
  return {
    transport: 'udp',
    localHost: inUri(server.sipHost),
    mediaHost: server.sipHost,
    localPort: socket.address().port,
    send: (bytes) => socket.send(bytes, server.sipPort, server.sipHost),
    onMessage: (handler) => socket.on('message', (datagram) => handler(readSipText(datagram.toString('utf8')))),
    closed: false,
    close: () => socket.close(),
  }
}

async function openTcp(server: ServerAddress): Promise<SipSocket> {
  const socket: TcpSocket = connect(server.sipPort, server.sipHost)
  await opened(socket, 'connect')
  return overStream('tcp', socket, server)
}

/** The certificate is not looked at: the server of a test signs its own. */
async function openTls(server: ServerAddress, certificate: ClientCertificate | undefined): Promise<SipSocket> {
  const socket = connectTls({ port: server.sipTlsPort ?? 5061, host: server.sipHost, rejectUnauthorized: false, ...certificate })
  await opened(socket, 'secureConnect')
  return overStream('tls', socket, server)
}

function opened(socket: TcpSocket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    socket.once(event, () => resolve())
    socket.once('error', reject)
  })
}

/** RFC 7118, with the WebSocket of Node.js itself. Like a browser it has no address: what it calls itself ends in .invalid. */
async function openWebSocket(server: ServerAddress): Promise<SipSocket> {
  const socket = new WebSocket(`${(server.httpUrl ?? '').replace(/^http/, 'ws')}/sip`, 'sip')
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error('the WebSocket could not be opened')))
  })
  return {
    transport: 'ws',
    localHost: `${Math.random().toString(36).slice(2)}.invalid`,
    mediaHost: server.sipHost,
    localPort: 5060,
    send: (bytes) => socket.send(typeof bytes === 'string' ? bytes : new Uint8Array(bytes)),
    onMessage: (handler) => socket.addEventListener('message', (event: MessageEvent) => handler(readSipText(String(event.data)))),
    get closed() {
      return socket.readyState === WebSocket.CLOSED
    },
    close: () => socket.close(),
  }
}

function overStream(transport: 'tcp' | 'tls', socket: TcpSocket, server: ServerAddress): SipSocket {
  const handlers: ((message: SipText) => void)[] = []
  let closed = false
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk.toString('utf8')
    for (let message = takeMessage(); message !== undefined; message = takeMessage()) for (const handler of handlers) handler(message)
  })
  socket.on('close', () => {
    closed = true
  })
  socket.on('error', () => undefined)

  function takeMessage(): SipText | undefined {
    received = received.replace(/^(\r\n)+/, '')
    const end = received.indexOf('\r\n\r\n')
    if (end < 0) return undefined
    const head = readSipText(received.slice(0, end + 4))
    const length = Number(valueOf(head, 'content-length'))
    if (received.length < end + 4 + length) return undefined
    const message = { ...head, body: received.slice(end + 4, end + 4 + length) }
    received = received.slice(end + 4 + length)
    return message
  }

  return {
    transport,
    localHost: inUri(socket.localAddress ?? server.sipHost),
    mediaHost: socket.localAddress ?? server.sipHost,
    localPort: socket.localPort ?? 0,
    send: (bytes) => void socket.write(bytes),
    onMessage: (handler) => void handlers.push(handler),
    get closed() {
      return closed
    },
    close: () => socket.destroy(),
  }
}
