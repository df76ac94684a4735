import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net'
import { connect, type SecureVersion } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RawPeer } from './raw-peer.ts'
import { type RunningStack, StackHarness } from './stack-harness.ts'
import { AUTHORITY, TLS_CLIENT, TLS_SERVER } from './tls-identities.ts'

const HEAD_BYTES = 5
const [CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA] = [20, 21, 22, 23] as const

let harness: StackHarness
let server: RunningStack
let peer: RawPeer
let sockets: Socket[]
let relays: Server[]

beforeEach(async () => {
  harness = new StackHarness()
  const listen = { host: '127.0.0.1', udpPort: 0, tlsPort: 0 }
  server = await harness.stack({ listen, tls: { ...TLS_SERVER, ca: AUTHORITY }, limits: { maxConnectionsPerSource: 10_000 } })
  peer = await harness.peer()
  sockets = []
  relays = []
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  for (const relay of relays) await new Promise((resolve) => relay.close(resolve))
  expect(server.errors).toEqual([])
  await harness.close()
})

/** What a peer sends goes through it, a record at a time, as long as it lets it. */
interface RecordRelay {
  readonly port: number
  /** Records of the client that have gone on. */
  passed: number
  /** Into the server, in place of the client; at the end of what it ever says. */
  inject(bytes: Buffer, isEnd?: boolean): void
  /** A record was held back, or a part of one. */
  readonly held: Promise<void>
  readonly serverClosed: Promise<void>
}

/** @param mayPass how much of a record goes on; what is held back never comes */
async function relayRecords(mayPass: (index: number, record: Buffer) => number): Promise<RecordRelay> {
  const onward = connectTcp({ host: '127.0.0.1', port: server.tls.port, noDelay: true })
  sockets.push(onward)
  onward.on('error', () => undefined)
  const serverClosed = new Promise<void>((resolve) => onward.once('close', () => resolve()))
  const { promise: held, resolve: onHeld } = Promise.withResolvers<void>()
  const inject = (bytes: Buffer, isEnd = false): void => void (isEnd ? onward.end(bytes) : onward.write(bytes))
  const relay = { port: 0, passed: 0, inject, held, serverClosed }
  const listener = createServer((client) => {
    let unread = Buffer.alloc(0)
    let isHeld = false
    sockets.push(client)
    client.on('error', () => undefined)
    onward.on('data', (chunk) => client.write(chunk))
    client.on('data', (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk])
      for (;;) {
        const length = HEAD_BYTES + (unread.length < HEAD_BYTES ? 0 : unread.readUInt16BE(3))
        if (isHeld || unread.length < HEAD_BYTES || unread.length < length) return
        const bytes = mayPass(relay.passed, unread.subarray(0, length))
        onward.write(unread.subarray(0, bytes))
        isHeld = bytes < length
        if (isHeld) onHeld()
        else relay.passed++
        unread = unread.subarray(length)
      }
    })
  })
  relays.push(listener)
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  return Object.assign(relay, { port: typeof address === 'object' && address !== null ? address.port : 0 })
}

function handshake(port: number, version: SecureVersion): Socket {
  const { key, cert } = TLS_CLIENT
  const socket = connect({ host: '127.0.0.1', port, ca: AUTHORITY, key, cert, servername: 'sip.example.com', minVersion: version, maxVersion: version })
  sockets.push(socket)
  socket.on('error', () => undefined)
  return socket
}

function options(branch: string): string {
  return peer.requestText({ method: 'OPTIONS', via: `SIP/2.0/TLS 10.9.9.9:5061;branch=z9hG4bK${branch}`, callId: branch }, server.tls)
}

/** Somebody else is served meanwhile, over a connection of his own. */
async function expectServed(): Promise<void> {
  const socket = handshake(server.tls.port, 'TLSv1.3')
  socket.write(options('witness'))
  const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve))
  expect(answer.toString('latin1')).toContain('SIP/2.0 200')
  socket.destroy()
}

