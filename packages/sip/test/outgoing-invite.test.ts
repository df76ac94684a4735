import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OutgoingInviteOptions } from '../src/index.ts'
import { ANSWER, describeMessage, OFFER, type RawPeer } from './raw-peer.ts'
import { LegWatch, type RunningStack, StackHarness } from './stack-harness.ts'

let harness: StackHarness
let caller: RunningStack
let peer: RawPeer

beforeEach(async () => {
  harness = new StackHarness()
  caller = await harness.stack()
  peer = await harness.peer()
})
afterEach(() => harness.close())

async function call(more: Partial<OutgoingInviteOptions> = {}) {
  const options = { uri: 'sip:bob@test', to: peer.address, from: '<sip:alice@test>', toHeader: '<sip:bob@test>', headers: [], body: OFFER, ...more }
  const out = caller.stack.invite(options)
  const watch = new LegWatch(out.leg)
  const invite = await peer.nextRequest('INVITE')
  return { out, watch, invite }
}

async function connect(more: Partial<OutgoingInviteOptions> = {}) {
  const { out, watch, invite } = await call(more)
  peer.respond(invite, 200, { body: ANSWER })
  await watch.next('answered')
  const ack = await peer.nextRequest('ACK')
  return { out, watch, invite, ack }
}

const drained = async () => (await peer.drain(caller.udp)).map(describeMessage)

/** Takes the BYE of the stack and answers it. */
async function acceptBye(): Promise<void> {
  peer.respond(await peer.nextRequest('BYE'), 200)
  await peer.drain(caller.udp)
}

describe('our INVITE (RFC 3261 13.2, 17.1.1)', () => {
  it('carries what an INVITE must carry, and what its user adds', async () => {
    const headers = [
      ['Max-Forwards', '12'],
      ['X-Note', 'one'],
    ] as const
    const { out, invite, watch } = await call({ headers, contactUser: 'alice' })
    expect([invite.method, invite.uriText, invite.callId, invite.fromTag, invite.toTag]).toEqual([
      'INVITE',
      'sip:bob@test',
      out.leg.callId,
      out.leg.id,
      undefined,
    ])
    expect([invite.maxForwards, invite.header('x-note'), invite.bodyText, invite.contentType]).toEqual([12, 'one', OFFER, 'application/sdp'])
    expect(invite.contacts[0]?.uriText).toBe(`sip:alice@127.0.0.1:${caller.udp.port}`)
    expect(invite.topVia.parameters.get('branch')).toMatch(/^z9hG4bK.{16}/)
    expect(invite.topVia.parameters.has('rport')).toBe(true)
    peer.respond(invite, 603)
    await peer.nextRequest('ACK')
    expect((await watch.next('rejected')).statusCode).toBe(603)
  })

  it('is sent again until something comes, and given up after 64*T1 with 408', async () => {
    const { watch } = await call()
    for (const waitMs of [500, 1000, 2000]) {
      harness.time.advance(waitMs)
      await peer.nextRequest('INVITE')
    }
    harness.time.advance(28_500)
    expect(await watch.next('rejected')).toEqual({ type: 'rejected', statusCode: 408, reasonPhrase: 'Request Timeout', response: undefined })
    expect(await drained()).toEqual(['INVITE', 'INVITE', 'INVITE'])
  })

  it('acknowledges a refusal, again for each copy of it (17.1.1.3)', async () => {
    const { watch, invite } = await call()
    peer.respond(invite, 486)
    const ack = await peer.nextRequest('ACK')
    expect([ack.uriText, ack.topVia.text, ack.cseq, ack.toTag, ack.fromTag]).toEqual([
      invite.uriText,
      invite.topVia.text,
      { sequence: 1, method: 'ACK' },
      'peer',
      invite.fromTag,
    ])
    peer.respond(invite, 486)
    await peer.nextRequest('ACK')
    await watch.next('rejected')
    expect(watch.rest).toEqual([])
  })

  it('is answered once; the ACK goes again for each copy of the 2xx (13.2.2.4)', async () => {
    const { invite, ack, watch, out } = await connect()
    expect([ack.uriText, ack.cseq.sequence, ack.toTag]).toEqual([`sip:peer@127.0.0.1:${peer.port}`, 1, 'peer'])
    expect(ack.topVia.parameters.get('branch')).not.toBe(invite.topVia.parameters.get('branch'))
    peer.respond(invite, 200, { body: ANSWER })
    expect((await peer.nextRequest('ACK')).topVia.text).toBe(ack.topVia.text)
    expect(watch.rest).toEqual([])
    out.leg.bye()
    await acceptBye()
  })

  it('acknowledges and ends the other calls a fork has made (13.2.2.4)', async () => {
    const { invite, watch, out } = await connect()
    peer.respond(invite, 200, { toTag: 'second', body: ANSWER })
    expect((await peer.nextRequest('ACK')).toTag).toBe('second')
    const bye = await peer.nextRequest('BYE')
    expect([bye.toTag, bye.cseq.sequence]).toEqual(['second', 2])
    peer.respond(bye, 200)
    // Its copy is acknowledged too, and not hung up twice.
    peer.respond(invite, 200, { toTag: 'second', body: ANSWER })
    await peer.nextRequest('ACK')
    expect([watch.rest, out.leg.state]).toEqual([[], 'confirmed'])
    out.leg.bye()
    await acceptBye()
  })

  it('goes back through the proxies of the 2xx', async () => {
    const proxy = await harness.peer()
    const { out, watch, invite } = await call()
    peer.respond(invite, 200, { body: ANSWER, headers: [['Record-Route', `<sip:127.0.0.1:${proxy.port};lr>`]] })
    await watch.next('answered')
    const ack = await proxy.nextRequest('ACK')
    expect([ack.uriText, ack.headers('route')]).toEqual([`sip:peer@127.0.0.1:${peer.port}`, [`<sip:127.0.0.1:${proxy.port};lr>`]])
    out.leg.bye()
    proxy.respond(await proxy.nextRequest('BYE'), 200)
    await proxy.drain(caller.udp)
  })
})

