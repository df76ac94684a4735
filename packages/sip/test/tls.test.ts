import { connect as connectTcp, type Socket } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RemoteAddress, RequestOptions, RequestOutcome } from '../src/index.ts'
import { parseMessage, StreamFramer, type SipMessage } from '../src/message/index.ts'
import { Arrivals } from './arrivals.ts'
import { ANSWER, OFFER, type RawPeer } from './raw-peer.ts'
import { LegWatch, type RunningStack, StackHarness } from './stack-harness.ts'
import { AUTHORITY, TLS_CLIENT, TLS_EXPIRED, TLS_SERVER } from './tls-identities.ts'

const LISTEN = { host: '127.0.0.1', udpPort: 0, tcpPort: 0, tlsPort: 0 }

let harness: StackHarness
let server: RunningStack
let client: RunningStack
let peer: RawPeer
let sockets: Socket[]

beforeEach(async () => {
  harness = new StackHarness()
  server = await harness.stack({ listen: LISTEN, tls: TLS_SERVER })
  client = await harness.stack({ listen: LISTEN, tls: TLS_CLIENT })
  peer = await harness.peer()
  sockets = []
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await harness.close()
})

function options(to: RemoteAddress, uri = 'sip:x@sip.example.com'): RequestOptions {
  return {
    method: 'OPTIONS',
    uri,
    to,
    headers: [
      ['From', '<sip:us@test>'],
      ['To', '<sip:them@test>'],
    ],
  }
}

/** The status, or why there was none. */
function outcomeOf(outcome: RequestOutcome): string {
  if ('timedOut' in outcome) return 'timed out'
  return 'failed' in outcome ? outcome.failed : String(outcome.statusCode)
}

/** A TLS client that speaks by hand. */
async function handConnection(port = server.tls.port): Promise<{ socket: TLSSocket; messages: Arrivals<SipMessage | 'pong'> }> {
  const socket = connect({ host: '127.0.0.1', port, ca: AUTHORITY, servername: 'sip.example.com' })
  sockets.push(socket)
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', () => resolve())
    socket.once('error', reject)
  })
  const messages = new Arrivals<SipMessage | 'pong'>()
  const framer = new StreamFramer({ maxMessageBytes: 65_535 })
  socket.on('data', (chunk: Buffer) => {
    if (chunk.equals(Buffer.from('\r\n'))) messages.push('pong')
    else
      for (const parsed of framer.push(chunk).map((frame) => (frame === 'ping' ? undefined : parseMessage(frame)))) if (parsed?.ok) messages.push(parsed.value)
  })
  return { socket, messages }
}

function byHand(method: string, branch: string, via = 'SIP/2.0/TLS 10.9.9.9:5061'): string {
  return peer.requestText({ method, via: `${via};branch=${branch}`, callId: branch }, server.tls)
}

