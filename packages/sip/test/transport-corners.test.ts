import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseMessage, type SipMessage, StreamFramer } from '../src/message/index.ts'
import type { NamedIdentity } from '../src/index.ts'
import { Arrivals } from './arrivals.ts'
import { RawConnection } from './raw-connection.ts'
import { OFFER, type RawPeer } from './raw-peer.ts'
import { LegWatch, type RunningStack, StackHarness } from './stack-harness.ts'
import { AUTHORITY, TLS_CLIENT, TLS_SERVER } from './tls-identities.ts'

let harness: StackHarness
let server: RunningStack
let peer: RawPeer
let sockets: Socket[]
let listeners: Server[]
const identities = new Map<string, NamedIdentity>()

beforeEach(async () => {
  harness = new StackHarness()
  const listen = { host: '127.0.0.1', udpPort: 0, tcpPort: 0, tlsPort: 0 }
  server = await harness.stack({ listen, tls: { ...TLS_SERVER, identityOf: (name) => identities.get(name) } })
  peer = await harness.peer()
  sockets = []
  listeners = []
})
afterEach(async () => {
  identities.clear()
  for (const socket of sockets) socket.destroy()
  await harness.close()
  for (const listener of listeners) await new Promise((resolve) => listener.close(resolve))
})

function hear(socket: Socket): Arrivals<SipMessage> {
  const messages = new Arrivals<SipMessage>()
  const framer = new StreamFramer({ maxMessageBytes: 65_535 })
  sockets.push(socket)
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => {
    for (const frame of framer.push(chunk)) {
      const parsed = frame === 'ping' ? undefined : parseMessage(frame)
      if (parsed?.ok === true) messages.push(parsed.value)
    }
  })
  return messages
}

async function secure(options: ConnectionOptions = {}): Promise<{ socket: TLSSocket; messages: Arrivals<SipMessage> }> {
  const socket = connect({ host: '127.0.0.1', port: server.tls.port, ca: AUTHORITY, servername: 'sip.example.com', ...options })
  const messages = hear(socket)
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', () => resolve()).once('error', reject))
  return { socket, messages }
}

const text = (method: string, branch: string, via = 'SIP/2.0/TLS 10.9.9.9:5061', body = ''): string =>
  peer.requestText({ method, via: `${via};branch=${branch}`, callId: branch, body }, server.tls)

/** A whole TLS 1.2 or 1.3 client hello, as a peer sends it first. */
function clientHello(): Promise<Buffer> {
  return new Promise((resolve) => {
    const listener = createServer((socket) =>
      socket.once('data', (bytes) => {
        resolve(Buffer.from(bytes))
        socket.destroy()
      }),
    )
    listeners.push(listener)
    listener.listen(0, '127.0.0.1', () => {
      const address = listener.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      sockets.push(connect({ host: '127.0.0.1', port, servername: 'sip.example.com' }).on('error', () => undefined))
    })
  })
}

describe('the corners of TLS', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('%s is spoken (RFC 3261 26.3.1, RFC 8996)', async (version) => {
    const { socket, messages } = await secure({ minVersion: version, maxVersion: version })
    socket.write(text('OPTIONS', 'z9hG4bK1'))
    expect([socket.getProtocol(), await messages.next()]).toMatchObject([version, { statusCode: 200 }])
  })

  it('is not negotiated again, which would cost us more than who asks for it (RFC 5746); nobody else hears of it', async () => {
    const [other, greedy] = [await secure(), await secure({ maxVersion: 'TLSv1.2' })]
    const outcome = new Promise<string>((resolve) => {
      greedy.socket.once('error', (error) => resolve(error.message))
      greedy.socket.renegotiate({ rejectUnauthorized: false }, () => resolve('negotiated again'))
    })
    expect(await outcome).toContain('no renegotiation')
    other.socket.write(text('OPTIONS', 'z9hG4bK1'))
    expect(await other.messages.next()).toMatchObject({ statusCode: 200 })
  })

  it('a client hello that is cut anywhere leaves nothing behind, and others are served meanwhile', async () => {
    const hello = await clientHello()
    for (let length = 0; length < hello.length; length += 7) {
      const socket = connectTcp({ host: '127.0.0.1', port: server.tls.port })
      sockets.push(socket)
      socket.on('error', () => undefined).resume()
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.end(hello.subarray(0, length))
      await closed
    }
    const { socket, messages } = await secure()
    socket.write(text('OPTIONS', 'z9hG4bK1'))
    expect(await messages.next()).toMatchObject({ statusCode: 200 })
    expect(server.stack.statistics.connections).toBe(1)
  })

  it('a certificate that is replaced leaves the calls up that began under the old one; the next handshake shows the new one', async () => {
    const { socket, messages } = await secure()
    server.stack.onInvite((invite) => invite.answer({ body: OFFER }))
    socket.write(text('INVITE', 'z9hG4bKi', undefined, OFFER))
    await messages.next()
    const answer = await messages.next()
    const to = `<sip:stack@127.0.0.1>;tag=${answer.toTag}`
    identities.set('sip.example.com', { key: String(TLS_CLIENT.key), cert: String(TLS_CLIENT.cert) })
    const next = await secure({ rejectUnauthorized: false })
    expect(next.socket.getPeerX509Certificate()?.subject).toContain('CN=client')
    for (const [method, sequence] of [
      ['ACK', 1],
      ['BYE', 2],
    ] as const) {
      socket.write(peer.requestText({ method, sequence, to, callId: 'z9hG4bKi', via: `SIP/2.0/TLS 10.9.9.9:5061;branch=z9hG4bK${method}` }, server.tls))
    }
    expect(await messages.next()).toMatchObject({ statusCode: 200, cseq: { method: 'BYE' } })
  })
})

