import { createServer, request as httpRequest, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { RemoteAddress } from '../src/index.ts'
import { parseMessage, type SipMessage, type SipRequest } from '../src/message/index.ts'
import { Arrivals } from './arrivals.ts'
import { ANSWER, OFFER, type RawPeer } from './raw-peer.ts'
import { LegWatch, type RunningStack, StackHarness } from './stack-harness.ts'
import { TLS_SERVER } from './tls-identities.ts'

const LISTEN = { host: '127.0.0.1', udpPort: 0, wsPort: 0 }

/** A browser as the wire sees it. */
class Browser {
  readonly socket: WebSocket
  readonly messages = new Arrivals<SipMessage>()
  readonly kinds: ('text' | 'binary' | 'pong')[] = []
  readonly closed: Promise<number>
  pings = 0

  constructor(url: string, protocols: string[] = ['sip'], options: object = {}) {
    this.socket = new WebSocket(url, protocols, options)
    this.socket.on('error', () => undefined)
    this.socket.on('ping', () => void this.pings++)
    this.closed = new Promise((resolve) => this.socket.once('close', (code) => resolve(code)))
    this.socket.on('message', (data: Buffer, isBinary) => {
      const parsed = parseMessage(data)
      this.kinds.push(parsed.ok ? (isBinary ? 'binary' : 'text') : 'pong')
      if (parsed.ok) this.messages.push(parsed.value)
    })
  }

  /** @returns the status of the refusal, or 'open' */
  outcome(): Promise<number | 'open'> {
    return new Promise((resolve) => {
      this.socket.once('open', () => resolve('open'))
      this.socket.once('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0)
        response.destroy()
      })
    })
  }

  async request(method: string, branch: string, body = ''): Promise<SipMessage> {
    this.send(method, branch, body)
    return this.messages.next()
  }

  send(method: string, branch: string, body = ''): void {
    this.socket.send(text(method, branch, body))
  }
}

function text(method: string, branch: string, body = ''): string {
  const parts = { method, via: `SIP/2.0/WS df7jal23ls0d.invalid;branch=${branch}`, callId: branch, body, headers: [['Contact', CONTACT] as const] }
  return peer.requestText(parts, server.udp).replace(/^Contact: <sip:peer.*\r\n/m, '')
}

const CONTACT = '<sip:alice@df7jal23ls0d.invalid;transport=ws>'

let harness: StackHarness
let server: RunningStack
let peer: RawPeer
let browsers: Browser[]
let https: Server[]

beforeEach(async () => {
  harness = new StackHarness()
  server = await harness.stack({ listen: LISTEN })
  peer = await harness.peer()
  browsers = []
  https = []
})
afterEach(async () => {
  for (const { socket } of browsers) socket.terminate()
  await harness.close()
  for (const http of https) await new Promise((resolve) => http.close(resolve))
})

async function open(url = `ws://127.0.0.1:${server.wsPort}/`, options: object = {}): Promise<Browser> {
  const browser = new Browser(url, ['sip'], options)
  browsers.push(browser)
  expect(await browser.outcome()).toBe('open')
  return browser
}

function refused(url: string, protocols: string[]): Promise<number | 'open'> {
  const browser = new Browser(url, protocols)
  browsers.push(browser)
  return browser.outcome()
}

