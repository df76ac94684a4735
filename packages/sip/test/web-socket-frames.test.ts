import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RawPeer } from './raw-peer.ts'
import { frame, type FrameParts, OPCODES, RawWebSocket } from './raw-web-socket.ts'
import { type RunningStack, StackHarness } from './stack-harness.ts'

const { binary, close, continuation, ping, pong, text } = OPCODES

let harness: StackHarness
let server: RunningStack
let peer: RawPeer
let sockets: RawWebSocket[]

beforeEach(async () => {
  harness = new StackHarness()
  server = await harness.stack({ listen: { host: '127.0.0.1', udpPort: 0, wsPort: 0 } })
  peer = await harness.peer()
  sockets = []
})
afterEach(async () => {
  for (const { socket } of sockets) socket.destroy()
  expect(server.errors).toEqual([])
  await harness.close()
})

async function open(): Promise<RawWebSocket> {
  const socket = await RawWebSocket.open(server.wsPort)
  sockets.push(socket)
  return socket
}

function options(branch: string): string {
  return peer.requestText({ method: 'OPTIONS', via: `SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bK${branch}`, callId: branch, contact: '' }, server.udp)
}

/** Everything of the stack's own has been read and answered. */
async function untilNoConnection(): Promise<void> {
  while (server.stack.statistics.connections > 0) await peer.drain(server.udp)
}

function statuses(texts: readonly string[]): readonly string[] {
  return texts.map((each) => each.slice(8, 11))
}

const mask = Buffer.from([0xa5, 0x00, 0xff, 0x17])

describe('frames a peer may write (RFC 6455 5)', () => {
  it.each<[string, (message: string) => readonly FrameParts[]]>([
    ['masked', (message) => [{ opcode: text, payload: message, mask }]],
    ['as binary', (message) => [{ opcode: binary, payload: message }]],
    ['with its length in 16 bits', (message) => [{ opcode: text, payload: message, lengthBits: 16 }]],
    ['with its length in 64 bits', (message) => [{ opcode: text, payload: message, lengthBits: 64 }]],
    [
      'a byte a fragment, each masked',
      (message) => message.split('').map((payload, at) => ({ opcode: at === 0 ? text : continuation, payload, fin: at === message.length - 1, mask })),
    ],
    [
      'with empty fragments before, between and behind',
      (message) => [
        { opcode: text, fin: false },
        { opcode: continuation, payload: message.slice(0, 30), fin: false },
        { opcode: continuation, fin: false },
        { opcode: continuation, payload: message.slice(30), fin: false },
        { opcode: continuation },
      ],
    ],
    [
      'with pings and pongs between its fragments',
      (message) => [
        { opcode: text, payload: message.slice(0, 30), fin: false },
        { opcode: ping, payload: 'x'.repeat(125) },
        { opcode: pong },
        { opcode: continuation, payload: message.slice(30) },
      ],
    ],
  ])('a message %s is read', async (_name, framesOf) => {
    const socket = await open()
    socket.send(...framesOf(options('w1')))
    expect(statuses(await socket.textsUntilPong())).toEqual(['200'])
  })

  it('in one stream, cut at every byte, are read as what they are (RFC 7118 5)', async () => {
    const message = options('w1')
    const stream = Buffer.concat(
      [
        { opcode: text, payload: message.slice(0, 60), fin: false, mask },
        { opcode: ping, payload: 'ping', mask },
        { opcode: continuation, payload: message.slice(60), lengthBits: 64 as const, mask },
      ].map((part) => frame(part)),
    )
    for (let cut = 1; cut < stream.length; cut += 3) {
      const socket = await open()
      socket.socket.write(stream.subarray(0, cut))
      // Whatever the server has to say to the first part, it has read it by the time it answers somebody else.
      await peer.drain(server.udp)
      socket.socket.write(stream.subarray(cut))
      expect(statuses(await socket.textsUntilPong()), String(cut)).toEqual(['200'])
      socket.socket.destroy()
    }
  })
})

const [PROTOCOL_ERROR, NOT_UTF8, TOO_MUCH, TOO_BIG] = [1002, 1007, 1008, 1009]
const SIXTY_FOUR_K = 'x'.repeat(65_000)

