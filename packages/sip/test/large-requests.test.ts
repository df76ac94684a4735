import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OutgoingInviteOptions, RemoteAddress, RequestOptions } from '../src/index.ts'
import { parseMessage, serializedLength, StreamFramer, type SipMessage } from '../src/message/index.ts'
import { Arrivals } from './arrivals.ts'
import { OFFER, type RawPeer } from './raw-peer.ts'
import { LegWatch, type RunningStack, StackHarness } from './stack-harness.ts'

const LARGE = 'x'.repeat(1300)
const LARGE_OFFER = `${OFFER}a=${LARGE}\r\n`

let harness: StackHarness
let us: RunningStack
let peer: RawPeer
let listeners: (() => Promise<void>)[]

beforeEach(async () => {
  harness = new StackHarness()
  us = await harness.stack()
  peer = await harness.peer()
  listeners = []
})
afterEach(async () => {
  await Promise.all(listeners.map((close) => close()))
  await harness.close()
})

function canListen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error))
    server.once('error', onError)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', onError)
      resolve(true)
    })
  })
}

/** TCP at the port of the raw peer's UDP. */
async function listenBesideUdp(onMessage: (message: SipMessage, socket: Socket) => void): Promise<Server> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    const framer = new StreamFramer({ maxMessageBytes: 65_535 })
    socket.on('data', (chunk: Buffer) => {
      for (const frame of framer.push(chunk)) {
        const parsed = frame === 'ping' ? undefined : parseMessage(frame)
        if (parsed?.ok) onMessage(parsed.value, socket)
      }
    })
  })
  // The port of its UDP may be somebody's for TCP: then another peer stands in.
  while (!(await canListen(server, peer.port))) peer = await harness.peer()
  listeners.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return server
}

function message(to: RemoteAddress, body: string): RequestOptions {
  const headers = [
    ['From', '<sip:us@test>'],
    ['To', '<sip:them@test>'],
  ] as const
  return { method: 'MESSAGE', uri: 'sip:them@test', to, headers, body, contentType: 'text/plain' }
}

function call(to: RemoteAddress): OutgoingInviteOptions {
  return { uri: 'sip:them@test', to, from: '<sip:us@test>', toHeader: '<sip:them@test>', headers: [], body: LARGE_OFFER }
}

