import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HandedOver, Header, IncomingInvite, SipStackOptions } from '../src/index.ts'
import { ownerOf } from '../src/user-agent/message-owner.ts'
import { parseMessage, type SipMessage } from '../src/message/index.ts'
import { ANSWER, OFFER, type RawPeer } from './raw-peer.ts'
import { LegWatch, type RunningStack, StackHarness } from './stack-harness.ts'
import { RawConnection } from './raw-connection.ts'

const COUNT = 2
/** Over connections; each stack has a few more places. */
const PHONES = 12

let harness: StackHarness
/** Both listen on the port of the first. */
let stacks: RunningStack[]
let handed: HandedOver[]
let invites: { readonly place: number; readonly invite: IncomingInvite }[]
let connections: RawConnection[]

beforeEach(async () => {
  harness = new StackHarness()
  stacks = []
  handed = []
  invites = []
  connections = []
  await addStack(0, { udpPort: 0, tcpPort: 0 })
  await addStack(1, { udpPort: stacks[0]?.udp.port ?? 0, tcpPort: stacks[0]?.tcp.port ?? 0 })
})
afterEach(async () => {
  for (const connection of connections) connection.close()
  await harness.close()
})

async function addStack(place: number, ports: { udpPort: number; tcpPort: number }): Promise<void> {
  const sharedPort: SipStackOptions['sharedPort'] = {
    place,
    count: COUNT,
    handOver: (to, given) => {
      handed.push(given)
      stacks[to]?.stack.takeOver(given, place)
    },
  }
  const running = await harness.stack({ listen: { host: '127.0.0.1', ...ports }, reusePort: true, sharedPort, limits: { maxConnections: PHONES + 4 } })
  running.stack.onInvite((invite) => invites.push({ place, invite }))
  running.stack.onRequest('REGISTER', (request) => request.respond(200, { reasonPhrase: `by ${place}` }))
  stacks.push(running)
}

function stackAt(place: number): RunningStack {
  const running = stacks[place]
  if (running === undefined) throw new Error(`no stack at ${place}`)
  return running
}

/** Peers whose datagrams the kernel brings to either stack: one of them is foreign to any owner. */
async function peersOfBothStacks(): Promise<readonly [RawPeer, RawPeer]> {
  const found = new Map<number, RawPeer>()
  while (found.size < COUNT) {
    const peer = await harness.peer()
    const before = stackAt(0).stack.statistics.received
    peer.request({ method: 'OPTIONS', callId: 'which' }, stackAt(0).udp)
    await peer.nextResponse(200)
    found.set(stackAt(0).stack.statistics.received > before ? 0 : 1, peer)
  }
  const [first, second] = [found.get(0), found.get(1)]
  if (first === undefined || second === undefined) throw new Error('the kernel spreads nothing')
  return [first, second]
}

/** A Call-ID of requests that belong to the stack at this place. */
function callIdFor(place: number): string {
  for (let n = 0; ; n++) if (ownerOf(message(`OPTIONS sip:x SIP/2.0\r\nCall-ID: call-${n}\r\n\r\n`), { count: COUNT }) === place) return `call-${n}`
}

function message(text: string): SipMessage {
  const parsed = parseMessage(Buffer.from(text))
  if (!parsed.ok) throw new Error(parsed.error.reason)
  return parsed.value
}

