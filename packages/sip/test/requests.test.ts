import { networkInterfaces } from 'node:os'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IncomingInvite, IncomingRequest } from '../src/index.ts'
import { Arrivals } from './arrivals.ts'
import { describeMessage, OFFER, type RawPeer, type RequestParts } from './raw-peer.ts'
import { LegWatch, type RunningStack, StackHarness } from './stack-harness.ts'

const HAS_IPV6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'))

let harness: StackHarness
let server: RunningStack
let peer: RawPeer
let requests: Arrivals<IncomingRequest>
let invites: Arrivals<IncomingInvite>

beforeEach(async () => {
  harness = new StackHarness()
  server = await harness.stack({ serverName: 'server/1' })
  peer = await harness.peer()
  requests = new Arrivals()
  invites = new Arrivals()
  server.stack.onRequest('REGISTER', (request) => requests.push(request))
  server.stack.onInvite((invite) => invites.push(invite))
})
afterEach(() => harness.close())

async function ask(parts: RequestParts, statusCode: number) {
  peer.request(parts, server.udp)
  return peer.nextResponse(statusCode, parts.method)
}

describe('a challenge of the gate (RFC 3261 8.2.7, 22.1)', () => {
  it.each(['INVITE', 'REGISTER'])('answers %s without any state: no 100, no transaction, the same tag for each copy', async (method) => {
    server.stack.guard({ challenge: () => ({ statusCode: 407, headers: [['Proxy-Authenticate', 'Digest realm="test"']] }) })
    const text = peer.request({ method }, server.udp)
    const [first] = await peer.drain(server.udp)
    expect([first && describeMessage(first), first?.header('proxy-authenticate')]).toEqual([`407 ${method}`, 'Digest realm="test"'])
    expect(server.stack.statistics).toMatchObject({ transactions: 0, dialogs: 0 })
    peer.sendBytes(text, server.udp)
    const copies = await peer.drain(server.udp)
    expect(copies.map((copy) => [describeMessage(copy), copy.toTag])).toEqual([[`407 ${method}`, first?.toTag]])
    expect([...requests.takeAll(), ...invites.takeAll()]).toEqual([])
  })
})

describe('a request with a handler (RFC 3261 8.2, 17.2.2)', () => {
  it('is handled once; each copy gets the same answer', async () => {
    const text = peer.request({ method: 'REGISTER' }, server.udp)
    const { request, source, respond } = await requests.next()
    expect([request.method, source]).toEqual(['REGISTER', { ...peer.address, isFlow: true }])
    respond(200, { headers: [['Expires', '60']] })
    const first = await peer.nextResponse(200)
    expect([first.header('expires'), first.header('server')]).toEqual(['60', 'server/1'])
    expect(first.toTag).toMatch(/.{8}/)
    respond(404)
    peer.sendBytes(text, server.udp)
    expect((await peer.nextResponse(200)).toTag).toBe(first.toTag)
    expect(requests.takeAll()).toEqual([])
  })

  it('that nobody answers gets no late answer (RFC 4320 4.2)', async () => {
    peer.request({ method: 'REGISTER' }, server.udp)
    const { respond } = await requests.next()
    harness.time.advance(32_000)
    expect(server.stack.statistics.transactions).toBe(0)
    respond(200)
    expect(await peer.drain(server.udp)).toEqual([])
  })

  it('gets 500 when the handler throws', async () => {
    server.stack.onRequest('MESSAGE', () => {
      throw new Error('bug')
    })
    await ask({ method: 'MESSAGE' }, 500)
    expect(server.errors).toEqual(['a SIP request handler failed: Error: bug'])
  })

  it('is refused with 482 when its copy came another way (8.2.2.2)', async () => {
    const same = { method: 'REGISTER', callId: 'merged' } as const
    peer.request({ ...same, branch: 'z9hG4bKone' }, server.udp)
    const { respond } = await requests.next()
    await ask({ ...same, branch: 'z9hG4bKtwo' }, 482)
    respond(200)
    await peer.nextResponse(200)
    await ask({ ...same, branch: 'z9hG4bKthree' }, 482)
    harness.time.advance(32_000)
    peer.request({ ...same, branch: 'z9hG4bKfour' }, server.udp)
    ;(await requests.next()).respond(200)
    await peer.nextResponse(200)
  })

  it('of RFC 2543, without a branch, is told from its copies and from others', async () => {
    const via = `SIP/2.0/UDP 127.0.0.1:${peer.port}`
    const text = peer.request({ method: 'REGISTER', callId: 'old-1', via }, server.udp)
    peer.sendBytes(text, server.udp)
    peer.request({ method: 'REGISTER', callId: 'old-2', via }, server.udp)
    const callIds = [(await requests.next()).request.callId, (await requests.next()).request.callId]
    expect(callIds).toEqual(['old-1', 'old-2'])
    expect(await peer.drain(server.udp)).toEqual([])
    expect(requests.takeAll()).toEqual([])
  })
})

