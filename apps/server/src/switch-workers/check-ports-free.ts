import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { err, ok, type Result } from '@dialtone/foundation'
import type { ListenFailure } from '@dialtone/sip'
import type { Config } from '../configuration/index.ts'

/**
 * Whether the SIP ports can be had for ourselves. The workers bind them together, so another server of this user that does the same
 * would not be noticed, and the two would share out the phones' messages between them.
 */
export async function checkPortsFree({ host, port, tlsPort }: Config['sip']): Promise<Result<undefined, ListenFailure>> {
  const failures = await Promise.all([bindUdp(host, port), bindTcp('TCP', host, port), bindTcp('TLS', host, tlsPort)])
  const message = failures.find((failure) => failure !== undefined)
  return message === undefined ? ok(undefined) : err({ code: 'PortInUse', message })
}

function bindUdp(host: string, port: number): Promise<string | undefined> {
  if (port === 0) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    socket.once('error', (error) => socket.close(() => resolve(`UDP ${host}:${port}: ${error.message}`)))
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => resolve(undefined)))
  })
}

function bindTcp(name: string, host: string, port: number): Promise<string | undefined> {
  if (port === 0) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(`${name} ${host}:${port}: ${error.message}`))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}
