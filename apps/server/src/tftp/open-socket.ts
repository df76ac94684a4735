import { createSocket, type Socket } from 'node:dgram'
import { err, ok, type Result } from '@dialtone/foundation'

/** @param port 0 picks a free one. */
export function openSocket(host: string, port: number): Promise<Result<Socket, string>> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  return new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(err(error.code === 'EADDRINUSE' ? 'the port is in use' : error.message)))
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.removeAllListeners('error')
      resolve(ok(socket))
    })
  })
}
