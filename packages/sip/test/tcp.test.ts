import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RawConnection } from './raw-connection.ts'
import { OFFER, type RawPeer } from './raw-peer.ts'
import { LegWatch, type RunningStack, StackHarness } from './stack-harness.ts'

let harness: StackHarness
let server: RunningStack
let peer: RawPeer
let connections: RawConnection[]

beforeEach(async () => {
  harness = new StackHarness()
  server = await harness.stack()
  peer = await harness.peer()
  connections = []
})
afterEach(async () => {
  for (const connection of connections) connection.close()
  await harness.close()
})

function open(target = server): RawConnection {
  const connection = new RawConnection(target.tcp.port)
  connections.push(connection)
  return connection
}

function request(method: string, branch: string, via = 'SIP/2.0/TCP 127.0.0.1:9', body = ''): string {
  return peer.requestText({ method, via: `${via};branch=${branch}`, callId: branch, body }, server.tcp)
}

describe('TCP (RFC 3261 18)', () => {
  it('listens on the same number as UDP when both are free to choose', () => {
    expect(server.tcp.port).toBe(server.udp.port)
  })

  it('answers over the same connection, whatever the Via says, message by message however they are cut (18.2.2, 18.3)', async () => {
    const connection = open()
    const both = request('OPTIONS', 'z9hG4bK1') + request('OPTIONS', 'z9hG4bK2')
    for (const part of [both.slice(0, 40), both.slice(40, 500), both.slice(500)]) connection.write(part)
    for (const branch of ['z9hG4bK1', 'z9hG4bK2']) {
      expect(await connection.messages.next()).toMatchObject({ statusCode: 200, callId: branch })
    }
  })

  it('answers a ping with a pong (RFC 5626 4.4.1)', async () => {
    const connection = open()
    connection.write('\r\n\r\n')
    expect(await connection.messages.next()).toBe('pong')
  })

  it('reaches a caller behind NAT over the connection it opened, dialog included', async () => {
    const connection = open()
    server.stack.onInvite((invite) => invite.answer({ body: OFFER }))
    connection.write(request('INVITE', 'z9hG4bKi', 'SIP/2.0/TCP 10.9.9.9:5060', OFFER))
    expect(await connection.messages.next()).toMatchObject({ statusCode: 100 })
    const answer = await connection.messages.next()
    if (answer === 'pong' || answer.kind !== 'response') throw new Error('no answer')
    expect([answer.statusCode, answer.contacts[0]?.uri.parameters.get('transport')]).toEqual([200, 'tcp'])
    // 13.3.1.4: the 2xx is repeated on TCP too. No ACK comes, so BYE follows.
    harness.time.advance(32_000)
    const seen = new Set<string>()
    for (let message = await connection.messages.next(); ; message = await connection.messages.next()) {
      if (message !== 'pong') seen.add(message.kind === 'request' ? message.method : String(message.statusCode))
      if (seen.has('BYE')) break
    }
    expect([...seen]).toEqual(['200', 'BYE'])
  })

  it('uses the connection a peer opened for requests to its listening port when it says alias (RFC 5923)', async () => {
    const connection = open()
    connection.write(request('OPTIONS', 'z9hG4bK1', 'SIP/2.0/TCP 127.0.0.1:7777;alias'))
    await connection.messages.next()
    const headers = [
      ['From', '<sip:us@test>'],
      ['To', '<sip:them@test>'],
    ] as const
    void server.stack.request({ method: 'OPTIONS', uri: 'sip:them@test', to: { transport: 'tcp', address: '127.0.0.1', port: 7777 }, headers })
    expect(await connection.messages.next()).toMatchObject({ method: 'OPTIONS' })
    expect(server.stack.statistics.connections).toBe(1)
  })

  it('opens one connection and uses it again', async () => {
    const other = await harness.stack()
    const headers = [
      ['From', '<sip:us@test>'],
      ['To', '<sip:them@test>'],
    ] as const
    for (let turn = 0; turn < 3; turn++) {
      expect(await other.stack.request({ method: 'OPTIONS', uri: 'sip:x@test', to: server.tcp, headers })).toMatchObject({ statusCode: 200 })
    }
    expect([other.stack.statistics.connections, server.stack.statistics.connections]).toEqual([1, 1])
  })

  it('fails what waits for an answer when the connection closes', async () => {
    const connection = open()
    connection.write(request('OPTIONS', 'z9hG4bK1', 'SIP/2.0/TCP 127.0.0.1:7777;alias'))
    await connection.messages.next()
    const to = { transport: 'tcp', address: '127.0.0.1', port: 7777 } as const
    const out = server.stack.invite({ uri: 'sip:x@test', to, from: '<sip:a@test>', toHeader: '<sip:b@test>', headers: [], body: OFFER })
    expect(await connection.messages.next()).toMatchObject({ method: 'INVITE' })
    connection.close()
    expect(await new LegWatch(out.leg).next('rejected')).toMatchObject({ statusCode: 503, response: undefined })
  })
})

