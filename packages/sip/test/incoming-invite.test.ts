import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IncomingInvite } from '../src/index.ts'
import { Arrivals } from './arrivals.ts'
import { ANSWER, describeMessage, OFFER, type RawPeer } from './raw-peer.ts'
import { LegWatch, type RunningStack, StackHarness } from './stack-harness.ts'

let harness: StackHarness
let callee: RunningStack
let peer: RawPeer
let invites: Arrivals<IncomingInvite>

beforeEach(async () => {
  harness = new StackHarness()
  callee = await harness.stack()
  peer = await harness.peer()
  invites = new Arrivals()
  callee.stack.onInvite((invite) => invites.push(invite))
})
afterEach(() => harness.close())

const CALL = { method: 'INVITE', callId: 'call', branch: 'z9hG4bKinvite', body: OFFER } as const

async function ring() {
  const text = peer.request(CALL, callee.udp)
  const invite = await invites.next()
  await peer.nextResponse(100)
  return { text, invite, watch: new LegWatch(invite.leg), to: `<sip:stack@127.0.0.1>;tag=${invite.leg.id}` }
}

async function answer() {
  const call = await ring()
  call.invite.answer({ body: ANSWER })
  const response = await peer.nextResponse(200)
  return { ...call, response }
}

function acknowledge(to: string, sequence = 1): void {
  peer.request({ method: 'ACK', callId: 'call', to, sequence }, callee.udp)
}

async function connect() {
  const call = await answer()
  acknowledge(call.to)
  await call.watch.next('acknowledged')
  return call
}

async function hangUp(to: string, sequence = 100): Promise<void> {
  peer.request({ method: 'BYE', callId: 'call', to, sequence }, callee.udp)
  await peer.nextResponse(200, 'BYE')
}

const drained = async () => (await peer.drain(callee.udp)).map(describeMessage)

describe('an INVITE (RFC 3261 13.3, 17.2.1)', () => {
  it('gets 100 at once and the last response for each copy; the call is offered once', async () => {
    const { text, invite } = await ring()
    peer.sendBytes(text, callee.udp)
    await peer.nextResponse(100)
    invite.progress(180)
    const ringing = await peer.nextResponse(180)
    expect([ringing.toTag, ringing.contacts.length]).toEqual([invite.leg.id, 1])
    peer.sendBytes(text, callee.udp)
    expect((await peer.nextResponse(180)).toTag).toBe(invite.leg.id)
    invite.reject(486)
    expect((await peer.nextResponse(486)).toTag).toBe(invite.leg.id)
    peer.sendBytes(text, callee.udp)
    await peer.nextResponse(486)
    expect(invites.takeAll()).toEqual([])
    // 17.2.1: timer G, until the ACK of the same branch comes.
    harness.time.advance(500)
    await peer.nextResponse(486)
    peer.request({ method: 'ACK', callId: 'call', branch: 'z9hG4bKinvite', to: `<sip:stack@127.0.0.1>;tag=${invite.leg.id}` }, callee.udp)
    expect(await drained()).toEqual([])
    harness.time.advance(3000)
    expect(await drained()).toEqual([])
  })

  it('repeats its provisional response every minute (13.3.1.1)', async () => {
    const { invite } = await ring()
    invite.progress(180)
    await peer.nextResponse(180)
    harness.time.advance(60_000)
    await peer.nextResponse(180)
    invite.reject(480)
    await peer.nextResponse(480)
  })

  it('says where a peer behind NAT came from and answers there (RFC 3581)', async () => {
    peer.request({ ...CALL, via: 'SIP/2.0/UDP 192.168.9.9:5060;branch=z9hG4bKnat;rport' }, callee.udp)
    const trying = await peer.nextResponse(100)
    expect(trying.topVia.parameters.get('received')).toBe('127.0.0.1')
    expect(trying.topVia.parameters.get('rport')).toBe(String(peer.port))
    ;(await invites.next()).reject(404)
    await peer.nextResponse(404)
  })

  it('copies Record-Route and takes its route from it (12.1.1, 12.2.1.1)', async () => {
    const proxy = await harness.peer()
    const route = `<sip:127.0.0.1:${proxy.port};lr>`
    peer.request({ ...CALL, headers: [['Record-Route', route]] }, callee.udp)
    const invite = await invites.next()
    await peer.nextResponse(100)
    invite.answer({ body: ANSWER })
    expect((await peer.nextResponse(200)).headers('record-route')).toEqual([route])
    acknowledge(`<sip:stack@127.0.0.1>;tag=${invite.leg.id}`)
    await new LegWatch(invite.leg).next('acknowledged')
    invite.leg.bye()
    const bye = await proxy.nextRequest('BYE')
    expect([bye.uriText, bye.headers('route')]).toEqual([`sip:peer@127.0.0.1:${peer.port}`, [route]])
    proxy.respond(bye, 200)
    await proxy.drain(callee.udp)
  })
})