describe('TLS (RFC 3261 26.2.1, 26.3.1)', () => {
  it('carries a call: Via and Contact say so, ACK and BYE go over the one connection', async () => {
    const called = new Arrivals<LegWatch>()
    server.stack.onInvite((invite) => {
      expect([invite.request.topVia.transport, invite.source.transport]).toEqual(['TLS', 'tls'])
      called.push(new LegWatch(invite.leg))
      invite.answer({ body: ANSWER })
    })
    const out = client.stack.invite({ uri: 'sip:x@test', to: server.tls, from: '<sip:a@test>', toHeader: '<sip:b@test>', headers: [], body: OFFER })
    const watch = new LegWatch(out.leg)
    const answered = await watch.next('answered')
    expect(answered.response.contacts[0]?.uri.parameters.get('transport')).toBe('tls')
    const callee = await called.next()
    await callee.next('acknowledged')
    out.leg.bye()
    await callee.next('bye')
    expect([client.stack.statistics.connections, server.stack.statistics.connections]).toEqual([1, 1])
  })

  it('says of a certificate that has expired that it has, to who registers there too', async () => {
    const expired = await harness.stack({ listen: LISTEN, tls: TLS_EXPIRED })
    const believer = await harness.stack({ listen: LISTEN, tls: { ...TLS_CLIENT, ca: TLS_EXPIRED.cert } })
    expect(outcomeOf(await believer.stack.request(options(expired.tls)))).toBe('certificate has expired')
    const registration = believer.stack.register({ registrar: 'sip:example.com', to: expired.tls, addressOfRecord: '<sip:alice@example.com>' })
    const failed = await new Promise((resolve) => registration.onChange(resolve))
    expect(failed).toMatchObject({ name: 'failed', statusCode: 503, reason: 'certificate has expired' })
    registration.abandon()
  })

  it('goes nowhere when the certificate is not that of the name (RFC 5922 7), or nobody vouches for it', async () => {
    expect(outcomeOf(await client.stack.request(options(server.tls)))).toBe('200')
    const wrongName = { ...server.tls, serverName: 'other.example.com' }
    expect(outcomeOf(await client.stack.request(options(wrongName)))).toMatch(/other\.example\.com/)
    // No name: the address has to be in the certificate, as 127.0.0.1 is.
    const { serverName: _, ...address } = server.tls
    expect(outcomeOf(await client.stack.request(options(address)))).toBe('200')
    const stranger = await harness.stack({ listen: LISTEN, tls: { key: TLS_CLIENT.key, cert: TLS_CLIENT.cert } })
    expect(outcomeOf(await stranger.stack.request(options(server.tls)))).toMatch(/unable to verify|issuer/)
    expect(outcomeOf(await stranger.stack.request(options({ ...server.tls, acceptAnyCertificate: true })))).toBe('200')
  })

  it('does not take the connection checked for one name for another (RFC 5922 7.1)', async () => {
    await client.stack.request(options({ ...server.tls, acceptAnyCertificate: true }))
    expect(outcomeOf(await client.stack.request(options({ ...server.tls, serverName: 'other.example.com' })))).not.toBe('200')
  })

  it('is needed for a sips target, and its Contact is sips then (RFC 3261 8.1.1.8, 26.2.2, RFC 5630 4)', async () => {
    for (const to of [server.udp, server.tcp]) {
      expect(outcomeOf(await client.stack.request(options(to, 'sips:x@sip.example.com')))).toMatch(/sips/)
      const out = client.stack.invite({ uri: 'sips:x@test', to, from: '<sip:a@test>', toHeader: '<sip:b@test>', headers: [], body: OFFER })
      expect(await new LegWatch(out.leg).next('rejected')).toMatchObject({ statusCode: 503, response: undefined })
    }
    const schemes: (string | undefined)[] = []
    server.stack.onInvite((invite) => {
      schemes.push(invite.request.contacts[0]?.uri.scheme)
      invite.answer({ body: ANSWER })
    })
    for (const scheme of ['sips', 'sip']) {
      const out = client.stack.invite({ uri: `${scheme}:x@test`, to: server.tls, from: '<sip:a@test>', toHeader: '<sip:b@test>', headers: [], body: OFFER })
      const watch = new LegWatch(out.leg)
      schemes.push((await watch.next('answered')).response.contacts[0]?.uri.scheme)
      out.leg.bye()
    }
    expect(schemes).toEqual(['sips', 'sips', 'sip', 'sip'])
  })

  it('reaches a phone behind NAT over the connection it opened; what is cut at every byte is read all the same (18.3)', async () => {
    const { socket, messages } = await handConnection()
    socket.setNoDelay(true)
    for (const byte of Buffer.from(byHand('OPTIONS', 'z9hG4bK1'))) socket.write(Buffer.from([byte]))
    expect(await messages.next()).toMatchObject({ statusCode: 200 })
    socket.write('\r\n\r\n')
    // RFC 5626 4.4.1.
    expect(await messages.next()).toBe('pong')
  })

  it('asks who connects for a certificate, takes who has none, and tells by which names it knows the others (RFC 5922 7.1, 7.3)', async () => {
    const strict = await harness.stack({ listen: LISTEN, tls: { ...TLS_SERVER, ca: AUTHORITY } })
    const sources = new Arrivals<RemoteAddress>()
    for (const { stack } of [server, strict])
      stack.onRequest('REGISTER', (request) => {
        sources.push(request.source)
        request.respond(200)
      })
    const register = (to: RemoteAddress) => client.stack.request({ ...options(to), method: 'REGISTER' })
    await register(strict.tls)
    expect((await sources.next()).certificateNames).toEqual(['client.example.com'])
    // None of the public authorities, which are believed where no others are named, vouches for it.
    await register(server.tls)
    expect((await sources.next()).certificateNames).toEqual([])
    const stranger = await handConnection(strict.tls.port)
    stranger.socket.write(byHand('REGISTER', 'z9hG4bK1'))
    expect((await sources.next()).certificateNames).toBeUndefined()
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'takes a phone that would take up its session again, and knows its certificate as before (%s)',
    async (maxVersion) => {
      const strict = await harness.stack({ listen: LISTEN, tls: { ...TLS_SERVER, ca: AUTHORITY } })
      const sources = new Arrivals<RemoteAddress>()
      strict.stack.onRequest('REGISTER', (request) => {
        sources.push(request.source)
        request.respond(200)
      })
      let session: Buffer | undefined
      for (const branch of ['z9hG4bK1', 'z9hG4bK2']) {
        const { key, cert } = TLS_CLIENT
        const socket = connect({
          host: '127.0.0.1',
          port: strict.tls.port,
          ca: AUTHORITY,
          key,
          cert,
          servername: 'sip.example.com',
          maxVersion,
          ...(session === undefined ? {} : { session }),
        })
        sockets.push(socket)
        socket.on('session', (kept: Buffer) => (session = kept))
        socket.write(byHand('REGISTER', branch))
        expect((await sources.next()).certificateNames).toEqual(['client.example.com'])
        await new Promise<void>((resolve) => socket.once('data', () => resolve()))
      }
    },
  )

  it('gives an alias only to who showed a certificate (RFC 5923 8.2)', async () => {
    const strict = await harness.stack({ listen: LISTEN, tls: { ...TLS_SERVER, ca: AUTHORITY } })
    await client.stack.request(options(strict.tls))
    const stranger = await handConnection(strict.tls.port)
    stranger.socket.write(byHand('OPTIONS', 'z9hG4bK1', 'SIP/2.0/TLS 127.0.0.1:7777;alias'))
    expect(await stranger.messages.next()).toMatchObject({ statusCode: 200 })
    const known = { transport: 'tls', address: '127.0.0.1', port: client.tls.port } as const
    expect(outcomeOf(await strict.stack.request(options(known)))).toBe('200')
    expect(strict.stack.statistics.connections).toBe(2)
    expect(outcomeOf(await strict.stack.request(options({ ...known, port: 7777 })))).toMatch(/ECONNREFUSED/)
  })

  it('tells of every flow that ends, once (RFC 5626 4.2)', async () => {
    const closed = new Arrivals<string>()
    const ids: (string | undefined)[] = []
    server.stack.onFlowClosed((id) => closed.push(id))
    server.stack.onRequest('REGISTER', ({ source, respond }) => {
      ids.push(source.connectionId)
      respond(200)
    })
    const { socket, messages } = await handConnection()
    socket.write(byHand('REGISTER', 'z9hG4bK1'))
    await messages.next()
    socket.destroy()
    expect([await closed.next()]).toEqual(ids)
    await new Promise((resolve) => setImmediate(resolve))
    expect(closed.takeAll()).toEqual([])
  })

  it('says nothing of flows that end because the stack stops: the phones come back', async () => {
    const stopping = await harness.stack({ listen: LISTEN, tls: TLS_SERVER })
    const closed: string[] = []
    stopping.stack.onFlowClosed((id) => closed.push(id))
    const { socket, messages } = await handConnection(stopping.tls.port)
    socket.write(byHand('OPTIONS', 'z9hG4bK1'))
    await messages.next()
    const gone = new Promise((resolve) => socket.once('close', resolve))
    await stopping.stack.stop()
    await gone
    expect(closed).toEqual([])
  })
})

describe('limits of TLS', () => {
  function rawSocket(port = server.tls.port): { socket: Socket; closed: Promise<void> } {
    const socket = connectTcp({ host: '127.0.0.1', port })
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.resume()
    return { socket, closed: new Promise((resolve) => socket.once('close', () => resolve())) }
  }

  it('closes on garbage before the handshake and on SIP in clear', async () => {
    for (const bytes of [`\x16\x03\x01\xff\xff${'garbage'.repeat(100)}`, byHand('OPTIONS', 'z9hG4bK1'), '\0'.repeat(5000)]) {
      const { socket, closed } = rawSocket()
      socket.write(bytes, 'latin1')
      await closed
    }
    expect(server.stack.statistics.connections).toBe(0)
  })

  it('closes a connection whose handshake takes longer than 5 seconds', async () => {
    const { socket, closed } = rawSocket()
    socket.write('\x16\x03\x01', 'latin1')
    while (server.stack.statistics.connections === 0) await peer.drain(server.udp)
    harness.time.advance(4_999)
    expect(server.stack.statistics.connections).toBe(1)
    harness.time.advance(2)
    await closed
  })

  it('closes a connection that does not finish a message in 32 seconds', async () => {
    const { socket, messages } = await handConnection()
    socket.write(byHand('OPTIONS', 'z9hG4bK1'))
    await messages.next()
    socket.write(byHand('OPTIONS', 'z9hG4bK2').slice(0, -10))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    // The answer to the witness comes after the half message has been read.
    const witness = await handConnection()
    witness.socket.write(byHand('OPTIONS', 'z9hG4bK3'))
    await witness.messages.next()
    harness.time.advance(32_001)
    await closed
    expect(server.stack.statistics.connections).toBe(1)
  })

  it('refuses TLS 1.1 (RFC 8996)', async () => {
    const socket = connect({
      host: '127.0.0.1',
      port: server.tls.port,
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL@SECLEVEL=0',
    })
    sockets.push(socket)
    const outcome = await new Promise<string>((resolve) => {
      socket.once('secureConnect', () => resolve('connected'))
      socket.once('error', (error) => resolve(error.message))
    })
    expect(outcome).toMatch(/protocol version/)
  })

  it('has so many connections of one address and no more: who says nothing makes room', async () => {
    const small = await harness.stack({ listen: LISTEN, tls: TLS_SERVER, limits: { maxConnectionsPerSource: 2 } })
    const { socket: silent } = await handConnection(small.tls.port)
    const closed = new Promise((resolve) => silent.on('error', () => undefined).once('close', resolve))
    await handConnection(small.tls.port)
    await handConnection(small.tls.port)
    await closed
    expect(small.stack.statistics.connections).toBe(2)
  })

  it('does not start with a key that does not fit, and says so', async () => {
    await expect(harness.stack({ listen: LISTEN, tls: { key: 'nonsense', cert: TLS_SERVER.cert } })).rejects.toThrow(
      /^TLS: the key or certificate cannot be used/,
    )
    await expect(harness.stack({ listen: LISTEN })).rejects.toThrow('TLS: a key and a certificate are needed')
  })
})
