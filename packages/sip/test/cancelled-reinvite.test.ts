import { afterEach, describe, expect, it } from 'vitest'
import { CalledParty } from './called-party.ts'
import { CallingParty } from './calling-party.ts'
import { ANSWER, OFFER } from './raw-peer.ts'

const OTHER_OFFER = OFFER.replace('4000', '4002')

let party: CallingParty | CalledParty

afterEach(() => party.close())

async function calling(): Promise<CallingParty> {
  const opened = await CallingParty.open()
  party = opened
  return opened
}

describe('a re-INVITE of ours that is cancelled (RFC 3261 9.1)', () => {
  it('goes on as CANCEL with its branch and CSeq; 487 is its outcome, and the call goes on', async () => {
    const { peer, connect, acceptBye } = bound(await calling())
    const { watch, out } = await connect()
    out.leg.reinvite(OTHER_OFFER)
    const reinvite = await peer.nextRequest('INVITE')
    peer.respond(reinvite, 180)
    await settled()
    out.leg.cancelReinvite()
    out.leg.cancelReinvite()
    const cancel = await peer.nextRequest('CANCEL')
    expect([cancel.topVia.parameters.get('branch'), cancel.cseq.sequence, cancel.toTag]).toEqual([reinvite.topVia.parameters.get('branch'), 2, 'peer'])
    peer.respond(cancel, 200)
    peer.respond(reinvite, 487)
    await peer.nextRequest('ACK')
    expect(await watch.next('reinviteRejected')).toMatchObject({ statusCode: 487 })
    out.leg.reinvite(OFFER)
    peer.respond(await peer.nextRequest('INVITE'), 200, { body: ANSWER })
    await watch.next('reinviteAnswered')
    await peer.nextRequest('ACK')
    out.leg.bye()
    await acceptBye()
  })

  it('waits for a provisional response', async () => {
    const { peer, connect, drained, acceptBye } = bound(await calling())
    const { watch, out } = await connect()
    out.leg.reinvite(OTHER_OFFER)
    const reinvite = await peer.nextRequest('INVITE')
    out.leg.cancelReinvite()
    expect(await drained()).toEqual([])
    peer.respond(reinvite, 100)
    peer.respond(await peer.nextRequest('CANCEL'), 200)
    peer.respond(reinvite, 487)
    await peer.nextRequest('ACK')
    await watch.next('reinviteRejected')
    out.leg.bye()
    await acceptBye()
  })

  it('is answered all the same when the 200 crosses the CANCEL: it is acknowledged and told', async () => {
    const { peer, connect, acceptBye } = bound(await calling())
    const { watch, out } = await connect()
    out.leg.reinvite(OTHER_OFFER)
    const reinvite = await peer.nextRequest('INVITE')
    peer.respond(reinvite, 100)
    await settled()
    out.leg.cancelReinvite()
    peer.respond(await peer.nextRequest('CANCEL'), 481)
    peer.respond(reinvite, 200, { body: ANSWER })
    await peer.nextRequest('ACK')
    expect(await watch.next('reinviteAnswered')).toMatchObject({ body: ANSWER })
    out.leg.bye()
    await acceptBye()
  })

  it('is not tried again after 491, nor sent when it still waited for its turn', async () => {
    const { peer, connect, drained, acceptBye } = bound(await calling())
    const { watch, out } = await connect()
    out.leg.reinvite(OTHER_OFFER)
    peer.respond(await peer.nextRequest('INVITE'), 491)
    await peer.nextRequest('ACK')
    await settled()
    out.leg.cancelReinvite()
    expect(await watch.next('reinviteRejected')).toMatchObject({ statusCode: 487 })
    party.harness.time.advance(4_000)
    expect([await drained(), watch.rest]).toEqual([[], []])
    out.leg.bye()
    await acceptBye()
  })

  it('whose CANCEL finds a 491 or a 422 on its way back is not sent again', async () => {
    const { peer, connect, drained, acceptBye } = bound(await calling())
    const { watch, out } = await connect()
    for (const [statusCode, headers] of [
      [491, []],
      [422, [['Min-SE', '7200'] as const]],
    ] as const) {
      out.leg.reinvite(OTHER_OFFER)
      const reinvite = await peer.nextRequest('INVITE')
      peer.respond(reinvite, 100)
      await settled()
      out.leg.cancelReinvite()
      peer.respond(await peer.nextRequest('CANCEL'), 481)
      peer.respond(reinvite, statusCode, { headers })
      await peer.nextRequest('ACK')
      expect(await watch.next('reinviteRejected')).toMatchObject({ statusCode })
      party.harness.time.advance(4_000)
      expect(await drained()).toEqual([])
    }
    out.leg.bye()
    await acceptBye()
  })

  it('that gets no final answer in 64*T1 after its CANCEL is given up; the call goes on', async () => {
    const { peer, connect, acceptBye } = bound(await calling())
    const { watch, out } = await connect()
    out.leg.reinvite(OTHER_OFFER)
    peer.respond(await peer.nextRequest('INVITE'), 100)
    await settled()
    out.leg.cancelReinvite()
    peer.respond(await peer.nextRequest('CANCEL'), 200)
    await settled()
    party.harness.time.advance(31_999)
    expect(watch.rest).toEqual([])
    party.harness.time.advance(1)
    expect(await watch.next('reinviteRejected')).toMatchObject({ statusCode: 487 })
    out.leg.bye()
    await acceptBye()
  })

  it('is cancelled by us when it is answered provisionally for three minutes and no more: its user hears of it, and may offer again (14.1)', async () => {
    const { peer, connect, drained, acceptBye } = bound(await calling())
    const { watch, out } = await connect()
    out.leg.reinvite(OTHER_OFFER)
    const reinvite = await peer.nextRequest('INVITE')
    peer.respond(reinvite, 180)
    await settled()
    party.harness.time.advance(180_000)
    peer.respond(await peer.nextRequest('CANCEL'), 200)
    peer.respond(reinvite, 487)
    await peer.nextRequest('ACK')
    expect(await watch.next('reinviteRejected')).toMatchObject({ statusCode: 487 })
    out.leg.reinvite(OFFER)
    peer.respond(await peer.nextRequest('INVITE'), 200, { body: ANSWER })
    await watch.next('reinviteAnswered')
    expect(await drained()).toEqual(['ACK'])
    out.leg.bye()
    await acceptBye()
  })

  it('asks nothing when there is none, and leaves an UPDATE alone, which nobody can cancel (9.1)', async () => {
    const { peer, connect, drained, acceptBye } = bound(await calling())
    const { watch, out, invite } = await connect()
    out.leg.cancelReinvite()
    // What it can do, it says in any request of its own.
    const ends = { callId: out.leg.callId, from: '<sip:bob@test>;tag=peer', to: `<sip:alice@test>;tag=${invite.fromTag}` }
    peer.request(
      { method: 'UPDATE', ...ends, sequence: 7, headers: [['Allow', 'INVITE, ACK, BYE, CANCEL, UPDATE']], body: OFFER },
      (party as CallingParty).caller.udp,
    )
    ;(await watch.next('reinvite')).answer(ANSWER)
    await peer.nextResponse(200, 'UPDATE')
    out.leg.update(OTHER_OFFER)
    const update = await peer.nextRequest('UPDATE')
    out.leg.cancelReinvite()
    expect(await drained()).toEqual([])
    peer.respond(update, 200, { body: ANSWER })
    await watch.next('reinviteAnswered')
    out.leg.bye()
    await acceptBye()
  })

  /** What the peer has sent was read. */
  async function settled(): Promise<void> {
    await (party as CallingParty).drained()
  }
})

