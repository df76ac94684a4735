import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { requestText } from './phones/hostile-sip.ts'
import type { IncomingPhoneCall, OutgoingPhoneCall } from './phones/phone-call.ts'
import type { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { CALLEE_HZ, CALLER_HZ, makeScriptedPhones, makeTwoParties, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { Platform } from './platform.ts'
import { slowness } from './slowness.ts'
import { Tenant } from './tenant.ts'

/** Of each kind: more than one address may have, so they come from several. */
const COUNT = 1200
const PER_ADDRESS = 300
/** Those that shake hands first cost the test itself much more. */
const SECURE_COUNT = 150
const BYTE_EVERY_MS = 1000
const LONGEST_ANSWER_MS = 3000
const LEAST_HEARD = 0.9

let platform: Platform
let parties: TwoParties
let phones: readonly [ScriptedPhone, ScriptedPhone]
let call: OutgoingPhoneCall
let callee: IncomingPhoneCall

beforeAll(async () => {
  platform = await Platform.start()
  parties = await makeTwoParties(await Tenant.logIn(platform.address))
  phones = await makeScriptedPhones(parties)
  call = await phones[0].call(parties.callee.extension, { toneHz: CALLER_HZ })
  callee = await phones[1].nextCall()
  callee.ring()
  await callee.answer(CALLEE_HZ)
  expect(await call.finalStatus()).toBe(200)
  await eventually('sound', 5000, () => (call.media.packetsHeard > 100 ? true : undefined))
})

afterAll(async () => {
  for (const phone of phones) phone.close()
  await platform.discard()
})

/** Somebody who says a byte of `bytes` every second; after the last one they begin again. */
interface Dripper {
  readonly socket: Socket
  readonly bytes: Buffer
  isClosed: boolean
}

function follow(socket: Socket, bytes: Buffer): Dripper {
  const dripper: Dripper = { socket, bytes, isClosed: socket.destroyed }
  socket.on('error', () => undefined)
  socket.resume()
  socket.once('close', () => {
    dripper.isClosed = true
  })
  return dripper
}

/** Once it stands, or has been refused. */
function drip(socket: Socket, bytes: Buffer): Promise<Dripper> {
  const dripper = follow(socket, bytes)
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(dripper))
    socket.once('close', () => resolve(dripper))
  })
}

function dial(port: number, index: number): Socket {
  return connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${70 + Math.floor(index / PER_ADDRESS)}`, noDelay: true })
}

/** The head of a client hello of 512 bytes, then zeros. */
const HELLO = Buffer.concat([Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]), Buffer.alloc(500)])
const UPGRADE =
  'GET /sip HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\nSec-WebSocket-Key: '
const HEADER_WITHOUT_END = Buffer.from(`GET /sip HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(500)}`)
/** A masked text frame of 300 bytes. */
const FRAME = Buffer.concat([Buffer.from([0x81, 0xfe, 0x01, 0x2c, 0, 0, 0, 0]), Buffer.alloc(300, 'x')])

const KINDS: Readonly<Record<string, { readonly count: number; readonly goneAfterMs: number; open(index: number): Promise<Dripper> }>> = {
  'messages over TCP that never end': {
    count: COUNT,
    goneAfterMs: 32_000,
    open: (index) => drip(dial(platform.address.sipPort, index), Buffer.from(requestText('REGISTER', index, { transport: 'TCP' }))),
  },
  'TLS handshakes that never end': { count: COUNT, goneAfterMs: 5_000, open: (index) => drip(dial(platform.address.sipTlsPort ?? 0, index), HELLO) },
  'messages over TLS that never end': {
    count: SECURE_COUNT,
    goneAfterMs: 32_000,
    open: async (index) => {
      const socket = connectTls({ port: platform.address.sipTlsPort ?? 0, host: '127.0.0.1', rejectUnauthorized: false })
      await new Promise((resolve) => socket.once('secureConnect', resolve).once('error', resolve))
      return follow(socket, Buffer.from(requestText('REGISTER', index, { transport: 'TLS' })))
    },
  },
  'upgrades to WebSocket that never end': {
    count: COUNT,
    // Ten seconds for the header fields, and five until somebody looks.
    goneAfterMs: 15_000,
    open: (index) => drip(dial(httpPort(), index), HEADER_WITHOUT_END),
  },
  'messages over WebSocket that never end': {
    count: SECURE_COUNT,
    // No message in the first 32 s, and none after two pings for who answers those.
    goneAfterMs: 32_000,
    open: async (index) => {
      const socket = dial(httpPort(), index)
      socket.write(`${UPGRADE}${Buffer.alloc(16).toString('base64')}\r\n\r\n`)
      return drip(socket, FRAME)
    },
  },
}

const httpPort = (): number => Number(new URL(platform.address.httpUrl ?? '').port)

describe('thousands of connections that say a byte a second', () => {
  it('of every transport at once: a call keeps its sound, a phone registers, and each of them is gone in its time', async () => {
    const drippers = new Map<string, Dripper[]>()
    const startMs = performance.now()
    for (const [kind, { count, open }] of Object.entries(KINDS)) {
      const opened: Dripper[] = []
      for (let index = 0; index < count; index += 50) {
        opened.push(...(await Promise.all(Array.from({ length: Math.min(50, count - index) }, (_, at) => open(index + at)))))
      }
      drippers.set(kind, opened)
    }
    const openedMs = performance.now() - startMs
    for (const ear of [call.media, callee.media]) ear?.forget()
    const lastMs = Math.max(...Object.values(KINDS).map(({ goneAfterMs }) => goneAfterMs))
    const left = (): number => [...drippers.values()].flat().filter(({ isClosed }) => !isClosed).length
    let slowestMs = 0
    for (let turn = 0; left() > 0 && turn * BYTE_EVERY_MS < lastMs + openedMs + 15_000; turn++) {
      for (const { socket, bytes, isClosed } of [...drippers.values()].flat())
        if (!isClosed) socket.write(bytes.subarray(turn % bytes.length, (turn % bytes.length) + 1))
      const beganMs = performance.now()
      if (turn % 5 === 0) {
        expect(statusOf(await phones[0].register())).toBe(200)
        slowestMs = Math.max(slowestMs, performance.now() - beganMs)
      }
      await pause(Math.max(0, BYTE_EVERY_MS - (performance.now() - beganMs)))
      if (turn === 20) expect(drippers.get('TLS handshakes that never end')?.filter(({ isClosed }) => !isClosed)).toEqual([])
    }
    const staying = [...drippers].map(([kind, each]) => [kind, each.filter(({ isClosed }) => !isClosed).length])
    expect(slowestMs, 'a registration').toBeLessThan(LONGEST_ANSWER_MS * slowness())
    expect(staying).toEqual(Object.keys(KINDS).map((kind) => [kind, 0]))
    expect([call.media.toneHeard(TONES_HZ), callee.media?.toneHeard(TONES_HZ)]).toEqual([CALLEE_HZ, CALLER_HZ])
    expect(call.media.packetsHeard).toBeGreaterThan(LEAST_HEARD * (callee.media?.packetsSent ?? 0) - 5)
    expect(callee.media?.packetsHeard).toBeGreaterThan(LEAST_HEARD * call.media.packetsSent - 5)
    expect(platform.log.split('\n').filter((line) => /"level":"?(error|fatal|50|60)/.test(line))).toEqual([])
    expect(await call.hangUp()).toBe(200)
  }, 240_000)
})
