import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RawConnection } from './raw-connection.ts'
import { type RunningStack, StackHarness } from './stack-harness.ts'

const SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n'

let harness: StackHarness
const connections: RawConnection[] = []
beforeEach(() => {
  harness = new StackHarness()
})
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close()
  await harness.close()
})

function open(server: RunningStack): RawConnection {
  const connection = new RawConnection(server.tcp.port)
  connections.push(connection)
  return connection
}

let number = 0
/** Says something and hears the last answer to it. */
async function say(connection: RawConnection, method: string): Promise<number> {
  const branch = `z9hG4bK${++number}`
  const head = [
    `${method} sip:a@127.0.0.1 SIP/2.0`,
    `Via: SIP/2.0/TCP 127.0.0.1:9;branch=${branch}`,
    'Max-Forwards: 70',
    'From: <sip:b@c>;tag=x',
    'To: <sip:a@c>',
  ]
  const tail = [`Call-ID: ${branch}`, `CSeq: 1 ${method}`, 'Contact: <sip:b@127.0.0.1:9;transport=tcp>', 'Content-Length: 0', '', '']
  connection.write([...head, ...tail].join('\r\n'))
  for (;;) {
    const answer = await connection.messages.next()
    if (answer !== 'pong' && answer.kind === 'response' && answer.statusCode > 100) return answer.statusCode
  }
}

async function small(limits: { readonly maxConnections?: number; readonly maxConnectionsPerSource?: number }): Promise<RunningStack> {
  const server = await harness.stack({ limits })
  server.stack.onRequest('REGISTER', ({ respond }) => respond(200))
  server.stack.onInvite((invite) => invite.answer({ body: SDP }))
  return server
}

describe('the places for connections, when all are taken (RFC 3261 18)', () => {
  it.each([{ maxConnections: 3 }, { maxConnectionsPerSource: 3 }])(
    '%o: go from who never said anything, then from whose requests nobody has accepted, the one that waits longest first; never from a phone',
    async (limits) => {
      const server = await small(limits)
      const stranger = open(server)
      expect(await say(stranger, 'OPTIONS')).toBe(200)
      const phone = open(server)
      expect(await say(phone, 'REGISTER')).toBe(200)
      const silent = open(server)
      // A ping is nothing said (RFC 5626 4.4.1).
      silent.write('\r\n\r\n')
      expect(await silent.messages.next()).toBe('pong')
      const second = open(server)
      await silent.closed
      expect(await say(second, 'OPTIONS')).toBe(200)
      const caller = open(server)
      await stranger.closed
      expect(await say(caller, 'INVITE')).toBe(200)
      const third = open(server)
      await second.closed
      expect(await say(third, 'REGISTER')).toBe(200)
      // Everybody here has been accepted.
      await open(server).closed
      expect([await say(phone, 'OPTIONS'), await say(caller, 'OPTIONS'), await say(third, 'OPTIONS')]).toEqual([200, 200, 200])
      expect([server.stack.statistics.connections, server.errors]).toEqual([3, []])
    },
  )
})
