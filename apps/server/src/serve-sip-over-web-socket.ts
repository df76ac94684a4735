import type { IncomingMessage, Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Duplex } from 'node:stream'
import type { ConnectionPlaces } from '@dialtone/control-plane'
import type { SipStack } from '@dialtone/sip'

const PATH = '/sip'

/**
 * Browsers register at `/sip` on the port of the API (RFC 7118). Any Origin is taken: who may register is decided by digest, and a
 * page cannot use what another one has registered.
 */
export function serveSipOverWebSocket(
  http: Server | SecureServer,
  sip: Pick<SipStack, 'acceptWebSocket'>,
  connections: Pick<ConnectionPlaces, 'release'>,
): void {
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = request.url?.split('?', 1)[0]
    if (path === PATH) {
      connections.release(socket)
      sip.acceptWebSocket(request, socket, head)
    } else {
      socket.on('error', () => undefined)
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    }
  })
}