describe('frames nobody may write end the WebSocket, with a close frame that says why (RFC 6455 7.4.1)', () => {
  it.each<[string, number, readonly FrameParts[]]>([
    ['without a mask (5.1)', PROTOCOL_ERROR, [{ opcode: text, payload: 'OPTIONS', mask: undefined }]],
    ...[1, 2, 4, 7].map((reserved): [string, number, FrameParts[]] => [`with reserved bits ${reserved} (5.2)`, PROTOCOL_ERROR, [{ opcode: text, reserved }]]),
    ...[3, 7, 11, 15].map((opcode): [string, number, FrameParts[]] => [`of the reserved kind ${opcode} (5.2)`, PROTOCOL_ERROR, [{ opcode }]]),
    ['a ping in two fragments (5.5)', PROTOCOL_ERROR, [{ opcode: ping, fin: false }]],
    ['a ping of 126 bytes (5.5)', PROTOCOL_ERROR, [{ opcode: ping, payload: 'x'.repeat(126) }]],
    ['a ping with its length in 64 bits (5.5)', PROTOCOL_ERROR, [{ opcode: ping, payload: 'x', lengthBits: 64 }]],
    ['a continuation of nothing (5.4)', PROTOCOL_ERROR, [{ opcode: continuation, payload: 'x' }]],
    [
      'a message within another one (5.4)',
      PROTOCOL_ERROR,
      [
        { opcode: text, fin: false },
        { opcode: text, payload: 'x' },
      ],
    ],
    ['text that is no UTF-8 (8.1)', NOT_UTF8, [{ opcode: text, payload: Buffer.from([0xc3, 0x28, 0xff]) }]],
    [
      'half a character at the end of all fragments (8.1)',
      NOT_UTF8,
      [
        { opcode: text, payload: 'x', fin: false },
        { opcode: continuation, payload: Buffer.from([0xc3]) },
      ],
    ],
    ['of 2^63 bytes (5.2)', TOO_BIG, [{ opcode: text, claimedLength: 2n ** 63n }]],
    ['of 2^64-1 bytes', TOO_BIG, [{ opcode: text, claimedLength: 2n ** 64n - 1n }]],
    ['of 2^53 bytes', TOO_BIG, [{ opcode: text, claimedLength: 2n ** 53n }]],
    ['of 4 GB', TOO_BIG, [{ opcode: text, claimedLength: 2n ** 32n }]],
    ['of 65,536 bytes', TOO_BIG, [{ opcode: text, claimedLength: 65_536n }]],
    [
      'longer than a message in all their fragments',
      TOO_BIG,
      [
        { opcode: text, payload: SIXTY_FOUR_K, fin: false },
        { opcode: continuation, payload: SIXTY_FOUR_K },
      ],
    ],
    ['a close of one byte (5.5.1)', PROTOCOL_ERROR, [{ opcode: close, payload: 'x' }]],
    ['a close with a code nobody sends (7.4.1)', PROTOCOL_ERROR, [{ opcode: close, payload: Buffer.from([0x03, 0xed]) }]],
    ['a close whose reason is no UTF-8 (5.5.1)', NOT_UTF8, [{ opcode: close, payload: Buffer.from([0x03, 0xe8, 0xff]) }]],
    ['fragments without end and without content', TOO_MUCH, Array.from({ length: 5000 }, (_, at) => ({ opcode: at === 0 ? text : continuation, fin: false }))],
    [
      'fragments of a byte without end',
      TOO_MUCH,
      Array.from({ length: 5000 }, (_, at) => ({ opcode: at === 0 ? text : continuation, payload: 'x', fin: false })),
    ],
  ])('%s: %i', async (_name, code, frames) => {
    const [witness, socket] = [await open(), await open()]
    socket.send(...frames)
    expect(await socket.closed).toBe(code)
    // Nobody else notices.
    witness.send({ opcode: text, payload: options('w1') })
    expect(statuses(await witness.textsUntilPong())).toEqual(['200'])
    expect(server.stack.statistics.connections).toBe(1)
  })

  it.each([1000, 1001, 3000, 4999])('a close with code %i is answered with it, and what comes behind it is not read (5.5.1)', async (code) => {
    const socket = await open()
    const payload = Buffer.alloc(2)
    payload.writeUInt16BE(code)
    socket.send({ opcode: close, payload }, { opcode: text, payload: options('w1') }, { opcode: 15, reserved: 7 })
    expect([await socket.closed, socket.frames.takeAll().map(({ opcode }) => opcode)]).toEqual([code, [close]])
    await untilNoConnection()
  })
})

describe('a WebSocket that has not become one', () => {
  it.each([
    ['cut at every byte of its request', 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n'],
    ['with a header field without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}`],
    ['with header fields without end', `GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(20_000)}`],
    ['that speaks SIP', 'OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP a\r\n\r\n'],
    ['that shakes hands of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['with a body', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n'],
  ])("%s is nobody's connection, and goes when its peer goes", async (name, bytes) => {
    const cuts = name.startsWith('cut') ? Array.from({ length: bytes.length }, (_, at) => bytes.slice(0, at + 1)) : [bytes]
    for (const part of cuts) {
      const socket = connect({ host: '127.0.0.1', port: server.wsPort })
      socket.on('error', () => undefined).resume()
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.end(part, 'latin1')
      await closed
    }
    expect(server.stack.statistics.connections).toBe(0)
    const witness = await open()
    witness.send({ opcode: text, payload: options('w1') })
    expect(statuses(await witness.textsUntilPong())).toEqual(['200'])
  })

  it('counts for its address all the same: who only knocks leaves room for others, and who comes in makes room', async () => {
    const small = await harness.stack({ listen: { host: '127.0.0.1', udpPort: 0, wsPort: 0 }, limits: { maxConnectionsPerSource: 2 } })
    const knock = async (localAddress: string): Promise<{ socket: Socket; closed: Promise<unknown> }> => {
      const socket = connect({ host: '127.0.0.1', port: small.wsPort, localAddress })
      socket.on('error', () => undefined).resume()
      const closed = new Promise((resolve) => socket.once('close', resolve))
      await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))
      return { socket, closed }
    }
    const [first, second] = [await knock('127.0.0.1'), await knock('127.0.0.1')]
    await (
      await knock('127.0.0.1')
    ).closed
    const elsewhere = await knock('127.0.0.2')
    first.socket.destroy()
    await first.closed
    const served = await untilOpen(small.wsPort)
    served.send({ opcode: text, payload: options('w1') })
    expect(statuses(await served.textsUntilPong())).toEqual(['200'])
    for (const { socket } of [second, elsewhere, served]) socket.destroy()
  })
})

/** The server learns later than its peer that a connection is gone. */
async function untilOpen(port: number): Promise<RawWebSocket> {
  for (;;) {
    const opened = await RawWebSocket.open(port).catch(() => undefined)
    if (opened !== undefined) return opened
  }
}