describe('a request over 1300 bytes to a peer known by UDP (RFC 3261 18.1.1)', () => {
  it('goes over TCP to the same port, and its Via says so; a smaller one stays on UDP', async () => {
    const seen = new Arrivals<SipMessage>()
    await listenBesideUdp((got) => seen.push(got))
    void us.stack.request({ ...message(peer.address, LARGE), timeoutMs: 1000 })
    const large = await seen.next()
    expect([large.kind === 'request' && large.method, large.topVia.transport, large.topVia.parameters.has('alias')]).toEqual(['MESSAGE', 'TCP', true])
    void us.stack.request({ ...message(peer.address, 'short'), timeoutMs: 1000 })
    expect((await peer.nextRequest('MESSAGE')).topVia.transport).toBe('UDP')
    harness.time.advance(1000)
    expect((await peer.drain(us.udp)).every((copy) => copy.topVia.transport === 'UDP')).toBe(true)
    expect(seen.takeAll()).toEqual([])
  })

  it('of 1300 bytes stays on UDP: what is longer does not', async () => {
    const seen = new Arrivals<SipMessage>()
    await listenBesideUdp((got) => seen.push(got))
    const send = (body: string): void => void us.stack.request({ ...message(peer.address, body), timeoutMs: 1000 })
    send('x'.repeat(500))
    // All but the body is of one length.
    const rest = serializedLength(await peer.nextRequest('MESSAGE')) - 500
    send('x'.repeat(1300 - rest))
    const fits = await peer.nextRequest('MESSAGE')
    expect([serializedLength(fits), fits.topVia.transport]).toEqual([1300, 'UDP'])
    send(`${fits.bodyText}x`)
    expect((await seen.next()).topVia.transport).toBe('TCP')
    harness.time.advance(1000)
    await peer.drain(us.udp)
  })

  it('is cancelled where it went', async () => {
    const seen = new Arrivals<SipMessage>()
    await listenBesideUdp((got, socket) => {
      seen.push(got)
      if (got.kind === 'request') socket.write(answerTo(got))
    })
    const out = us.stack.invite(call(peer.address))
    const invite = await seen.next()
    await new LegWatch(out.leg).next('progress')
    out.cancel()
    const cancel = await seen.next()
    expect([cancel.kind === 'request' && cancel.method, cancel.topVia.text]).toEqual(['CANCEL', invite.topVia.text])
  })

  it('goes over UDP when TCP is refused: once, with the Via of UDP, and at once the next time', async () => {
    for (let turn = 0; turn < 2; turn++) {
      const out = us.stack.invite(call(peer.address))
      const invite = await peer.nextRequest('INVITE')
      expect([invite.topVia.transport, invite.bodyText]).toEqual(['UDP', LARGE_OFFER])
      expect(await peer.drain(us.udp)).toEqual([])
      peer.respond(invite, 486)
      await new LegWatch(out.leg).next('rejected')
      await peer.nextRequest('ACK')
    }
    expect(us.stack.statistics.connections).toBe(0)
  })

  it('goes over UDP when TCP is not there in 400 ms; the silent peer is not asked again for five minutes', async () => {
    // TEST-NET-1 (RFC 5737): nobody is there, and nobody says so.
    const silent = { transport: 'udp', address: '192.0.2.1', port: 5060 } as const
    const outcome = us.stack.request({ ...message(silent, LARGE), timeoutMs: 10_000 })
    const before = us.stack.statistics.sent
    harness.time.advance(399)
    expect(us.stack.statistics.sent).toBe(before)
    harness.time.advance(1)
    expect(us.stack.statistics.sent).toBe(before + 1)
    harness.time.advance(10_000)
    expect(await outcome).toEqual({ timedOut: true })
    const again = us.stack.statistics.sent
    const second = us.stack.request({ ...message(silent, LARGE), timeoutMs: 10_000 })
    expect(us.stack.statistics.sent).toBe(again + 1)
    harness.time.advance(10_000)
    await second
  })

  it('stays on UDP towards a place learnt from a datagram: a NAT lets nothing else in', async () => {
    await listenBesideUdp(() => {
      throw new Error('nothing may come over TCP')
    })
    const sources = new Arrivals<RemoteAddress>()
    us.stack.onRequest('REGISTER', ({ source, respond }) => {
      sources.push(source)
      respond(200)
    })
    peer.request({ method: 'REGISTER' }, us.udp)
    await peer.nextResponse(200)
    void us.stack.request({ ...message(await sources.next(), LARGE), timeoutMs: 1000 })
    expect((await peer.nextRequest('MESSAGE')).topVia.transport).toBe('UDP')
    harness.time.advance(1000)
  })

  it('can be given up while TCP is tried: nothing is sent then', async () => {
    const silent = { transport: 'udp', address: '192.0.2.1', port: 5060 } as const
    const before = us.stack.statistics.sent
    const outcome = us.stack.request({ ...message(silent, LARGE), timeoutMs: 300 })
    harness.time.advance(300)
    expect(await outcome).toEqual({ timedOut: true })
    harness.time.advance(1000)
    expect([us.stack.statistics.sent - before, us.stack.statistics.transactions]).toEqual([0, 0])
  })
})

/** 180 to an INVITE, 487 after CANCEL, as raw text. */
function answerTo(request: SipMessage): string {
  const status = request.cseq.method === 'INVITE' ? '180 Ringing' : '200 OK'
  const copied = ['via', 'from', 'call-id', 'cseq'].map((name) => `${name}: ${request.header(name) ?? ''}`)
  return [`SIP/2.0 ${status}`, ...copied, `To: ${request.header('to') ?? ''};tag=raw`, 'Content-Length: 0', '', ''].join('\r\n')
}