describe('our 2xx (RFC 3261 13.3.1.4)', () => {
  it('is repeated at T1, 2*T1, … T2 until the ACK comes', async () => {
    const { response, to, watch, text } = await answer()
    expect([`<sip:stack@127.0.0.1>;tag=${response.toTag}`, response.contacts.length, response.bodyText]).toEqual([to, 1, ANSWER])
    for (const waitMs of [500, 1000, 2000, 4000, 4000]) {
      harness.time.advance(waitMs - 1)
      expect(await drained()).toEqual([])
      harness.time.advance(1)
      await peer.nextResponse(200)
    }
    // RFC 6026: a copy of the INVITE changes nothing.
    peer.sendBytes(text, callee.udp)
    expect(await drained()).toEqual([])
    acknowledge(to)
    await watch.next('acknowledged')
    harness.time.advance(10_000)
    expect(await drained()).toEqual([])
    acknowledge(to)
    await hangUp(to)
    expect(watch.rest).toEqual(['bye'])
  })

  it('ends in BYE when no ACK comes in 64*T1', async () => {
    const shortTimes = await harness.stack({ timing: { t1Ms: 20 } })
    shortTimes.stack.onInvite((invite) => invites.push(invite))
    peer.request(CALL, shortTimes.udp)
    const invite = await invites.next()
    const watch = new LegWatch(invite.leg)
    await peer.nextResponse(100)
    invite.answer({ body: ANSWER })
    harness.time.advance(64 * 20)
    await watch.next('ackTimeout')
    expect(invite.leg.state).toBe('terminated')
    const sent = await peer.drain(shortTimes.udp)
    expect(sent.slice(0, -1).every((message) => describeMessage(message) === '200 INVITE')).toBe(true)
    const bye = sent.at(-1)
    if (bye?.kind !== 'request') throw new Error('no BYE')
    expect([bye.method, bye.callId, bye.fromTag, bye.toTag]).toEqual(['BYE', 'call', invite.leg.id, 'peer'])
    peer.respond(bye, 200)
    await peer.drain(shortTimes.udp)
  })

  it('holds our BYE back until the ACK comes (15)', async () => {
    const { invite, to, watch } = await answer()
    invite.leg.bye()
    expect(invite.leg.state).toBe('terminated')
    expect(await drained()).toEqual([])
    acknowledge(to)
    const bye = await peer.nextRequest('BYE')
    peer.respond(bye, 200)
    await peer.drain(callee.udp)
    expect(watch.rest).toEqual([])
  })
})

describe('CANCEL (RFC 3261 9.2)', () => {
  it('is answered 200 and ends the INVITE with 487', async () => {
    const { watch, invite } = await ring()
    peer.request({ method: 'CANCEL', callId: 'call', branch: 'z9hG4bKinvite', headers: [['Reason', 'SIP;cause=200']] }, callee.udp)
    expect((await peer.nextResponse(200, 'CANCEL')).toTag).toBe(invite.leg.id)
    expect((await peer.nextResponse(487, 'INVITE')).toTag).toBe(invite.leg.id)
    expect((await watch.next('cancelled')).reason).toBe('SIP;cause=200')
    // A copy finds the transaction still there.
    peer.request({ method: 'CANCEL', callId: 'call', branch: 'z9hG4bKinvite' }, callee.udp)
    await peer.nextResponse(200, 'CANCEL')
    expect(watch.rest).toEqual([])
  })

  it('changes nothing after the final response', async () => {
    const { to, watch } = await answer()
    peer.request({ method: 'CANCEL', callId: 'call', branch: 'z9hG4bKinvite' }, callee.udp)
    await peer.nextResponse(200, 'CANCEL')
    acknowledge(to)
    await watch.next('acknowledged')
    await hangUp(to)
  })

  it('gets 481 when there is nothing to cancel', async () => {
    peer.request({ method: 'CANCEL' }, callee.udp)
    await peer.nextResponse(481, 'CANCEL')
  })
})

