import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { err, ok, type Result } from '@dialtone/foundation'

/** An even port for RTP and the odd one after it for RTCP (RFC 3550 section 11). */
export interface SocketPair {
  readonly rtp: Socket
  readonly rtcp: Socket
  readonly rtpPort: number
  /** Resolves when both ports are free again. */
  close(): Promise<void>
}

/** Which port could not be bound and why: the error code of the system, `EADDRINUSE` when another process has it. */
export interface BindFailure {
  readonly port: number
  readonly code: string
}

const RECEIVE_BUFFER_BYTES = 256 * 1024

/** Binds both ports of a pair, or none. */
export async function openSocketPair(bindAddress: string, rtpPort: number): Promise<Result<SocketPair, BindFailure>> {
  const rtp = await bind(bindAddress, rtpPort)
  if (!rtp.ok) return rtp
  const rtcp = await bind(bindAddress, rtpPort + 1)
  if (!rtcp.ok) {
    await close(rtp.value)
    return rtcp
  }
  return ok({ rtp: rtp.value, rtcp: rtcp.value, rtpPort, close: async () => void (await Promise.all([close(rtp.value), close(rtcp.value)])) })
}

async function bind(address: string, port: number): Promise<Result<Socket, BindFailure>> {
  const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4', lookup: passAddress, recvBufferSize: RECEIVE_BUFFER_BYTES })
  try {
    // Before bind: with a look-up that answers at once it may already listen when bind returns.
    const listening = once(socket, 'listening')
    socket.bind({ address, port, exclusive: true })
    await listening
    // Errors of single datagrams (a network gone, a port unreachable) are the loss of a packet, nothing more.
    socket.on('error', () => undefined)
    return ok(socket)
  } catch (error) {
    socket.on('error', () => undefined)
    await close(socket)
    return err({ port, code: errorCode(error) })
  }
}

async function close(socket: Socket): Promise<void> {
  const closed = once(socket, 'close')
  try {
    socket.close()
  } catch {
    return
  }
  await closed
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'EUNKNOWN'
}

/** Every address we send to is one already: the default look-up costs 15 % of a relay's time and another turn of the loop. */
function passAddress(hostname: string, options: unknown, callback: (error: null, address: string, family: number) => void): void {
  const done = typeof options === 'function' ? (options as typeof callback) : callback
  done(null, hostname, hostname.includes(':') ? 6 : 4)
}
