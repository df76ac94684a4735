import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { randomInt } from 'node:crypto'

/** A range of `count` UDP ports from an even one on, all free on loopback a moment ago, below the ephemeral ports. */
export async function freePorts(count: number): Promise<{ first: number; last: number }> {
  for (;;) {
    const first = randomInt(5_120, 16_000 - count / 2) * 2
    const sockets = await bindAll(Array.from({ length: count }, (_unused, index) => first + index))
    await Promise.all(sockets.map(closeSocket))
    if (sockets.length === count) return { first, last: first + count - 1 }
  }
}

/** Binds the ports on loopback until one is taken. */
export async function bindAll(ports: readonly number[], address: '127.0.0.1' | '::1' = '127.0.0.1'): Promise<Socket[]> {
  const sockets: Socket[] = []
  for (const port of ports) {
    const socket = createSocket(address === '::1' ? 'udp6' : 'udp4')
    try {
      const listening = once(socket, 'listening')
      socket.bind({ port, address, exclusive: true })
      await listening
      sockets.push(socket)
    } catch {
      break
    }
  }
  return sockets
}

export async function closeSocket(socket: Socket): Promise<void> {
  const closed = once(socket, 'close')
  socket.close()
  await closed
}