/** The stack has seen so many connections come, or go. */
async function untilConnections(count: number): Promise<void> {
  while (server.stack.statistics.connections !== count) await peer.drain(server.udp)
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('a handshake of %s', (version) => {
  /** Of the client, of one that has a certificate too. */
  async function countRecords(): Promise<number> {
    const relay = await relayRecords((_index, record) => record.length)
    const client = handshake(relay.port, version)
    client.write(options('count'))
    await new Promise((resolve) => client.once('data', resolve))
    client.destroy()
    relay.inject(Buffer.alloc(0), true)
    await untilConnections(0)
    // The last one was the OPTIONS.
    return relay.passed - 1
  }

  it.each(['whole records', 'half a record more', 'the head of one more'])(
    'that stops after any number of records, with %s, has five seconds; nobody waits for it',
    async (what) => {
      const count = await countRecords()
      expect(count).toBeGreaterThan(1)
      for (let last = 0; last < count; last++) {
        const part = (record: Buffer): number => (what === 'whole records' ? 0 : what.startsWith('half') ? record.length >> 1 : HEAD_BYTES)
        const relay = await relayRecords((index, record) => (index < last ? record.length : part(record)))
        const client = handshake(relay.port, version)
        await relay.held
        await untilConnections(1)
        await expectServed()
        await untilConnections(1)
        harness.time.advance(5_001)
        await relay.serverClosed
        await untilConnections(0)
        client.destroy()
      }
    },
  )

  const record = (type: number, length: number, body = Buffer.alloc(length, 0x5a)): Buffer =>
    Buffer.concat([Buffer.from([type, 3, 3, length >> 8, length & 0xff]), body])
  it.each<[string, () => Buffer]>([
    ['data that nobody sealed', () => record(APPLICATION_DATA, 64)],
    ['a record of a kind there is not', () => record(99, 20)],
    ['a record longer than any may be', () => record(APPLICATION_DATA, 0xffff, Buffer.alloc(100))],
    ['SIP in clear', () => Buffer.from(options('clear'))],
    ['a client hello in clear', () => record(HANDSHAKE, 40, Buffer.concat([Buffer.from([1, 0, 0, 36, 3, 3]), Buffer.alloc(34)]))],
    ['an alert in clear', () => record(ALERT, 2, Buffer.from([2, 40]))],
    ['a thousand changes of the cipher', () => Buffer.concat(Array.from({ length: 1000 }, () => record(CHANGE_CIPHER_SPEC, 1, Buffer.from([1]))))],
    ['empty records', () => Buffer.concat(Array.from({ length: 1000 }, () => record(APPLICATION_DATA, 0)))],
    ['zeros', () => Buffer.alloc(20_000)],
  ])('that is done, and then %s: that connection ends, and no other', async (_what, bytes) => {
    const relay = await relayRecords((_index, whole) => whole.length)
    const client = handshake(relay.port, version)
    client.write(options('first'))
    const answer = await new Promise<Buffer>((resolve) => client.once('data', resolve))
    expect(answer.toString('latin1')).toContain('SIP/2.0 200')
    relay.inject(bytes())
    await relay.serverClosed
    await untilConnections(0)
    await expectServed()
    await untilConnections(0)
  })
})

describe('a client hello', () => {
  const hello = (length: number): Buffer => Buffer.from([1, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff, 3, 3])
  const inRecord = (body: Buffer): Buffer => Buffer.concat([Buffer.from([HANDSHAKE, 3, 1, body.length >> 8, body.length & 0xff]), body])
  it.each<[string, () => Buffer]>([
    ['of 16 MB, in records of 16 kB', () => Buffer.concat([inRecord(hello(0xff_ffff)), ...Array.from({ length: 20 }, () => inRecord(Buffer.alloc(16_384)))])],
    ['of 16 MB, a byte a record', () => Buffer.concat([...hello(0xff_ffff), ...Buffer.alloc(4000)].map((byte) => inRecord(Buffer.from([byte]))))],
    ['in records that are empty', () => Buffer.concat(Array.from({ length: 4000 }, () => inRecord(Buffer.alloc(0))))],
    ['of SSL 2', () => Buffer.from([0x80, 0x2e, 1, 0, 2, 0, 21, 0, 0, 0, 16, ...Buffer.alloc(37)])],
    ['of SSL 3', () => inRecord(Buffer.concat([Buffer.from([1, 0, 0, 40, 3, 0]), Buffer.alloc(38)]))],
  ])('%s ends its connection, and nobody else notices', async (_what, bytes) => {
    const socket = connectTcp({ host: '127.0.0.1', port: server.tls.port })
    sockets.push(socket)
    socket.on('error', () => undefined).resume()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write(bytes())
    await closed
    await untilConnections(0)
    await expectServed()
    await untilConnections(0)
  })
})
