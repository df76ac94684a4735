import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CallingParty } from './calling-party.ts'
import { ANSWER, OFFER } from './raw-peer.ts'

let party: CallingParty

beforeEach(async () => {
  party = await CallingParty.open()
})
afterEach(() => party.close())

describe('the dialog (RFC 3261 12.2.1, 14.1, 15)', () => {
  it('is hung up by the peer', async () => {
    const { watch, out, invite } = await party.connect()
    party.peer.request(
      { method: 'BYE', callId: out.leg.callId, from: '<sip:bob@test>;tag=peer', to: `<sip:alice@test>;tag=${invite.fromTag}` },
      party.caller.udp,
    )
    await party.peer.nextResponse(200, 'BYE')
    await watch.next('bye')
    expect(out.leg.state).toBe('terminated')
  })

  it.each([481, 408])('is gone when a re-INVITE gets %i', async (statusCode) => {
    const { watch, out } = await party.connect()
    out.leg.reinvite(OFFER)
    const reinvite = await party.peer.nextRequest('INVITE')
    expect([reinvite.toTag, reinvite.cseq.sequence, reinvite.contacts.length]).toEqual(['peer', 2, 1])
    party.peer.respond(reinvite, statusCode)
    await party.peer.nextRequest('ACK')
    expect((await watch.next('gone')).statusCode).toBe(statusCode)
    expect(out.leg.state).toBe('terminated')
    if (statusCode === 408) await party.acceptBye()
  })

  it.each([487, 200])('ends while a re-INVITE of ours waits: its %i is acknowledged all the same (15.1.2, 17.1.1.3, 13.2.2.4)', async (statusCode) => {
    const { watch, out } = await party.connect()
    out.leg.reinvite(OFFER)
    const reinvite = await party.peer.nextRequest('INVITE')
    out.leg.bye()
    await party.acceptBye()
    party.peer.respond(reinvite, statusCode, statusCode === 200 ? { body: ANSWER } : {})
    expect((await party.peer.nextRequest('ACK')).cseq.sequence).toBe(reinvite.cseq.sequence)
    expect(watch.rest).toEqual([])
  })

  it('ends while a re-INVITE of ours waits: after 64*T1 nobody waits any more for its answer (15.1.2)', async () => {
    const { out } = await party.connect()
    out.leg.reinvite(OFFER)
    const reinvite = await party.peer.nextRequest('INVITE')
    party.peer.respond(reinvite, 100)
    out.leg.bye()
    await party.acceptBye()
    party.harness.time.advance(32_000)
    party.peer.respond(reinvite, 487)
    expect(await party.drained()).toEqual([])
  })

  it('is gone when an INFO gets 481, and BYE follows one that gets no answer; any other refusal of it leaves the call (12.2.1.2)', async () => {
    const [known, unknown, silent] = [await party.connect(), await party.connect(), await party.connect()]
    known.out.leg.info('application/dtmf-relay', 'Signal=1')
    party.peer.respond(await party.peer.nextRequest('INFO'), 415)
    expect([await party.drained(), known.out.leg.state]).toEqual([[], 'confirmed'])
    unknown.out.leg.info('application/dtmf-relay', 'Signal=1')
    party.peer.respond(await party.peer.nextRequest('INFO'), 481)
    expect(await unknown.watch.next('gone')).toMatchObject({ statusCode: 481 })
    silent.out.leg.info('application/dtmf-relay', 'Signal=1')
    await party.peer.nextRequest('INFO')
    party.harness.time.advance(32_000)
    expect(await silent.watch.next('gone')).toMatchObject({ statusCode: 408 })
    for (const request of await party.peer.drain(party.caller.udp)) if (request.kind === 'request' && request.method === 'BYE') party.peer.respond(request, 200)
    known.out.leg.bye()
    await party.acceptBye()
  })

  it('is gone when the BYE is not known or not answered', async () => {
    const first = await party.connect()
    first.out.leg.bye()
    party.peer.respond(await party.peer.nextRequest('BYE'), 481)
    expect((await first.watch.next('gone')).statusCode).toBe(481)
    const second = await party.connect()
    second.out.leg.bye()
    await party.peer.nextRequest('BYE')
    party.harness.time.advance(32_000)
    expect((await second.watch.next('gone')).statusCode).toBe(408)
  })

  it('tries a re-INVITE again after a 491, 2.1 to 4 seconds later for it made the Call-ID (14.1)', async () => {
    const { watch, out } = await party.connect()
    out.leg.reinvite(OFFER)
    party.peer.respond(await party.peer.nextRequest('INVITE'), 491)
    await party.peer.nextRequest('ACK')
    party.harness.time.advance(2099)
    expect(await party.drained()).toEqual([])
    party.harness.time.advance(1901)
    const [again] = await party.peer.drain(party.caller.udp)
    if (again?.kind !== 'request') throw new Error('no second re-INVITE')
    expect([again.method, again.cseq.sequence]).toEqual(['INVITE', 3])
    party.peer.respond(again, 200, { body: ANSWER })
    expect((await watch.next('reinviteAnswered')).body).toBe(ANSWER)
    expect((await party.peer.nextRequest('ACK')).cseq.sequence).toBe(3)
    // A copy of the 2xx is acknowledged again, without another event.
    party.peer.respond(again, 200, { body: ANSWER })
    await party.peer.nextRequest('ACK')
    expect(watch.rest).toEqual([])
    out.leg.bye()
    await party.acceptBye()
  })

  it('sends one re-INVITE at a time and the newest offer of those that wait', async () => {
    const { watch, out } = await party.connect()
    out.leg.reinvite('v=0 first')
    out.leg.reinvite('v=0 second')
    out.leg.reinvite('v=0 third')
    const first = await party.peer.nextRequest('INVITE')
    expect(await party.drained()).toEqual([])
    party.peer.respond(first, 200, { body: ANSWER })
    await watch.next('reinviteAnswered')
    await party.peer.nextRequest('ACK')
    const third = await party.peer.nextRequest('INVITE')
    expect(third.bodyText).toBe('v=0 third')
    party.peer.respond(third, 488)
    await party.peer.nextRequest('ACK')
    await watch.next('reinviteRejected')
    out.leg.bye()
    await party.acceptBye()
  })

  it('forgets a re-INVITE when it is hung up', async () => {
    const { out, watch } = await party.connect()
    out.leg.reinvite(OFFER)
    await party.peer.nextRequest('INVITE')
    out.leg.bye()
    await party.acceptBye()
    expect(watch.rest).toEqual([])
  })

  it('follows the peer that moves with its 2xx to a re-INVITE (12.2.1.2)', async () => {
    const elsewhere = await party.harness.peer()
    const { watch, out } = await party.connect()
    out.leg.reinvite(OFFER)
    const reinvite = await party.peer.nextRequest('INVITE')
    elsewhere.respond(reinvite, 200, { body: ANSWER })
    await watch.next('reinviteAnswered')
    await elsewhere.nextRequest('ACK')
    out.leg.bye()
    elsewhere.respond(await elsewhere.nextRequest('BYE'), 200)
    await elsewhere.drain(party.caller.udp)
  })

  it('answers a challenge to its BYE with the credentials of the call', async () => {
    const { out } = await party.connect({ credentials: { username: 'alice', password: 'secret' } })
    out.leg.bye()
    party.peer.respond(await party.peer.nextRequest('BYE'), 407, {
      headers: [['Proxy-Authenticate', 'Digest realm="test", nonce="n1", algorithm=MD5, qop="auth"']],
    })
    const again = await party.peer.nextRequest('BYE')
    expect(again.header('proxy-authorization')).toContain('username="alice"')
    expect(again.cseq.sequence).toBe(3)
    party.peer.respond(again, 200)
    await party.drained()
  })
})