describe('an early dialog', () => {
  it('ends with the BYE of the caller (15)', async () => {
    const { watch, to } = await ring()
    peer.request({ method: 'BYE', callId: 'call', to, sequence: 2 }, callee.udp)
    await peer.nextResponse(200, 'BYE')
    await peer.nextResponse(487, 'INVITE')
    await watch.next('cancelled')
  })

  it('refuses a second INVITE with 500 and Retry-After (14.2)', async () => {
    const { invite, to } = await ring()
    peer.request({ method: 'INVITE', callId: 'call', to, sequence: 2, body: OFFER }, callee.udp)
    expect(Number((await peer.nextResponse(500)).header('retry-after'))).toBeLessThanOrEqual(10)
    invite.reject(480)
    await peer.nextResponse(480)
  })
})

describe('requests in a dialog (RFC 3261 12.2.2)', () => {
  it('get 481 when we know no such dialog, of whatever Call-ID, tag and method', async () => {
    const { to } = await connect()
    for (const method of ['BYE', 'INVITE', 'INFO', 'UPDATE', 'OPTIONS', 'SUBSCRIBE', 'NOTIFY']) {
      peer.request({ method, callId: 'call', to: '<sip:stack@127.0.0.1>;tag=unknown', sequence: 9 }, callee.udp)
      await peer.nextResponse(481, method)
      peer.request({ method, callId: 'other', to, sequence: 9 }, callee.udp)
      await peer.nextResponse(481, method)
      peer.request({ method, callId: 'call', to, from: '<sip:peer@127.0.0.1>;tag=stranger', sequence: 9 }, callee.udp)
      await peer.nextResponse(481, method)
    }
    await hangUp(to)
  })

  it('get what each is for', async () => {
    const { to, watch } = await connect()
    const expected = { OPTIONS: 200, INFO: 200, UPDATE: 405, REFER: 405, PRACK: 405, NOTIFY: 489, MESSAGE: 405, FROBNICATE: 501 }
    let sequence = 1
    for (const [method, statusCode] of Object.entries(expected)) {
      peer.request({ method, callId: 'call', to, sequence: ++sequence }, callee.udp)
      const response = await peer.nextResponse(statusCode, method)
      if (statusCode === 405) expect(response.header('allow')).toBe('INVITE, ACK, CANCEL, BYE, OPTIONS, INFO')
    }
    await watch.next('info')
    await hangUp(to)
    expect(watch.rest).toEqual(['bye'])
  })

  it('get 500 when they are out of order', async () => {
    const { to } = await connect()
    peer.request({ method: 'INFO', callId: 'call', to, sequence: 5 }, callee.udp)
    await peer.nextResponse(200, 'INFO')
    peer.request({ method: 'INFO', callId: 'call', to, sequence: 4 }, callee.udp)
    await peer.nextResponse(500, 'INFO')
    await hangUp(to)
  })

  it('are told once: a copy of INFO or BYE gets its answer again', async () => {
    const { to, watch } = await connect()
    for (const parts of [
      { method: 'INFO', sequence: 2 },
      { method: 'BYE', sequence: 3 },
    ]) {
      const text = peer.request({ ...parts, callId: 'call', to }, callee.udp)
      await peer.nextResponse(200, parts.method)
      peer.sendBytes(text, callee.udp)
      await peer.nextResponse(200, parts.method)
    }
    expect(watch.rest).toEqual(['info', 'bye'])
  })
})

