import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { connect, type Socket as TcpSocket } from 'node:net'
import { pause } from '../eventually.ts'
import type { ServerAddress } from './sip-socket.ts'

/** Where hostile traffic comes from: an address of its own, so that what the server does about it does not hit the honest phones. */
export const HOSTILE_ADDRESS = '127.0.0.66'
const SERVER_ON_LOOPBACK = '127.0.0.1'
/** Messages before the event loop of the test itself gets a turn. */
const BURST = 20

/** Sends datagrams as fast as the rate allows, and throws away whatever comes back. @returns how many answers came */
export async function floodUdp(server: ServerAddress, messages: Iterable<Buffer | string>, perSecond: number, address = HOSTILE_ADDRESS): Promise<number> {
  const socket: UdpSocket = createSocket({ type: 'udp4', recvBufferSize: 1024 * 1024 })
  let answers = 0
  socket.on('message', () => answers++)
  socket.on('error', () => undefined)
  await new Promise<void>((resolve) => {
    socket.bind(0, address, resolve)
  })
  const startMs = performance.now()
  let sent = 0
  for (const message of messages) {
    socket.send(message, server.sipPort, SERVER_ON_LOOPBACK)
    if (++sent % BURST === 0) await pause(Math.max(0, startMs + (sent / perSecond) * 1000 - performance.now()))
  }
  await pause(200)
  socket.close()
  return answers
}

/** Opens a connection that never throws. */
export async function openHostile(server: ServerAddress, address = HOSTILE_ADDRESS): Promise<TcpSocket> {
  const socket = connect({ port: server.sipPort, host: SERVER_ON_LOOPBACK, localAddress: address, noDelay: true })
  socket.on('error', () => undefined)
  await new Promise<void>((resolve) => {
    socket.once('connect', () => resolve())
    socket.once('close', () => resolve())
  })
  return socket
}

/** Sends messages over connections; whenever the server closes one, the next is opened. */
export async function floodTcp(server: ServerAddress, messages: Iterable<Buffer>): Promise<number> {
  let connections = 0
  let socket: TcpSocket | undefined
  for (const message of messages) {
    if (socket === undefined || socket.destroyed || socket.closed) {
      socket = await openHostile(server)
      socket.resume()
      connections++
    }
    await new Promise<void>((resolve) => {
      socket?.write(message, () => resolve())
    })
    await pause(0)
  }
  await pause(200)
  socket?.destroy()
  return connections
}

/** The same over WebSockets. */
export async function floodWebSocket(server: ServerAddress, messages: Iterable<Buffer>): Promise<number> {
  let connections = 0
  let socket: WebSocket | undefined
  let sent = 0
  for (const message of messages) {
    if (socket === undefined || socket.readyState !== WebSocket.OPEN) {
      socket = await openWebSocket(server)
      connections++
    }
    socket.send(new Uint8Array(message))
    if (++sent % BURST === 0) await pause(5)
  }
  await pause(200)
  socket?.close()
  return connections
}

async function openWebSocket(server: ServerAddress): Promise<WebSocket> {
  const socket = new WebSocket(`${(server.httpUrl ?? '').replace(/^http/, 'ws')}/sip`, 'sip')
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error('the server takes no WebSocket')))
  })
  return socket
}
