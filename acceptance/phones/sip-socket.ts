import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { connect, type Socket as TcpSocket } from 'node:net'
import { readSipText, type SipText, valueOf } from './sip-text.ts'

/** Sends bytes to one server as they are and hands over what comes back. */
export interface SipSocket {
  readonly transport: 'udp' | 'tcp'
  readonly localHost: string
  readonly localPort: number
  send(bytes: string | Buffer): void
  onMessage(handler: (message: SipText) => void): void
  /** True once the server closed the connection (TCP only). */
  readonly closed: boolean
  close(): void
}

export interface ServerAddress {
  readonly sipHost: string
  readonly sipPort: number
}

export function openSipSocket(transport: 'udp' | 'tcp', server: ServerAddress): Promise<SipSocket> {
  return transport === 'udp' ? openUdp(server) : openTcp(server)
}

async function openUdp(server: ServerAddress): Promise<SipSocket> {
  const socket: UdpSocket = createSocket('udp4')
  await new Promise<void>((resolve) => {
    socket.bind(0, server.sipHost, resolve)
  })
  // An ICMP error for an earlier datagram says nothing about the next one.
  socket.on('error', () => undefined)
  return {
    transport: 'udp',
    localHost: server.sipHost,
    localPort: socket.address().port,
    send: (bytes) => socket.send(bytes, server.sipPort, server.sipHost),
    onMessage: (handler) => socket.on('message', (datagram) => handler(readSipText(datagram.toString('utf8')))),
    closed: false,
    close: () => socket.close(),
  }
}

async function openTcp(server: ServerAddress): Promise<SipSocket> {
  const socket: TcpSocket = connect(server.sipPort, server.sipHost)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
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
    transport: 'tcp',
    localHost: socket.localAddress ?? server.sipHost,
    localPort: socket.localPort ?? 0,
    send: (bytes) => void socket.write(bytes),
    onMessage: (handler) => void handlers.push(handler),
    get closed() {
      return closed
    },
    close: () => socket.destroy(),
  }
}
