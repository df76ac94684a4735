import { readdirSync, readFileSync } from 'node:fs'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { RawConnection } from './raw-connection.ts'
import type { RawPeer } from './raw-peer.ts'
import { type RunningStack, StackHarness } from './stack-harness.ts'
import { TLS_SERVER } from './tls-identities.ts'

const FOLDER = new URL('vectors/rfc4475/', import.meta.url)
const VECTORS = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.dat'))
  .map((name) => readFileSync(new URL(name, FOLDER)))
const MUTATIONS = 150

let harness: StackHarness
let server: RunningStack
let peer: RawPeer
let witness: RawConnection

beforeEach(async () => {
  harness = new StackHarness()
  server = await harness.stack({ listen: { host: '127.0.0.1', udpPort: 0, tcpPort: 0, tlsPort: 0, wsPort: 0 }, tls: TLS_SERVER })
  peer = await harness.peer()
  witness = new RawConnection(server.tcp.port)
  server.stack.onInvite((invite) => invite.reject(486))
})
afterEach(async () => {
  witness.close()
  await harness.close()
})

/** The same numbers every time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** The torture messages of RFC 4475, and some of them with bytes changed, taken out or said twice. */
function hostileMessages(): readonly Buffer[] {
  const random = seeded(7118)
  const mutated = Array.from({ length: MUTATIONS }, () => {
    const bytes = Buffer.from(VECTORS[Math.floor(random() * VECTORS.length)] ?? '')
    const [at, length] = [Math.floor(random() * bytes.length), Math.floor(random() * 40)]
    const kind = Math.floor(random() * 3)
    if (kind === 0) bytes.writeUInt8(Math.floor(random() * 256), at)
    if (kind === 1) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
    if (kind === 2) return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)])
    return bytes
  })
  return [...VECTORS, ...mutated]
}

const SENDERS = {
  tcp: (bytes: Buffer) => overStream(connectTcp({ host: '127.0.0.1', port: server.tcp.port }), 'connect', bytes),
  tls: (bytes: Buffer) => overStream(connectTls({ host: '127.0.0.1', port: server.tls.port, rejectUnauthorized: false }), 'secureConnect', bytes),
  ws: (bytes: Buffer) => overWebSocket(bytes),
} as const

/** Sends, and closes its half. @returns when the server has closed the other one */
function overStream(socket: Socket, event: string, bytes: Buffer): Promise<void> {
  socket.on('error', () => undefined)
  socket.resume()
  socket.once(event, () => socket.end(bytes))
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

function overWebSocket(bytes: Buffer): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.wsPort}/`, 'sip')
  socket.on('error', () => undefined)
  socket.once('open', () => {
    socket.send(bytes)
    socket.close()
  })
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

describe('hostile messages over connections (RFC 4475 and mutations of it)', () => {
  it.each(['tcp', 'tls', 'ws'] as const)('%s: nothing throws, others are served meanwhile, no connection stays', async (transport) => {
    for (const [index, bytes] of hostileMessages().entries()) {
      await SENDERS[transport](bytes)
      if (index % 10 > 0) continue
      witness.write(peer.requestText({ method: 'OPTIONS', via: `SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKw${index}`, callId: `w${index}` }, server.tcp))
      expect(await witness.messages.next()).toMatchObject({ statusCode: 200, callId: `w${index}` })
    }
    expect([server.errors, server.stack.statistics.connections]).toEqual([[], 1])
  })
})