describe('several stacks on one port', () => {
  it('an INVITE and its copies over another way make one call, and its CANCEL finds it (RFC 3261 8.2.2.2, 9.2, 17.2.3)', async () => {
    const [first, second] = await peersOfBothStacks()
    const port = stackAt(0).udp
    for (const owner of [0, 1]) {
      const callId = callIdFor(owner)
      const invite = {
        method: 'INVITE',
        branch: `z9hG4bKone${owner}`,
        via: `SIP/2.0/UDP 127.0.0.1:${first.port};branch=z9hG4bKone${owner}`,
        callId,
        body: OFFER,
      }
      first.request(invite, port)
      await first.nextResponse(100)
      // The retransmission and the CANCEL leave from another socket: a NAT gave the phone a new port meanwhile.
      second.request(invite, port)
      await first.nextResponse(100)
      // Forked upstream and merged here.
      second.request({ method: 'INVITE', callId, body: OFFER }, port)
      await second.nextResponse(482)
      second.request({ ...invite, method: 'CANCEL', body: '' }, port)
      await first.nextResponse(200, 'CANCEL')
      await first.nextResponse(487)
      expect(invites.splice(0).map((taken) => taken.place)).toEqual([owner])
    }
  })

  it('answers, ACK and BYE come to the stack of the call, whichever way the kernel brings them (RFC 3261 12, 17.1.3)', async () => {
    const peers = await peersOfBothStacks()
    for (const owner of [0, 1]) {
      for (const peer of peers) {
        const { stack, udp } = stackAt(owner)
        const outgoing = stack.invite({
          uri: 'sip:peer@127.0.0.1',
          to: peer.address,
          from: '<sip:stack@127.0.0.1>',
          toHeader: '<sip:peer@127.0.0.1>',
          headers: [],
          body: OFFER,
        })
        const watch = new LegWatch(outgoing.leg)
        const invite = await peer.nextRequest('INVITE')
        peer.respond(invite, 180)
        await watch.next('progress')
        peer.respond(invite, 200, { body: ANSWER })
        await watch.next('answered')
        await peer.nextRequest('ACK')
        peer.request({ method: 'BYE', callId: invite.callId, from: '<sip:peer@127.0.0.1>;tag=peer', to: `<sip:stack@127.0.0.1>;tag=${invite.fromTag}` }, udp)
        await peer.nextResponse(200, 'BYE')
        await watch.next('bye')
      }
    }
    expect(handed.length).toBeGreaterThan(0)
  })

  it('one stack takes every REGISTER of a line, whatever Call-ID and way (RFC 3261 10.3)', async () => {
    const peers = await peersOfBothStacks()
    const by = new Set<string>()
    for (const peer of peers) {
      for (let n = 0; n < 8; n++) {
        peer.request({ method: 'REGISTER', to: '<sip:al%69ce@127.0.0.1>', callId: `registration-${n}`, sequence: peers.indexOf(peer) + 1 }, stackAt(0).udp)
        by.add((await peer.nextResponse(200)).reasonPhrase)
      }
    }
    expect(by.size).toBe(1)
  })

  it('a connection of one stack carries the calls of the other, and its end ends them there (RFC 3261 18, RFC 5626 4.2)', async () => {
    // So many that the kernel gives some to either stack.
    for (let n = 0; n < 12; n++) {
      const connection = new RawConnection(stackAt(0).tcp.port)
      connections.push(connection)
      const owner = n % 2
      const via = `SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKtcp${n}`
      const lines = [`INVITE sip:x@127.0.0.1 SIP/2.0`, `Via: ${via}`, 'Max-Forwards: 70', `From: <sip:p@x>;tag=${n}`, 'To: <sip:x@x>']
      const invite = [...lines, `Call-ID: ${callIdFor(owner)}`, 'CSeq: 1 INVITE', 'Contact: <sip:p@127.0.0.1:9>', `Content-Length: 0`, '', ''].join('\r\n')
      connection.write(invite)
      expect(await connection.messages.next()).toMatchObject({ statusCode: 100 })
      const taken = invites.pop()
      expect(taken?.place).toBe(owner)
      taken?.invite.reject(486)
      expect(await connection.messages.next()).toMatchObject({ statusCode: 486 })
      connection.write(invite.replaceAll('INVITE', 'ACK'))
      const closed = new Promise<void>((resolve) => stackAt(owner).stack.onFlowClosed((id) => void (id === taken?.invite.source.connectionId && resolve())))
      connection.close()
      await closed
    }
    expect(handed.some((given) => given.kind === 'send')).toBe(true)
  })

  it('whoever is served by one stack keeps his place in the other when strangers want it', async () => {
    const open = async (method: string, n: number): Promise<RawConnection> => {
      const connection = new RawConnection(stackAt(0).tcp.port)
      connections.push(connection)
      await say(connection, method, n)
      return connection
    }
    const say = async (connection: RawConnection, method: string, n: number): Promise<void> => {
      const address = `<sip:p${n % PHONES}@x>`
      const lines = [`${method} sip:x SIP/2.0`, `Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK${method}${n}`, 'Max-Forwards: 70', `From: ${address};tag=${n}`]
      connection.write([...lines, `To: ${address}`, `Call-ID: ${n}`, `CSeq: 1 ${method}`, 'Content-Length: 0', '', ''].join('\r\n'))
      expect(await connection.messages.next()).toMatchObject({ statusCode: 200, callId: String(n) })
    }
    const phones: RawConnection[] = []
    for (let n = 0; n < PHONES; n++) phones.push(await open('REGISTER', n))
    expect(handed.some((given) => given.kind === 'keep')).toBe(true)
    for (let n = 100; n < 100 + 5 * PHONES; n++) await open('OPTIONS', n)
    for (const [n, phone] of phones.entries()) await say(phone, 'REGISTER', 1000 + PHONES * n + n)
  })

  it('what is for a connection that is gone is told to who sent it', async () => {
    const gone = { transport: 'tcp', address: '127.0.0.1', port: 9, connectionId: '1tcp-earlier-1' } as const
    const headers: readonly Header[] = [
      ['From', '<sip:s@x>'],
      ['To', '<sip:x@x>'],
    ]
    const outcome = await stackAt(0).stack.request({ method: 'OPTIONS', uri: 'sip:x@127.0.0.1', to: gone, headers })
    expect(outcome).toHaveProperty('failed')
  })
})
