import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { err, type Logger, ok, type Result } from '@dialtone/foundation'
import { type ListenFailure, toListenFailure } from './listen-failure.ts'
import { unmappedAddress } from './numeric-address.ts'
import { answerStun, isStun } from './stun-binding.ts'

/** Packets wait here while the process is busy; the default of 208 KiB loses them (design measurement: 4 MiB does not). */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024

export interface UdpTransport {
  readonly port: number
  /** @param onFailed called once when the packet could not be handed to the network, perhaps before `send` returns */
  send(bytes: Buffer, address: string, port: number, onFailed?: (reason: string) => void): void
  close(): Promise<void>
}

export interface UdpTransportOptions {
  readonly host: string
  readonly port: number
  /** Other sockets may bind the port too; the kernel spreads what comes over them by the sender's address (SO_REUSEPORT). */
  readonly reusePort?: boolean
  readonly logger: Logger
  readonly onDatagram: (bytes: Buffer, address: string, port: number) => void
}

type LookupCallback = (error: Error | null, address: string, family: number) => void

/** Destinations are numeric: answering at once keeps the resolver's thread pool out of every packet sent. */
function numericLookup(host: string, options: unknown, callback: LookupCallback): void {
  callback(null, host, host.includes(':') ? 6 : 4)
}

/** Binds one UDP socket; on Linux one socket receives as fast as several when one thread reads them. */
export function openUdpTransport(options: UdpTransportOptions): Promise<Result<UdpTransport, ListenFailure>> {
  const { host, port, logger } = options
  const isIpv6 = host.includes(':')
  const socket = createSocket({
    type: isIpv6 ? 'udp6' : 'udp4',
    // The types ask for the resolver's signature; the address is all it is ever asked for.
    lookup: numericLookup,
    recvBufferSize: RECEIVE_BUFFER_BYTES,
    reusePort: options.reusePort === true,
  })
  socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
    const address = isIpv6 ? unmappedAddress(from.address) : from.address
    if (isStun(bytes)) sendStunAnswer(socket, bytes, address, from)
    // An address that means something on one link only cannot be written into a Via or kept for a call.
    else if (!address.includes('%')) options.onDatagram(bytes, address, from.port)
  })
  return new Promise((resolve) => {
    socket.once('error', (error) => {
      socket.close()
      resolve(err(toListenFailure(error, `UDP ${host}:${port}`)))
    })
    socket.bind(port, host, () => {
      socket.removeAllListeners('error')
      socket.on('error', (error) => logger.warn('UDP socket error', { reason: error.message }))
      resolve(ok(boundTransport(socket, isIpv6)))
    })
  })
}

function sendStunAnswer(socket: Socket, request: Buffer, address: string, from: RemoteInfo): void {
  const answer = answerStun(request, address, from.port)
  // Back exactly as it came; a failure is nobody's loss.
  if (answer !== undefined && from.port > 0) socket.send(answer, from.port, from.address, () => undefined)
}

function boundTransport(socket: Socket, isIpv6: boolean): UdpTransport {
  const { port } = socket.address()
  return {
    port,
    send(bytes, toAddress, toPort, onFailed) {
      // RFC 4291 2.5.5.2: how a socket of both families names an IPv4 address.
      const address = isIpv6 && !toAddress.includes(':') ? `::ffff:${toAddress}` : toAddress
      try {
        if (onFailed === undefined) socket.send(bytes, toPort, address)
        else {
          socket.send(bytes, toPort, address, (error) => {
            if (error !== null) onFailed(error.message)
          })
        }
      } catch (error) {
        // An impossible port, or a socket already closed.
        onFailed?.(error instanceof Error ? error.message : String(error))
      }
    },
    close: () =>
      new Promise((resolve) => {
        try {
          socket.close(() => resolve())
        } catch {
          resolve()
        }
      }),
  }
}