describe('SIP over WebSocket (RFC 7118)', () => {
  it('is one message a WebSocket message, as text, whatever way it came (5); the subprotocol is sip (4.1)', async () => {
    const browser = await open()
    expect(browser.socket.protocol).toBe('sip')
    expect(await browser.request('OPTIONS', 'z9hG4bK1')).toMatchObject({ statusCode: 200, callId: 'z9hG4bK1' })
    browser.socket.send(Buffer.from(text('OPTIONS', 'z9hG4bK2')))
    expect(await browser.messages.next()).toMatchObject({ statusCode: 200, callId: 'z9hG4bK2' })
    // Cut into frames at every tenth byte.
    const whole = text('OPTIONS', 'z9hG4bK3')
    for (let at = 0; at < whole.length; at += 10) browser.socket.send(whole.slice(at, at + 10), { fin: at + 10 >= whole.length })
    expect(await browser.messages.next()).toMatchObject({ statusCode: 200, callId: 'z9hG4bK3' })
    expect(browser.kinds).toEqual(['text', 'text', 'text'])
  })

  it('is binary where it is not UTF-8, which text has to be (5, RFC 6455 5.6)', async () => {
    const browser = await open()
    browser.socket.send(Buffer.from(text('OPTIONS', 'z9hG4bK1').replace(/^From: /m, 'From: "\u00e9" '), 'latin1'))
    expect(await browser.messages.next()).toMatchObject({ statusCode: 200 })
    expect(browser.kinds).toEqual(['binary'])
  })

  it('needs no Content-Length (5)', async () => {
    const browser = await open()
    browser.socket.send(text('OPTIONS', 'z9hG4bK1').replace(/Content-Length: 0\r\n/, ''))
    expect(await browser.messages.next()).toMatchObject({ statusCode: 200 })
  })

  it('calls a browser over the flow it opened, and reaches it there within the dialog: its Contact is .invalid (5, RFC 5626 5.3)', async () => {
    const browser = await open()
    const sources: RemoteAddress[] = []
    server.stack.onRequest('REGISTER', ({ source, respond }) => {
      sources.push(source)
      respond(200)
    })
    await browser.request('REGISTER', 'z9hG4bKr')
    const [flow] = sources
    if (flow === undefined) throw new Error('no REGISTER')
    expect([flow.transport, flow.address]).toEqual(['ws', '127.0.0.1'])
    const out = server.stack.invite({
      uri: 'sip:alice@df7jal23ls0d.invalid;transport=ws',
      to: flow,
      from: '<sip:a@test>',
      toHeader: '<sip:b@test>',
      headers: [],
      body: OFFER,
    })
    const invite = await nextRequest(browser)
    expect([invite.topVia.transport, invite.topVia.parameters.has('alias'), invite.contacts[0]?.uri.parameters.get('transport')]).toEqual(['WS', false, 'ws'])
    answer(browser, invite)
    await new LegWatch(out.leg).next('answered')
    expect((await nextRequest(browser)).method).toBe('ACK')
    out.leg.bye()
    expect(await nextRequest(browser)).toMatchObject({ method: 'BYE', uriText: 'sip:alice@df7jal23ls0d.invalid;transport=ws' })
  })

  it('sends nothing when the browser has gone: nobody else can open its connection', async () => {
    const browser = await open()
    const gone = new Arrivals<string>()
    server.stack.onFlowClosed((id) => gone.push(id))
    await browser.request('OPTIONS', 'z9hG4bK1')
    browser.socket.close()
    const connectionId = await gone.next()
    const to = { transport: 'ws', address: '127.0.0.1', port: 5060, connectionId } as const
    const out = server.stack.invite({ uri: 'sip:x@y.invalid', to, from: '<sip:a@test>', toHeader: '<sip:b@test>', headers: [], body: OFFER })
    expect(await new LegWatch(out.leg).next('rejected')).toMatchObject({ statusCode: 503, response: undefined })
  })

  it('answers a keep-alive of line ends (6, RFC 5626 4.4.1), and asks by ping itself', async () => {
    const browser = await open()
    browser.socket.send('\r\n\r\n')
    await browser.request('OPTIONS', 'z9hG4bK1')
    expect(browser.kinds).toEqual(['pong', 'text'])
    // Each turn is a ping and, before the next one, its pong: the answer to OPTIONS comes behind it.
    for (let turn = 0; turn < 4; turn++) {
      harness.time.advance(32_000)
      await browser.request('OPTIONS', `z9hG4bKp${turn}`)
    }
    expect([browser.pings, server.stack.statistics.connections]).toEqual([4, 1])
  })
})

