import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RemoteAddress } from '../src/index.ts'
import { checkRequest, parseMessage, type SipRequest } from '../src/message/index.ts'
import { numericAddressOf, unmappedAddress } from '../src/transport/numeric-address.ts'
import { Arrivals } from './arrivals.ts'
import { type RawPeer } from './raw-peer.ts'
import { StackHarness, type RunningStack } from './stack-harness.ts'

let harness: StackHarness
let peer: RawPeer

beforeEach(async () => {
  harness = new StackHarness()
  peer = await harness.peer()
})
afterEach(() => harness.close())

/** A request of RFC 5118 with these lines in place of the usual ones. */
function request(startLine: string, via: string, contact = '<sip:user@[2001:db8::1]>'): SipRequest {
  const text = [
    startLine,
    'To: sip:user@example.com',
    'From: sip:user@example.com;tag=81x2',
    `Via: ${via}`,
    'Call-ID: SSG9559905523997077@hlau_4100',
    'Max-Forwards: 70',
    `Contact: ${contact}`,
    `CSeq: 98176 ${startLine.split(' ')[0]}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n')
  const parsed = parseMessage(Buffer.from(text))
  if (parsed.ok && parsed.value.kind === 'request') return parsed.value
  throw new Error(parsed.ok ? 'a response' : `${parsed.error.statusCode}`)
}

const VIA = 'SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111'

describe('the messages of RFC 5118', () => {
  it('4.1: an IPv6 address in brackets is a host', () => {
    const valid = request('REGISTER sip:[2001:db8::10] SIP/2.0', VIA)
    expect([checkRequest(valid), valid.uri?.host, valid.topVia.host, valid.contacts[0]?.uri.host]).toEqual([
      undefined,
      '[2001:db8::10]',
      '[2001:db8::9:1]',
      '[2001:db8::1]',
    ])
  })

  it('4.2: without brackets it is none, and 400', () => {
    expect(checkRequest(request('REGISTER sip:2001:db8::10 SIP/2.0', VIA))?.statusCode).toBe(400)
  })

  it('4.3 and 4.4: a port within the brackets belongs to the address, one behind them is a port', () => {
    const ambiguous = request('REGISTER sip:[2001:db8::10:5070] SIP/2.0', VIA)
    const clear = request('REGISTER sip:[2001:db8::10]:5070 SIP/2.0', VIA)
    expect([ambiguous.uri?.host, ambiguous.uri?.port, clear.uri?.host, clear.uri?.port]).toEqual(['[2001:db8::10:5070]', undefined, '[2001:db8::10]', 5070])
  })

  it('4.5: received may stand with and without brackets', () => {
    for (const received of ['[2001:db8::9:255]', '2001:db8::9:255']) {
      const got = request('BYE sip:[2001:db8::10] SIP/2.0', `SIP/2.0/UDP [2001:db8::9:1];received=${received};branch=z9hG4bKas3-111`)
      expect([checkRequest(got), got.topVia.parameters.get('received'), got.topVia.parameters.get('branch')]).toEqual([undefined, received, 'z9hG4bKas3-111'])
    }
  })

  it('4.7: hops of both families in one request', () => {
    const got = request(
      'BYE sip:user@host.example.net SIP/2.0',
      `SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111, SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144`,
    )
    expect(got.vias.map(({ host, port }) => [host, port])).toEqual([
      ['[2001:db8::9:1]', 6050],
      ['192.0.2.1', undefined],
    ])
  })

  it('4.9: an IPv4-mapped address is the IPv4 address', () => {
    const got = request('INVITE sip:user@[::ffff:192.0.2.10] SIP/2.0', VIA)
    expect([got.uri?.host, numericAddressOf(got.uri?.host ?? '')]).toEqual(['[::ffff:192.0.2.10]', '192.0.2.10'])
  })

  it('4.10: three colons in a row, which the grammar of RFC 3261 allowed by mistake, are no address to send to', () => {
    expect(numericAddressOf('[2001:db8:::192.0.2.1]')).toBeUndefined()
    const tryOut = (): unknown => request('OPTIONS sip:user@[2001:db8:::192.0.2.1] SIP/2.0', VIA)
    try {
      expect(tryOut()).toBeDefined()
    } catch (error) {
      expect(String(error)).toContain('400')
    }
  })
})

describe('IPv6 addresses', () => {
  it('stand in brackets; scope ids mean nothing here (RFC 6874)', () => {
    expect(['[2001:db8::1]', '2001:db8::1', '[fe80::1%eth0]', '[fe80::1%25eth0]', '[192.0.2.1]', '[', '[]'].map(numericAddressOf)).toEqual([
      '2001:db8::1',
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(['::ffff:192.0.2.1', '::FFFF:192.0.2.1', '2001:db8::1', '192.0.2.1'].map(unmappedAddress)).toEqual([
      '192.0.2.1',
      '192.0.2.1',
      '2001:db8::1',
      '192.0.2.1',
    ])
  })
})

describe('a stack on ::', () => {
  let server: RunningStack
  const sources: RemoteAddress[] = []

  beforeEach(async () => {
    server = await harness.stack({ listen: { host: '::', udpPort: 0, tcpPort: 0 }, publicAddress: '192.0.2.1', publicAddressIpv6: '2001:db8::1' })
    sources.length = 0
    server.stack.onRequest('REGISTER', ({ source, respond }) => {
      sources.push(source)
      respond(200)
    })
  })

  it('serves IPv4 over UDP and TCP, as if it had no IPv6 (RFC 4291 2.5.5.2)', async () => {
    peer.request({ method: 'REGISTER' }, server.udp)
    const answer = await peer.nextResponse(200)
    expect([answer.topVia.parameters.get('received'), sources[0]?.address]).toEqual(['127.0.0.1', '127.0.0.1'])
    const lines = await overTcp('127.0.0.1', server.tcp.port, peer.requestText({ method: 'REGISTER', via: 'SIP/2.0/TCP 10.1.1.1;branch=z9hG4bK1' }, server.tcp))
    expect([lines[0], sources[1]?.address]).toEqual(['SIP/2.0 200 OK', '127.0.0.1'])
  })

  it('serves IPv6, and tells each family the address it can reach', async () => {
    const messages = new Arrivals<string>()
    const socket = createSocket('udp6')
    await new Promise<void>((resolve) => socket.bind(0, '::1', resolve))
    socket.on('message', (bytes) => messages.push(bytes.toString()))
    const { port } = socket.address()
    socket.send(peer.requestText({ method: 'REGISTER', via: `SIP/2.0/UDP [::1]:${port};branch=z9hG4bK6;rport` }, server.udp), server.udp.port, '::1')
    expect(await messages.next()).toMatch(/^SIP\/2\.0 200 OK\r\nVia: SIP\/2\.0\/UDP \[::1\].*received=::1/)
    expect(sources[0]).toMatchObject({ transport: 'udp', address: '::1', port })
    const headers = [
      ['From', '<sip:us@test>'],
      ['To', '<sip:them@test>'],
    ] as const
    void server.stack.request({ method: 'OPTIONS', uri: 'sip:x@test', to: { transport: 'udp', address: '::1', port }, headers, timeoutMs: 10 })
    void server.stack.request({ method: 'OPTIONS', uri: 'sip:x@test', to: peer.address, headers, timeoutMs: 10 })
    expect(await messages.next()).toContain(`Via: SIP/2.0/UDP [2001:db8::1]:${server.udp.port};`)
    expect((await peer.nextRequest('OPTIONS')).topVia.host).toBe('192.0.2.1')
    harness.time.advance(10)
    await new Promise<void>((resolve) => socket.close(() => resolve()))
  })
})

function overTcp(host: string, port: number, text: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port }, () => socket.write(text))
    socket.once('error', reject)
    socket.once('data', (bytes) => {
      socket.destroy()
      resolve(bytes.toString().split('\r\n'))
    })
  })
}
