import { ok } from '@dialtone/foundation'
import type { RemoteAddress, SipNetwork } from '@dialtone/sip'

const CONNECTION_ID = 'only'

/** What carries the messages of a phone that has one WebSocket to its server and nothing else (RFC 7118), as a browser is. */
export function webSocketNetwork(server: RemoteAddress): SipNetwork {
  const socket = new WebSocket(`ws://${server.address}:${server.port}/sip`, 'sip')
  return {
    connections: 1,
    async open(user) {
      socket.addEventListener('message', ({ data }) => user.onMessage(Buffer.from(String(data)), { ...server, connectionId: CONNECTION_ID }))
      socket.addEventListener('close', () => user.onConnectionClosed(CONNECTION_ID))
      await new Promise((resolve, reject) => {
        socket.addEventListener('open', resolve)
        socket.addEventListener('error', () => reject(new Error('no WebSocket')))
      })
      return ok({ udpPort: 0, tcpPort: 0, tlsPort: 0, wsPort: 80 })
    },
    send(bytes) {
      socket.send(bytes.toString())
      return CONNECTION_ID
    },
    close() {
      socket.close()
      return Promise.resolve()
    },
  }
}
