import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { HttpClient } from './http-client.ts'
import { openSipSocket, type SipSocket } from './phones/sip-socket.ts'
import { type SipText, statusOf, valueOf, writeSipText } from './phones/sip-text.ts'

const VECTORS = join(import.meta.dirname, '..', 'interop', 'vectors', 'rfc4475')
const SILENCE_MS = 250

const platform = inject('platform')
const rows = readFileSync(join(VECTORS, 'outcomes.tsv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((row) => row.split('\t'))

let socket: SipSocket
let received: SipText[]
let pings = 0

beforeEach(async () => {
  socket = await openSipSocket('udp', platform)
  received = []
  socket.onMessage((message) => received.push(message))
})

afterEach(() => {
  socket.close()
})

const branch = (): string => `z9hG4bK${randomBytes(6).toString('hex')}`
const via = (transport: string, from = socket): string => `SIP/2.0/${transport} ${from.localHost}:${from.localPort};branch=${branch()};rport`

function options(from: SipSocket, extra: readonly (readonly [string, string])[] = []): string {
  const id = `ping-${++pings}-${process.pid}`
  const headers = [
    ['Via', via(from.transport.toUpperCase(), from)],
    ['Max-Forwards', '70'],
    ['From', `<sip:ping@example.com>;tag=${id}`],
    ['To', `<sip:ping@${platform.sipHost}>`],
    ['Call-ID', id],
    ['CSeq', '1 OPTIONS'],
    ...extra,
  ] as const
  return writeSipText(`OPTIONS sip:${platform.sipHost}:${platform.sipPort} SIP/2.0`, headers)
}

/** The server answers a harmless request within a second, over a socket of its own. */
async function isAlive(): Promise<void> {
  const probe = await openSipSocket('udp', platform)
  const answers: SipText[] = []
  probe.onMessage((message) => answers.push(message))
  probe.send(options(probe))
  await eventually('an answer to OPTIONS', 1000, () => answers.find((answer) => statusOf(answer) === 200))
  probe.close()
  expect((await new HttpClient(platform.httpUrl).get('/health/ready')).status).toBe(200)
}

/** The first final answer, or undefined after a while of silence. */
async function finalAnswer(): Promise<SipText | undefined> {
  return eventually('an answer', SILENCE_MS, () => received.find((message) => (statusOf(message) ?? 0) >= 200)).catch(() => undefined)
}

describe('RFC 4475 torture messages', () => {
  it.each(rows)('%s (RFC 4475 %s) is answered with %s', async (file = '', _section = '', outcomes = '') => {
    const message = readFileSync(join(VECTORS, `${file}.dat`))
    const endOfStart = message.indexOf('\n') + 1
    const isResponse = message.subarray(0, 7).toString() === 'SIP/2.0'
    // A Via of our own brings the answer back to us; a response keeps its own.
    socket.send(isResponse ? message : Buffer.concat([message.subarray(0, endOfStart), Buffer.from(`Via: ${via('UDP')}\r\n`), message.subarray(endOfStart)]))
    const answer = await finalAnswer()
    const status = answer === undefined ? 'silence' : String(statusOf(answer))
    const allowed = outcomes.split(' ')
    const isValid = allowed.includes('valid') && /^[23467]|^4(?!00)/.test(status) && status !== '400'
    expect(allowed.includes(status) || isValid, `${file}: got ${status}, allowed ${outcomes}`).toBe(true)
    if (file === 'bext01') expect(valueOf(answer ?? { startLine: '', headers: [], body: '' }, 'unsupported')).toMatch(/nothingSupportsThis/)
    if (file === 'invut') expect(valueOf(answer ?? { startLine: '', headers: [], body: '' }, 'accept')).toContain('application/sdp')
    if (file === 'dblreq') expect(new Set(received.map((each) => valueOf(each, 'call-id'))).size).toBe(1)
    await isAlive()
  })
})

describe('what is no SIP at all', () => {
  it('is dropped: noise, emptiness, zeros, text', async () => {
    const datagrams = [
      Buffer.alloc(0),
      Buffer.alloc(1000),
      Buffer.from('hello\r\n\r\n'),
      Buffer.from('\r\n\r\n'),
      Buffer.from('INVITE'),
      ...Array.from({ length: 200 }, () => randomBytes(1 + Math.floor(Math.random() * 1400))),
    ]
    for (const datagram of datagrams) socket.send(datagram)
    await isAlive()
    await pause(SILENCE_MS)
    expect(received.filter((message) => (statusOf(message) ?? 0) >= 500 && statusOf(message) !== 505)).toEqual([])
  })

  it('on a TCP connection ends that connection and no other', async () => {
    const [noisy, quiet] = [await openSipSocket('tcp', platform), await openSipSocket('tcp', platform)]
    const answers: SipText[] = []
    quiet.onMessage((message) => answers.push(message))
    noisy.send(Buffer.concat([randomBytes(2000), Buffer.from('\r\n\r\n')]))
    await eventually('the connection to end', 5000, () => (noisy.closed ? true : undefined))
    quiet.send(options(quiet))
    await eventually('an answer on the other connection', 2000, () => answers.find((answer) => statusOf(answer) === 200))
    quiet.close()
  })
})

describe('what is too large', () => {
  it('a SIP header of 60 kB over UDP is answered, refused or dropped', async () => {
    socket.send(options(socket, [['X-Long', 'x'.repeat(60_000)]]))
    const answer = await finalAnswer()
    if (answer !== undefined) expect([200, 400, 413, 431, 513]).toContain(statusOf(answer))
    await isAlive()
  })

  it('a SIP header of 80 kB over TCP is refused, or ends the connection', async () => {
    const connection = await openSipSocket('tcp', platform)
    const answers: SipText[] = []
    connection.onMessage((message) => answers.push(message))
    connection.send(options(connection, [['X-Long', 'x'.repeat(80_000)]]))
    const end = await eventually('a refusal', 5000, () => (connection.closed ? 'closed' : answers.find((answer) => (statusOf(answer) ?? 0) >= 400)))
    if (typeof end !== 'string') expect([400, 413, 431, 513]).toContain(statusOf(end))
    connection.close()
    await isAlive()
  })

  it('a header that never ends does not grow the server: the connection is ended', async () => {
    const connection = await openSipSocket('tcp', platform)
    connection.send('OPTIONS sip:x SIP/2.0\r\nX-Endless: ')
    for (let chunk = 0; chunk < 400 && !connection.closed; chunk++) {
      connection.send('y'.repeat(65_536))
      await pause(1)
    }
    await eventually('the connection to end', 5000, () => (connection.closed ? true : undefined))
    await isAlive()
  })

  it('a Content-Length nobody can send is refused', async () => {
    const connection = await openSipSocket('tcp', platform)
    const answers: SipText[] = []
    connection.onMessage((message) => answers.push(message))
    connection.send(options(connection).replace('Content-Length: 0', 'Content-Length: 4294967295'))
    await eventually('a refusal', 5000, () => (connection.closed || answers.some((answer) => (statusOf(answer) ?? 0) >= 400) ? true : undefined))
    connection.close()
    await isAlive()
  })

  it('a thousand headers and a thousand Vias are refused or answered, not suffered', async () => {
    const headers = Array.from({ length: 1000 }, (_, index) => [`X-${index}`, 'y'] as const)
    socket.send(options(socket, headers))
    socket.send(
      options(
        socket,
        Array.from({ length: 800 }, () => ['Via', 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx'] as const),
      ),
    )
    await isAlive()
  })
})