describe('giving up (RFC 3261 9.1)', () => {
  it('waits for a provisional response before CANCEL goes out', async () => {
    const { out, watch, invite } = await call()
    out.cancel([['Reason', 'SIP;cause=200']])
    expect(await drained()).toEqual([])
    peer.respond(invite, 100)
    const cancel = await peer.nextRequest('CANCEL')
    expect([cancel.uriText, cancel.topVia.text, cancel.cseq, cancel.header('reason')]).toEqual([
      invite.uriText,
      invite.topVia.text,
      { sequence: 1, method: 'CANCEL' },
      'SIP;cause=200',
    ])
    peer.respond(cancel, 200)
    peer.respond(invite, 487)
    await peer.nextRequest('ACK')
    expect((await watch.next('rejected')).statusCode).toBe(487)
  })

  it('acknowledges and hangs up a 2xx that crosses the CANCEL', async () => {
    const { out, watch, invite } = await call()
    peer.respond(invite, 180)
    await watch.next('progress')
    out.cancel()
    const cancel = await peer.nextRequest('CANCEL')
    peer.respond(invite, 200, { body: ANSWER })
    await peer.nextRequest('ACK')
    const bye = await peer.nextRequest('BYE')
    peer.respond(cancel, 200)
    peer.respond(bye, 200)
    expect(await watch.next('rejected')).toMatchObject({ statusCode: 487, response: undefined })
    await peer.drain(caller.udp)
    expect(watch.rest).toEqual([])
  })

  it('takes the answer the peer gave instead', async () => {
    const { out, watch, invite } = await call()
    peer.respond(invite, 180)
    await watch.next('progress')
    out.cancel()
    peer.respond(await peer.nextRequest('CANCEL'), 200)
    peer.respond(invite, 486)
    await peer.nextRequest('ACK')
    expect((await watch.next('rejected')).statusCode).toBe(486)
  })

  it('stops waiting for the peer 64*T1 after the CANCEL', async () => {
    const { out, watch, invite } = await call()
    peer.respond(invite, 180)
    await watch.next('progress')
    out.cancel()
    await peer.nextRequest('CANCEL')
    harness.time.advance(32_000)
    expect(await watch.next('rejected')).toMatchObject({ statusCode: 487, response: undefined })
  })

  it('gives up by itself after noAnswerTimeoutMs with 408', async () => {
    const { watch, invite } = await call({ noAnswerTimeoutMs: 20_000 })
    peer.respond(invite, 180)
    await watch.next('progress')
    harness.time.advance(19_999)
    expect(await drained()).toEqual([])
    harness.time.advance(1)
    peer.respond(await peer.nextRequest('CANCEL'), 200)
    peer.respond(invite, 487)
    await peer.nextRequest('ACK')
    expect((await watch.next('rejected')).statusCode).toBe(408)
  })
})