/** A peer that listens for connections, as its Via says. */
function listeningPeer(): Promise<{ port: number; messages: Arrivals<SipMessage>; accepted: Socket[] }> {
  const messages = new Arrivals<SipMessage>()
  const accepted: Socket[] = []
  const own = createServer((socket) => {
    accepted.push(socket)
    void follow(hear(socket), messages)
  })
  listeners.push(own)
  return new Promise((resolve) =>
    own.listen(0, '127.0.0.1', () => {
      const address = own.address()
      resolve({ port: typeof address === 'object' && address !== null ? address.port : 0, messages, accepted })
    }),
  )
}

async function follow(from: Arrivals<SipMessage>, to: Arrivals<SipMessage>): Promise<never> {
  for (;;) to.push(await from.next())
}

describe('a connection that dies within a transaction', () => {
  it('has its answers sent over a new one, to where the Via says the peer listens (RFC 3261 18.2.2)', async () => {
    const { port, messages } = await listeningPeer()
    const caller = new RawConnection(server.tcp.port)
    const invites = new Arrivals<LegWatch>()
    server.stack.onInvite((invite) => {
      invites.push(new LegWatch(invite.leg))
      server.stack.onFlowClosed(() => invite.reject(486))
    })
    caller.write(text('INVITE', 'z9hG4bKd', `SIP/2.0/TCP 127.0.0.1:${port}`, OFFER))
    expect(await caller.messages.next()).toMatchObject({ statusCode: 100 })
    await invites.next()
    caller.close()
    expect(await messages.next()).toMatchObject({ statusCode: 486, callId: 'z9hG4bKd' })
    // Its ACK comes where it likes; the transaction ends with it.
    sockets.push(
      connectTcp(server.tcp.port, '127.0.0.1', function (this: Socket) {
        this.write(text('ACK', 'z9hG4bKd', `SIP/2.0/TCP 127.0.0.1:${port}`))
      }),
    )
  })

  it('ends the call when nobody listens there: its user is told (17.2.4)', async () => {
    const { port } = await listeningPeer()
    listeners.pop()?.close()
    const caller = new RawConnection(server.tcp.port)
    const watches = new Arrivals<LegWatch>()
    server.stack.onInvite((invite) => {
      watches.push(new LegWatch(invite.leg))
      server.stack.onFlowClosed(() => invite.progress(180))
    })
    caller.write(text('INVITE', 'z9hG4bKd', `SIP/2.0/TCP 127.0.0.1:${port}`, OFFER))
    const watch = await watches.next()
    caller.close()
    expect(await watch.next('gone')).toMatchObject({ statusCode: 503 })
  })

  it('has an alias nobody else takes over while it stands (RFC 5923 5)', async () => {
    const [owner, thief] = [new RawConnection(server.tcp.port), new RawConnection(server.tcp.port)]
    for (const connection of [owner, thief]) {
      connection.write(text('OPTIONS', connection === owner ? 'z9hG4bKown' : 'z9hG4bKthief', 'SIP/2.0/TCP 127.0.0.1:7777;alias'))
      expect(await connection.messages.next()).toMatchObject({ statusCode: 200 })
    }
    const headers = [
      ['From', '<sip:us@test>'],
      ['To', '<sip:them@test>'],
    ] as const
    const to = { transport: 'tcp', address: '127.0.0.1', port: 7777 } as const
    const outcome = server.stack.request({ method: 'OPTIONS', uri: 'sip:them@test', to, headers })
    expect(await owner.messages.next()).toMatchObject({ method: 'OPTIONS' })
    expect(thief.messages.takeAll()).toEqual([])
    owner.close()
    expect(await outcome).toMatchObject({ failed: expect.any(String) as string })
    thief.close()
  })

  it('has one alias, and none that is the port of another connection (RFC 5923 5)', async () => {
    const { port, messages, accepted } = await listeningPeer()
    const headers = [
      ['From', '<sip:us@test>'],
      ['To', '<sip:them@test>'],
    ] as const
    const to = { transport: 'tcp', address: '127.0.0.1', port } as const
    const ask = (): Promise<unknown> => server.stack.request({ method: 'OPTIONS', uri: 'sip:them@test', to, headers, timeoutMs: 10 })
    // Ours to that port stands when somebody else calls it his.
    void ask()
    expect(await messages.next()).toMatchObject({ method: 'OPTIONS' })
    const [thief, greedy] = [new RawConnection(server.tcp.port), new RawConnection(server.tcp.port)]
    thief.write(text('OPTIONS', 'z9hG4bKt', `SIP/2.0/TCP 127.0.0.1:${port};alias`))
    await thief.messages.next()
    const closed = new Arrivals<string>()
    server.stack.onFlowClosed((id) => closed.push(id))
    for (const socket of accepted) socket.destroy()
    await closed.next()
    greedy.write(text('OPTIONS', 'z9hG4bKg1', 'SIP/2.0/TCP 127.0.0.1:7777;alias'))
    await greedy.messages.next()
    greedy.write(text('OPTIONS', 'z9hG4bKg2', `SIP/2.0/TCP 127.0.0.1:${port};alias`))
    await greedy.messages.next()
    void ask()
    expect(await messages.next()).toMatchObject({ method: 'OPTIONS' })
    harness.time.advance(10)
    expect([thief, greedy].map((connection) => connection.messages.takeAll())).toEqual([[], []])
    thief.close()
    greedy.close()
  })

  it('lends its alias to nobody any more: the next request opens a connection to the port that was named (RFC 5923 5)', async () => {
    const { port, messages } = await listeningPeer()
    const caller = new RawConnection(server.tcp.port)
    caller.write(text('OPTIONS', 'z9hG4bKa', `SIP/2.0/TCP 127.0.0.1:${port};alias`))
    await caller.messages.next()
    const closed = new Arrivals<string>()
    server.stack.onFlowClosed((id) => closed.push(id))
    caller.close()
    await closed.next()
    const headers = [
      ['From', '<sip:us@test>'],
      ['To', '<sip:them@test>'],
    ] as const
    void server.stack.request({ method: 'OPTIONS', uri: 'sip:them@test', to: { transport: 'tcp', address: '127.0.0.1', port }, headers, timeoutMs: 10 })
    expect(await messages.next()).toMatchObject({ method: 'OPTIONS' })
    harness.time.advance(10)
  })
})

const LINK_LOCAL = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
  addresses.filter(({ address }) => address.startsWith('fe80:')).map(({ address }) => `${address}%${name}`),
)[0]

describe.skipIf(LINK_LOCAL === undefined)('a peer at a link-local IPv6 address', () => {
  it('is refused over TCP as over UDP, and not left waiting: its address means nothing off that link (RFC 6874)', async () => {
    const everywhere = await harness.stack({ listen: { host: '::', udpPort: 0, tcpPort: 0 }, publicAddress: '192.0.2.1', publicAddressIpv6: '2001:db8::1' })
    const socket = connectTcp({ host: LINK_LOCAL ?? '', port: everywhere.tcp.port })
    sockets.push(socket)
    socket.on('error', () => undefined).resume()
    await new Promise((resolve) => socket.once('close', resolve))
    expect(everywhere.stack.statistics.connections).toBe(0)
  })
})
