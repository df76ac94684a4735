import { createSocket, type Socket } from 'node:dgram'

export interface Carriers {
  readonly ports: readonly number[]
  /** Requests since the last time they were counted. */
  taken(): { readonly probes: number; readonly registrations: number }
  close(): void
}

/** So many carriers, a UDP port each, that answer 200 to whatever they are asked: OPTIONS and REGISTER. */
export async function startCarriers(count: number): Promise<Carriers> {
  const counts = { probes: 0, registrations: 0 }
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = createSocket('udp4')
      await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
      socket.on('message', (bytes, { port, address }) => {
        const request = bytes.toString('latin1')
        if (request.startsWith('OPTIONS ')) counts.probes++
        else if (request.startsWith('REGISTER ')) counts.registrations++
        else return
        socket.send(okOf(request), port, address)
      })
      return socket
    }),
  )
  return {
    ports: sockets.map((socket: Socket) => socket.address().port),
    taken: () => {
      const taken = { ...counts }
      Object.assign(counts, { probes: 0, registrations: 0 })
      return taken
    },
    close: () => {
      for (const socket of sockets) socket.close()
    },
  }
}

/** RFC 3261 section 8.2.6: Via, From, To, Call-ID and CSeq as they came; of REGISTER the contact too. */
function okOf(request: string): string {
  const kept = request.split('\r\n').filter((line) => /^(Via|v|From|f|To|t|Call-ID|i|CSeq|Contact|m):/i.test(line))
  const lines = kept.map((line) => (/^(To|t):/i.test(line) && !line.includes(';tag=') ? `${line};tag=carrier` : line))
  return ['SIP/2.0 200 OK', ...lines, 'Expires: 3600', 'Content-Length: 0', '', ''].join('\r\n')
}