describe('what the stack answers by itself', () => {
  it.each([
    ['a method nobody knows', { method: 'FROBNICATE' }, 501, 'allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE, REFER, NOTIFY, REGISTER'],
    ['a method without handler', { method: 'SUBSCRIBE' }, 405, 'allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE, REFER, NOTIFY, REGISTER'],
    ['OPTIONS', { method: 'OPTIONS' }, 200, 'accept', 'application/sdp'],
    [
      'an unknown extension',
      {
        method: 'REGISTER',
        headers: [
          ['Require', 'one, two'],
          ['Require', '100rel'],
        ],
      },
      420,
      'unsupported',
      'one, two, 100rel',
    ],
    ['another body than SDP', { method: 'INVITE', body: 'x', contentType: 'text/plain' }, 415, 'accept', 'application/sdp'],
    ['a multipart body', { method: 'INVITE', body: 'x', contentType: 'multipart/mixed;boundary=b' }, 415, 'accept', 'application/sdp'],
    ['an encoded body', { method: 'INVITE', body: 'x', headers: [['Content-Encoding', 'gzip']] }, 415, 'accept-encoding', 'identity'],
    ['a caller who takes no SDP', { method: 'INVITE', body: OFFER, headers: [['Accept', 'text/plain']] }, 406, 'x', undefined],
    ['BYE without a dialog', { method: 'BYE' }, 481, 'x', undefined],
    ['NOTIFY without a dialog', { method: 'NOTIFY' }, 481, 'x', undefined],
    ['a request for an unknown dialog', { method: 'INFO', to: '<sip:stack@127.0.0.1>;tag=x' }, 481, 'x', undefined],
  ] as const)('%s', async (_, parts, statusCode, header, value) => {
    const response = await ask(parts, statusCode)
    expect(response.header(header)).toBe(value)
    expect(response.toTag).toBeDefined()
    expect(server.stack.statistics.transactions).toBe(0)
  })

  it('takes callers who accept more than SDP', async () => {
    peer.request({ method: 'INVITE', body: OFFER, headers: [['Accept', 'text/plain, application/*;q=0.5']] }, server.udp)
    ;(await invites.next()).reject(404)
    await peer.nextResponse(100)
    await peer.nextResponse(404)
  })

  it('answers what is for itself though it has no hop left: OPTIONS of a gateway that looks whether it is there (RFC 3261 11, 16.3)', async () => {
    peer.sendBytes(peer.requestText({ method: 'OPTIONS' }, server.udp).replace('Max-Forwards: 70', 'Max-Forwards: 0'), server.udp)
    await peer.nextResponse(200)
  })

  it('refuses a call that has no hop left with 483', async () => {
    const text = peer.requestText({ method: 'INVITE', body: OFFER }, server.udp).replace('Max-Forwards: 70', 'Max-Forwards: 0')
    peer.sendBytes(text, server.udp)
    await peer.nextResponse(483)
  })

  it('gives each copy of a request the same tag without remembering it (8.2.7)', async () => {
    const parts = { method: 'SUBSCRIBE', branch: 'z9hG4bKsame', callId: 'same' } as const
    expect((await ask(parts, 405)).toTag).toBe((await ask(parts, 405)).toTag)
  })

  it.each([
    ['a Content-Length beyond the end (18.3)', 400, (text: string) => text.replace('Content-Length: 0', 'Content-Length: 9')],
    ['another version (7.1)', 505, (text: string) => text.replace('SIP/2.0\r\n', 'SIP/3.0\r\n')],
    ['two CSeqs (20)', 400, (text: string) => text.replace('CSeq:', 'CSeq: 7 OPTIONS\r\nCSeq:')],
    ['a Request-URI of no known scheme (8.2.2.1)', 416, (text: string) => text.replace('sip:stack@', 'nobody:stack@')],
  ])('refuses a datagram with %s, but never an ACK (17.1.1.3)', async (_, statusCode, spoil) => {
    const parts = (method: string): string => spoil(peer.requestText({ method, to: '<sip:stack@127.0.0.1>;tag=1' }, server.udp))
    const { malformed } = server.stack.statistics
    peer.sendBytes(parts('OPTIONS'), server.udp)
    await peer.nextResponse(statusCode)
    peer.sendBytes(parts('ACK'), server.udp)
    expect(await peer.drain(server.udp)).toEqual([])
    expect(server.stack.statistics.malformed - malformed).toBe(2)
  })

  it('never answers an ACK, nor what is no SIP', async () => {
    peer.request({ method: 'ACK' }, server.udp)
    peer.request({ method: 'ACK', to: '<sip:stack@127.0.0.1>;tag=x' }, server.udp)
    for (const junk of ['\r\n\r\n', '\0\0\0\0', 'jaK', 'HTTP/1.1 200 OK\r\n\r\n', '\u0000'.repeat(600)]) peer.sendBytes(junk, server.udp)
    expect(await peer.drain(server.udp)).toEqual([])
    expect(server.errors).toEqual([])
  })
})