describe('re-INVITE of the peer (RFC 3261 14.2)', () => {
  it('gets 500 with Retry-After while another is unanswered, 491 while ours is under way, 415 for other bodies', async () => {
    const { to, watch, invite } = await connect()
    const reinvite = (sequence: number, contentType?: string) =>
      peer.request({ method: 'INVITE', callId: 'call', to, sequence, body: OFFER, ...(contentType === undefined ? {} : { contentType }) }, callee.udp)
    reinvite(2)
    await peer.nextResponse(100)
    const offered = await watch.next('reinvite')
    reinvite(3)
    expect((await peer.nextResponse(500)).header('retry-after')).toBeDefined()
    offered.answer(ANSWER)
    await peer.nextResponse(200, 'INVITE')
    // 14.1: ours waits for the ACK of that one.
    invite.leg.reinvite(OFFER)
    expect(await drained()).toEqual([])
    acknowledge(to, 2)
    const ours = await peer.nextRequest('INVITE')
    reinvite(4)
    await peer.nextResponse(491)
    peer.respond(ours, 488)
    await peer.nextRequest('ACK')
    expect((await watch.next('reinviteRejected')).statusCode).toBe(488)
    reinvite(5, 'text/plain')
    expect((await peer.nextResponse(415)).header('accept')).toBe('application/sdp')
    await hangUp(to)
  })

  it('without offer gets ours, and its ACK brings the answer', async () => {
    const { to, watch } = await connect()
    peer.request({ method: 'INVITE', callId: 'call', to, sequence: 2 }, callee.udp)
    await peer.nextResponse(100)
    const asked = await watch.next('reinvite')
    expect(asked.body).toBeUndefined()
    asked.answer(OFFER)
    expect((await peer.nextResponse(200, 'INVITE')).bodyText).toBe(OFFER)
    peer.request({ method: 'ACK', callId: 'call', to, sequence: 2, body: ANSWER }, callee.udp)
    expect((await watch.next('acknowledged')).body).toBe(ANSWER)
    await hangUp(to)
  })

  it('is ended by CANCEL, and by our BYE, with 487', async () => {
    const { to, watch, invite } = await connect()
    peer.request({ method: 'INVITE', callId: 'call', to, sequence: 2, body: OFFER, branch: 'z9hG4bKre' }, callee.udp)
    await peer.nextResponse(100)
    const offered = await watch.next('reinvite')
    peer.request({ method: 'CANCEL', callId: 'call', to, sequence: 2, branch: 'z9hG4bKre' }, callee.udp)
    await peer.nextResponse(200, 'CANCEL')
    await peer.nextResponse(487, 'INVITE')
    offered.answer(ANSWER)
    expect(await drained()).toEqual([])
    peer.request({ method: 'INVITE', callId: 'call', to, sequence: 3, body: OFFER }, callee.udp)
    await peer.nextResponse(100)
    await watch.next('reinvite')
    invite.leg.bye()
    await peer.nextResponse(487, 'INVITE')
    peer.respond(await peer.nextRequest('BYE'), 200)
    await peer.drain(callee.udp)
  })

  it('ends the call when its 2xx is not acknowledged (14.2)', async () => {
    const { to, watch } = await connect()
    peer.request({ method: 'INVITE', callId: 'call', to, sequence: 2, body: OFFER }, callee.udp)
    await peer.nextResponse(100)
    ;(await watch.next('reinvite')).answer(ANSWER)
    harness.time.advance(32_000)
    await watch.next('ackTimeout')
    expect((await drained()).at(-1)).toBe('BYE')
  })

  it('gets 500 when the handler throws', async () => {
    const { to, invite } = await connect()
    invite.leg.onEvent((event) => {
      if (event.type === 'reinvite') throw new Error('bug in the leg handler')
    })
    peer.request({ method: 'INVITE', callId: 'call', to, sequence: 2, body: OFFER }, callee.udp)
    await peer.nextResponse(100)
    await peer.nextResponse(500)
    expect(callee.errors).toHaveLength(1)
    await hangUp(to)
  })
})

describe('BYE of both at once', () => {
  it('is answered 200 by us too', async () => {
    const { to, invite, watch } = await connect()
    invite.leg.bye()
    const ours = await peer.nextRequest('BYE')
    await hangUp(to)
    peer.respond(ours, 481)
    await peer.drain(callee.udp)
    expect(watch.rest).toEqual([])
  })
})