describe('a re-INVITE of the peer that it cancels (RFC 3261 9.2)', () => {
  it('gets 487, its CANCEL 200, and the user hears of it once; an answer to it goes nowhere', async () => {
    const called = await CalledParty.open()
    party = called
    const { to, watch } = await called.connect()
    called.request({ method: 'INVITE', to, sequence: 2, branch: 'z9hG4bKre', body: OTHER_OFFER })
    await called.peer.nextResponse(100)
    const asked = await watch.next('reinvite')
    called.request({ method: 'CANCEL', to, sequence: 2, branch: 'z9hG4bKre', contact: '' })
    expect((await called.drained()).toSorted()).toEqual(['200 CANCEL', '487 INVITE'])
    called.request({ method: 'ACK', to, sequence: 2, branch: 'z9hG4bKre' })
    await watch.next('reinviteCancelled')
    asked.answer(ANSWER)
    called.request({ method: 'CANCEL', to, sequence: 2, branch: 'z9hG4bKre', contact: '' })
    expect([await called.drained(), watch.rest]).toEqual([['200 CANCEL'], []])
    await called.hangUp(to)
  })
})

function bound(of: CallingParty) {
  return { peer: of.peer, connect: of.connect.bind(of), drained: of.drained.bind(of), acceptBye: of.acceptBye.bind(of) }
}