describe("somebody's HTTP server", () => {
  it.each(['ws', 'wss'] as const)('hands its upgrades over; through TLS it is wss: %s', async (transport) => {
    const behind = await harness.stack({ listen: { host: '127.0.0.1', udpPort: 0 } })
    const http = transport === 'ws' ? createServer() : createHttpsServer({ key: TLS_SERVER.key, cert: TLS_SERVER.cert })
    https.push(http)
    http.on('upgrade', (request, socket, head: Buffer) => behind.stack.acceptWebSocket(request, socket, head))
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const address = http.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const sources: RemoteAddress[] = []
    behind.stack.onRequest('REGISTER', ({ source, respond }) => {
      sources.push(source)
      respond(200)
    })
    const browser = await open(`${transport}://127.0.0.1:${port}/sip`, { rejectUnauthorized: false })
    await browser.request('REGISTER', 'z9hG4bK1')
    expect(sources[0]).toMatchObject({ transport, address: '127.0.0.1' })
    // 5.2: a URI has one word for both kinds.
    behind.stack.onInvite((invite) => {
      invite.progress(180)
      invite.reject(486)
    })
    browser.send('INVITE', 'z9hG4bK2', OFFER)
    expect((await browser.messages.next()).kind).toBe('response')
    expect((await browser.messages.next()).contacts[0]?.uri.parameters.get('transport')).toBe('ws')
    await behind.stack.stop()
    await browser.closed
  })
})