describe('limits', () => {
  it('answers 503 with Retry-After to new work when it is full, and serves its dialogs', async () => {
    const small = await harness.stack({ limits: { maxTransactions: 2 } })
    small.stack.onInvite((invite) => invites.push(invite))
    small.stack.onRequest('REGISTER', (request) => requests.push(request))
    peer.request({ method: 'INVITE', callId: 'call', body: OFFER }, small.udp)
    const invite = await invites.next()
    const watch = new LegWatch(invite.leg)
    await peer.nextResponse(100)
    invite.answer({ body: OFFER })
    await peer.nextResponse(200)
    const to = `<sip:stack@127.0.0.1>;tag=${invite.leg.id}`
    peer.request({ method: 'ACK', callId: 'call', to }, small.udp)
    await watch.next('acknowledged')
    peer.request({ method: 'REGISTER' }, small.udp)
    ;(await requests.next()).respond(200)
    await peer.nextResponse(200)
    peer.request({ method: 'REGISTER' }, small.udp)
    expect((await peer.nextResponse(503)).header('retry-after')).toMatch(/^\d+$/)
    peer.request({ method: 'BYE', callId: 'call', to, sequence: 2 }, small.udp)
    await peer.nextResponse(200, 'BYE')
    await watch.next('bye')
  })

  it('answers 503 to an address that calls more often than allowed', async () => {
    const limited = await harness.stack({ limits: { maxPerSourceInvitesPerSecond: 2 } })
    limited.stack.onInvite((invite) => invite.reject(404))
    for (let call = 0; call < 3; call++) peer.request({ method: 'INVITE', body: OFFER }, limited.udp)
    const finals = (await peer.drain(limited.udp)).map(describeMessage).filter((text) => text !== '100 INVITE')
    expect(finals).toEqual(['404 INVITE', '404 INVITE', '503 INVITE'])
    harness.time.advance(1000)
    peer.request({ method: 'INVITE', body: OFFER, branch: 'z9hG4bKlater' }, limited.udp)
    await new Promise<void>((resolve) => {
      const look = async (): Promise<void> => {
        const found = (await peer.drain(limited.udp)).some(
          (message) => message.topVia.parameters.get('branch') === 'z9hG4bKlater' && describeMessage(message) === '404 INVITE',
        )
        if (found) resolve()
        else await look()
      }
      void look()
    })
  })

  it('refuses to start twice on one port', async () => {
    const harness2 = new StackHarness()
    await expect(harness2.stack({ listen: { host: '127.0.0.1', udpPort: server.udp.port } })).rejects.toThrow('EADDRINUSE')
  })
})

describe('our own requests (RFC 3261 8.1, 17.1.2)', () => {
  const headers = [
    ['From', '<sip:us@test>'],
    ['To', '<sip:us@test>'],
    ['Expires', '300'],
  ] as const
  const register = { method: 'REGISTER', uri: 'sip:test', headers } as const

  it('carry what is mandatory and bring the final response', async () => {
    const outcome = server.stack.request({ ...register, to: peer.address })
    const request = await peer.nextRequest('REGISTER')
    expect([request.toTag, request.cseq.sequence, request.maxForwards, request.header('expires'), request.contacts.length]).toEqual([
      undefined,
      1,
      70,
      '300',
      1,
    ])
    expect(request.fromTag).toMatch(/.{8}/)
    peer.respond(request, 100)
    peer.respond(request, 403)
    expect(await outcome).toMatchObject({ statusCode: 403 })
  })

  it('are sent again at T1, 2*T1 … and time out', async () => {
    const outcome = server.stack.request({ ...register, to: peer.address })
    await peer.nextRequest('REGISTER')
    harness.time.advance(500)
    await peer.nextRequest('REGISTER')
    harness.time.advance(31_500)
    expect(await outcome).toEqual({ timedOut: true })
    const soon = server.stack.request({ ...register, to: peer.address, timeoutMs: 700 })
    harness.time.advance(700)
    expect(await soon).toEqual({ timedOut: true })
  })

  it.skipIf(!HAS_IPV6)('go over IPv6 too', async () => {
    const six = { listen: { host: '::1', udpPort: 0, tcpPort: 0 }, publicAddress: '::1' }
    const [left, right] = [await harness.stack(six), await harness.stack(six)]
    for (const transport of ['udp', 'tcp'] as const) {
      const to = { transport, address: '::1', port: right[transport].port }
      expect(await left.stack.request({ ...register, method: 'OPTIONS', to })).toMatchObject({ statusCode: 200 })
    }
  })

  it('tell when they cannot be sent, or when the stack stops first', async () => {
    expect(await server.stack.request({ ...register, to: { transport: 'udp', address: '255.255.255.255', port: 5060 } })).toEqual({
      failed: 'not a destination',
    })
    const outcome = server.stack.request({ ...register, to: peer.address })
    await server.stack.stop()
    expect(await outcome).toEqual({ failed: 'the stack has stopped' })
  })
})