describe('limits of TCP', () => {
  it('gives up connecting after 5 seconds, so that another destination can be tried', async () => {
    // TEST-NET-1 (RFC 5737): nobody is there.
    const to = { transport: 'tcp', address: '192.0.2.1', port: 5060 } as const
    const out = server.stack.invite({ uri: 'sip:x@test', to, from: '<sip:a@test>', toHeader: '<sip:b@test>', headers: [], body: OFFER })
    harness.time.advance(5000)
    expect(await new LegWatch(out.leg).next('rejected')).toMatchObject({ statusCode: 503, response: undefined })
    expect(server.stack.statistics.connections).toBe(0)
  })

  it('closes a connection that does not finish a message (RFC 4475 3.1.2.2), or sends none', async () => {
    const [silent, slow] = [open(), open()]
    slow.write(request('OPTIONS', 'z9hG4bK1').slice(0, -20))
    const witness = open()
    witness.write(request('OPTIONS', 'z9hG4bK2'))
    await witness.messages.next()
    harness.time.advance(32_000)
    await Promise.all([silent.closed, slow.closed])
    witness.write(request('OPTIONS', 'z9hG4bK3'))
    expect(await witness.messages.next()).toMatchObject({ statusCode: 200 })
  })

  it('keeps a connection with single line ends open, and closes it after an hour of silence', async () => {
    const connection = open()
    connection.write(request('OPTIONS', 'z9hG4bK1'))
    await connection.messages.next()
    connection.write('\r\n')
    connection.write(request('OPTIONS', 'z9hG4bK2'))
    await connection.messages.next()
    harness.time.advance(3_899_999)
    expect(server.stack.statistics.connections).toBe(1)
    harness.time.advance(2)
    await connection.closed
  })

  it('closes a connection with a message longer than maxMessageBytes or a broken length', async () => {
    const small = await harness.stack({ limits: { maxMessageBytes: 1000 } })
    const long = open(small)
    long.write(request('OPTIONS', 'z9hG4bK1', 'SIP/2.0/TCP 127.0.0.1:9', 'x'.repeat(2000)))
    await long.closed
    const broken = open()
    broken.write(request('OPTIONS', 'z9hG4bK2').replace('Content-Length: 0', 'Content-Length: -5'))
    await broken.closed
  })

  it('answers 400 or 513 before it closes, where the request can be read that far (18.3, 21.5.7)', async () => {
    const small = await harness.stack({ limits: { maxMessageBytes: 1000 } })
    const long = open(small)
    long.write(request('OPTIONS', 'z9hG4bK1', 'SIP/2.0/TCP 127.0.0.1:9', 'x'.repeat(2000)))
    expect(await long.messages.next()).toMatchObject({ statusCode: 513, callId: 'z9hG4bK1' })
    const missing = open()
    missing.write(request('OPTIONS', 'z9hG4bK2').replace('Content-Length: 0\r\n', ''))
    expect(await missing.messages.next()).toMatchObject({ statusCode: 400, reasonPhrase: 'Content-Length Missing' })
    await Promise.all([long.closed, missing.closed])
    // 17.1.1.3: nobody answers an ACK.
    const acknowledging = open()
    acknowledging.write(request('ACK', 'z9hG4bK3').replace('Content-Length: 0\r\n', ''))
    await acknowledging.closed
    expect(acknowledging.messages.takeAll()).toEqual([])
  })

  it('closes on 64 kB of headers that do not end', async () => {
    const connection = open()
    connection.write(`OPTIONS sip:x@y SIP/2.0\r\n${'Subject: x\r\n'.repeat(6000)}`)
    await connection.closed
    expect(server.stack.statistics.connections).toBe(0)
  })

  it('gives a message begun behind another one, or behind a ping, 32 seconds too', async () => {
    const [behindMessage, behindPing] = [open(), open()]
    const half = request('OPTIONS', 'z9hG4bK2').slice(0, 50)
    behindMessage.write(request('OPTIONS', 'z9hG4bK1') + half)
    await behindMessage.messages.next()
    behindPing.write(`\r\n\r\n${half}`)
    expect(await behindPing.messages.next()).toBe('pong')
    harness.time.advance(32_001)
    await Promise.all([behindMessage.closed, behindPing.closed])
  })

  it('answers a peer that has closed its half, and closes the other one', async () => {
    const connection = open()
    connection.write(request('OPTIONS', 'z9hG4bK1'))
    connection.end()
    expect(await connection.messages.next()).toMatchObject({ statusCode: 200 })
    await connection.closed
    expect(server.stack.statistics.connections).toBe(0)
  })

  it('drops a peer that does not read', async () => {
    const connection = open()
    server.stack.onRequest('MESSAGE', ({ respond }) => respond(200, { body: 'x'.repeat(60_000), contentType: 'text/plain' }))
    connection.pause()
    for (let turn = 0; turn < 400; turn++) connection.write(request('MESSAGE', `z9hG4bKm${turn}`))
    // Each answer to the witness is a moment later; the test limit ends a stack that keeps the connection.
    while (server.stack.statistics.connections > 0) await peer.drain(server.udp)
  })
})