describe('limits of WebSocket', () => {
  it('refuses what does not speak SIP: 400 without the subprotocol, 426 without an upgrade, 400 for another version', async () => {
    const url = `ws://127.0.0.1:${server.wsPort}/`
    expect([await refused(url, ['xmpp']), await refused(url, []), await statusOfGet({}), await statusOfGet(upgradeHeaders('99'))]).toEqual([400, 400, 426, 400])
    expect(server.stack.statistics.connections).toBe(0)
  })

  it('shares the number of connections with the other transports; who is served there keeps his place', async () => {
    const small = await harness.stack({ listen: { ...LISTEN, tcpPort: 0 }, limits: { maxConnections: 1 } })
    small.stack.onRequest('REGISTER', ({ respond }) => respond(200))
    const silent = await open(`ws://127.0.0.1:${small.wsPort}/`)
    const phone = await open(`ws://127.0.0.1:${small.wsPort}/`)
    // RFC 6455 7.4.1: going away.
    expect(await silent.closed).toBe(1001)
    expect(await phone.request('REGISTER', 'z9hG4bKplace')).toMatchObject({ statusCode: 200 })
    expect(await refused(`ws://127.0.0.1:${small.wsPort}/`, ['sip'])).toBe(503)
  })

  it('closes on a message longer than maxMessageBytes, and on one that is no SIP it says nothing', async () => {
    const browser = await open()
    browser.socket.send('hello, this is no SIP')
    browser.socket.send('x'.repeat(70_000))
    // RFC 6455 7.4.1: too big.
    expect(await browser.closed).toBe(1009)
    expect([browser.kinds, server.stack.statistics.malformed]).toEqual([[], 1])
  })

  it('closes a WebSocket that brings no message in 32 seconds, and one that answers no ping', async () => {
    const silent = await open()
    harness.time.advance(32_001)
    await silent.closed
    const deaf = await open(undefined, { autoPong: false })
    await deaf.request('OPTIONS', 'z9hG4bK1')
    harness.time.advance(32_001)
    harness.time.advance(30_001)
    await deaf.closed
    expect(server.stack.statistics.connections).toBe(0)
  })

  it('closes a WebSocket whose message never ends, although it answers pings; one that only pings stays', async () => {
    const [slow, idle] = [await open(), await open()]
    for (const browser of [slow, idle]) await browser.request('OPTIONS', 'z9hG4bK1')
    slow.socket.send(text('OPTIONS', 'z9hG4bK2').slice(0, 100), { fin: false })
    for (let turn = 0; turn < 4; turn++) {
      idle.socket.ping('still here')
      await Promise.all([idle, ...(turn < 2 ? [slow] : [])].map((browser) => roundTrip(browser)))
      harness.time.advance(turn === 0 ? 32_001 : 30_001)
    }
    await slow.closed
    expect(server.stack.statistics.connections).toBe(1)
    expect(await idle.request('OPTIONS', 'z9hG4bK3')).toMatchObject({ statusCode: 200 })
  })

  it('drops a browser that does not read', async () => {
    let raw: Socket | undefined
    const createConnection = (target: NetConnectOpts): Socket => {
      raw = connect(target)
      return raw
    }
    const browser = await open(undefined, { createConnection })
    server.stack.onRequest('MESSAGE', ({ respond }) => respond(200, { body: 'x'.repeat(60_000), contentType: 'text/plain' }))
    await browser.request('OPTIONS', 'z9hG4bK1')
    raw?.pause()
    for (let turn = 0; turn < 400; turn++) browser.send('MESSAGE', `z9hG4bKm${turn}`)
    while (server.stack.statistics.connections > 0) await peer.drain(server.udp)
  })

  it('drops a browser that floods it with pings and reads no pong', async () => {
    let raw: Socket | undefined
    const createConnection = (target: NetConnectOpts): Socket => {
      raw = connect(target)
      return raw
    }
    const browser = await open(undefined, { createConnection })
    await browser.request('OPTIONS', 'z9hG4bK1')
    raw?.pause()
    const data = Buffer.alloc(125)
    // More than the buffers of the kernel hold on both sides.
    for (let turn = 0; turn < 500 && server.stack.statistics.connections > 0; turn++) {
      for (let ping = 0; ping < 1000 && browser.socket.readyState === WebSocket.OPEN; ping++) browser.socket.ping(data)
      await peer.drain(server.udp)
    }
    expect(server.stack.statistics.connections).toBe(0)
  })

  it('serves a browser that cuts its messages into fragments, with pings between them, and ends one that closes its half (RFC 6455 5.4)', async () => {
    let raw: Socket | undefined
    const createConnection = (target: NetConnectOpts): Socket => {
      raw = connect(target)
      return raw
    }
    const browser = await open(undefined, { createConnection })
    const whole = text('OPTIONS', 'z9hG4bKf')
    for (let at = 0; at < whole.length; at += 40) {
      browser.socket.send(whole.slice(at, at + 40), { fin: at + 40 >= whole.length })
      await roundTrip(browser)
    }
    expect(await browser.messages.next()).toMatchObject({ statusCode: 200 })
    raw?.end()
    while (server.stack.statistics.connections > 0) await peer.drain(server.udp)
  })
})

/** A ping of the browser and its pong: what was sent before has been read by then. */
function roundTrip({ socket }: Browser): Promise<void> {
  socket.ping()
  return new Promise((resolve) => socket.once('pong', () => resolve()))
}

async function nextRequest(browser: Browser): Promise<SipRequest> {
  const message = await browser.messages.next()
  if (message.kind !== 'request') throw new Error('a response came')
  return message
}

function answer(browser: Browser, invite: SipRequest): void {
  const copied = ['via', 'from', 'call-id', 'cseq'].map((name) => `${name}: ${invite.header(name) ?? ''}`)
  const head = ['SIP/2.0 200 OK', ...copied, `To: ${invite.header('to') ?? ''};tag=browser`, `Contact: ${CONTACT}`, 'Content-Type: application/sdp']
  browser.socket.send(`${head.join('\r\n')}\r\nContent-Length: ${ANSWER.length}\r\n\r\n${ANSWER}`)
}

function upgradeHeaders(version: string): Record<string, string> {
  const key = Buffer.alloc(16).toString('base64')
  return { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': key, 'Sec-WebSocket-Version': version, 'Sec-WebSocket-Protocol': 'sip' }
}

function statusOfGet(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: server.wsPort, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.once('error', reject)
    request.end()
  })
}