describe('the dialog (RFC 3261 12.2.1, 14.1, 15)', () => {
  it('is hung up by the peer', async () => {
    const { watch, out, invite } = await connect()
    peer.request({ method: 'BYE', callId: out.leg.callId, from: '<sip:bob@test>;tag=peer', to: `<sip:alice@test>;tag=${invite.fromTag}` }, caller.udp)
    await peer.nextResponse(200, 'BYE')
    await watch.next('bye')
    expect(out.leg.state).toBe('terminated')
  })

  it.each([481, 408])('is gone when a re-INVITE gets %i', async (statusCode) => {
    const { watch, out } = await connect()
    out.leg.reinvite(OFFER)
    const reinvite = await peer.nextRequest('INVITE')
    expect([reinvite.toTag, reinvite.cseq.sequence, reinvite.contacts.length]).toEqual(['peer', 2, 1])
    peer.respond(reinvite, statusCode)
    await peer.nextRequest('ACK')
    expect((await watch.next('gone')).statusCode).toBe(statusCode)
    expect(out.leg.state).toBe('terminated')
    if (statusCode === 408) await acceptBye()
  })

  it('is gone when the BYE is not known or not answered', async () => {
    const first = await connect()
    first.out.leg.bye()
    peer.respond(await peer.nextRequest('BYE'), 481)
    expect((await first.watch.next('gone')).statusCode).toBe(481)
    const second = await connect()
    second.out.leg.bye()
    await peer.nextRequest('BYE')
    harness.time.advance(32_000)
    expect((await second.watch.next('gone')).statusCode).toBe(408)
  })

  it('tries a re-INVITE again after a 491, 2.1 to 4 seconds later for it made the Call-ID (14.1)', async () => {
    const { watch, out } = await connect()
    out.leg.reinvite(OFFER)
    peer.respond(await peer.nextRequest('INVITE'), 491)
    await peer.nextRequest('ACK')
    harness.time.advance(2099)
    expect(await drained()).toEqual([])
    harness.time.advance(1901)
    const [again] = await peer.drain(caller.udp)
    if (again?.kind !== 'request') throw new Error('no second re-INVITE')
    expect([again.method, again.cseq.sequence]).toEqual(['INVITE', 3])
    peer.respond(again, 200, { body: ANSWER })
    expect((await watch.next('reinviteAnswered')).body).toBe(ANSWER)
    expect((await peer.nextRequest('ACK')).cseq.sequence).toBe(3)
    // A copy of the 2xx is acknowledged again, without another event.
    peer.respond(again, 200, { body: ANSWER })
    await peer.nextRequest('ACK')
    expect(watch.rest).toEqual([])
    out.leg.bye()
    await acceptBye()
  })

  it('sends one re-INVITE at a time and the newest offer of those that wait', async () => {
    const { watch, out } = await connect()
    out.leg.reinvite('v=0 first')
    out.leg.reinvite('v=0 second')
    out.leg.reinvite('v=0 third')
    const first = await peer.nextRequest('INVITE')
    expect(await drained()).toEqual([])
    peer.respond(first, 200, { body: ANSWER })
    await watch.next('reinviteAnswered')
    await peer.nextRequest('ACK')
    const third = await peer.nextRequest('INVITE')
    expect(third.bodyText).toBe('v=0 third')
    peer.respond(third, 488)
    await peer.nextRequest('ACK')
    await watch.next('reinviteRejected')
    out.leg.bye()
    await acceptBye()
  })

  it('forgets a re-INVITE when it is hung up', async () => {
    const { out, watch } = await connect()
    out.leg.reinvite(OFFER)
    await peer.nextRequest('INVITE')
    out.leg.bye()
    await acceptBye()
    expect(watch.rest).toEqual([])
  })

  it('follows the peer that moves with its 2xx to a re-INVITE (12.2.1.2)', async () => {
    const elsewhere = await harness.peer()
    const { watch, out } = await connect()
    out.leg.reinvite(OFFER)
    const reinvite = await peer.nextRequest('INVITE')
    elsewhere.respond(reinvite, 200, { body: ANSWER })
    await watch.next('reinviteAnswered')
    await elsewhere.nextRequest('ACK')
    out.leg.bye()
    elsewhere.respond(await elsewhere.nextRequest('BYE'), 200)
    await elsewhere.drain(caller.udp)
  })

  it('answers a challenge to its BYE with the credentials of the call', async () => {
    const { out } = await connect({ credentials: { username: 'alice', password: 'secret' } })
    out.leg.bye()
    peer.respond(await peer.nextRequest('BYE'), 407, { headers: [['Proxy-Authenticate', 'Digest realm="test", nonce="n1", algorithm=MD5, qop="auth"']] })
    const again = await peer.nextRequest('BYE')
    expect(again.header('proxy-authorization')).toContain('username="alice"')
    expect(again.cseq.sequence).toBe(3)
    peer.respond(again, 200)
    await peer.drain(caller.udp)
  })
})

describe('responses that are not for us (RFC 3261 17.1.3, 18.1.2)', () => {
  it('are dropped: unknown branch, other method, other sent-by', async () => {
    const { invite, watch, out } = await call()
    const via = invite.topVia.text
    const forged = (topVia: string, cseq: string): string =>
      [
        'SIP/2.0 200 OK',
        `Via: ${topVia}`,
        `From: ${invite.header('from')}`,
        'To: <sip:bob@test>;tag=x',
        `Call-ID: ${invite.callId}`,
        `CSeq: ${cseq}`,
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n')
    peer.sendBytes(forged(via.replace('z9hG4bK', 'z9hG4bKx'), '1 INVITE'), caller.udp)
    peer.sendBytes(forged(via, '1 BYE'), caller.udp)
    peer.sendBytes(forged(via.replace('127.0.0.1', '192.0.2.200'), '1 INVITE'), caller.udp)
    expect(await drained()).toEqual([])
    expect([watch.rest, out.leg.state]).toEqual([[], 'early'])
    peer.respond(invite, 404)
    await peer.nextRequest('ACK')
    await watch.next('rejected')
  })
})
