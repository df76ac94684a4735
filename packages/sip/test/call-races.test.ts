import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CalledParty } from './called-party.ts'
import { CallingParty } from './calling-party.ts'
import { ANSWER, OFFER } from './raw-peer.ts'
import { LegWatch } from './stack-harness.ts'

describe('races of a call that comes (RFC 3261 9.2, 13.3, 14.2, 15)', () => {
  let party: CalledParty

  beforeEach(async () => {
    party = await CalledParty.open()
  })
  afterEach(() => party.close())

  it('a CANCEL that comes after the 200 changes nothing', async () => {
    const { to, watch } = await party.answer()
    party.request({ method: 'CANCEL', branch: 'z9hG4bKinvite' })
    await party.peer.nextResponse(200, 'CANCEL')
    expect(watch.rest).toEqual([])
    party.acknowledge(to)
    await watch.next('acknowledged')
    await party.hangUp(to)
  })

  it('a CANCEL ends an answer that waits for its PRACK (RFC 3262 5)', async () => {
    party.request({ method: 'INVITE', branch: 'z9hG4bKcancelled', body: OFFER, headers: [['Supported', '100rel']] })
    const invite = await party.invites.next()
    const watch = new LegWatch(invite.leg)
    await party.peer.nextResponse(100)
    invite.progress(183, { body: ANSWER })
    await party.peer.nextResponse(183)
    invite.answer({ body: ANSWER })
    party.request({ method: 'CANCEL', branch: 'z9hG4bKcancelled' })
    await party.peer.nextResponse(200, 'CANCEL')
    await party.peer.nextResponse(487, 'INVITE')
    await watch.next('cancelled')
    party.request({ method: 'ACK', branch: 'z9hG4bKcancelled', to: `<sip:stack@127.0.0.1>;tag=${invite.leg.id}` })
    await party.drained()
    party.harness.time.advance(40_000)
    expect(await party.drained()).toEqual([])
  })

  it('a PRACK that comes after the 200, for a response without session description, is taken once (RFC 3262 3)', async () => {
    party.request({ method: 'INVITE', body: OFFER, headers: [['Supported', '100rel']] })
    const invite = await party.invites.next()
    await party.peer.nextResponse(100)
    invite.progress(180, { reliable: true })
    const rseq = (await party.peer.nextResponse(180)).header('rseq') ?? ''
    invite.answer({ body: ANSWER })
    expect((await party.peer.nextResponse(200, 'INVITE')).bodyText).toBe(ANSWER)
    const to = `<sip:stack@127.0.0.1>;tag=${invite.leg.id}`
    for (const [index, statusCode] of [200, 481].entries()) {
      party.request({ method: 'PRACK', to, sequence: 2 + index, headers: [['RAck', `${rseq} 1 INVITE`]] })
      await party.peer.nextResponse(statusCode, 'PRACK')
    }
    party.acknowledge(to)
    await party.drained()
    await party.hangUp(to)
  })

  it('a re-INVITE or UPDATE that crosses our offer in an unacknowledged 2xx gets 491 (RFC 3311 5.2)', async () => {
    party.request({ method: 'INVITE' })
    const invite = await party.invites.next()
    const watch = new LegWatch(invite.leg)
    await party.peer.nextResponse(100)
    invite.answer({ body: OFFER })
    await party.peer.nextResponse(200)
    const to = `<sip:stack@127.0.0.1>;tag=${invite.leg.id}`
    party.request({ method: 'UPDATE', to, sequence: 2, body: OFFER })
    await party.peer.nextResponse(491, 'UPDATE')
    party.request({ method: 'INVITE', to, sequence: 3, body: OFFER })
    await party.peer.nextResponse(491, 'INVITE')
    party.request({ method: 'ACK', to, sequence: 1, body: ANSWER })
    expect((await watch.next('acknowledged')).body).toBe(ANSWER)
    party.request({ method: 'UPDATE', to, sequence: 4, body: OFFER })
    ;(await watch.next('reinvite')).answer(ANSWER)
    await party.peer.nextResponse(200, 'UPDATE')
    await party.hangUp(to)
  })

  it('a lost ACK: the 2xx goes on until its copy comes; a re-INVITE meanwhile is served', async () => {
    const { to, watch } = await party.answer()
    party.harness.time.advance(500)
    await party.peer.nextResponse(200, 'INVITE')
    party.request({ method: 'INVITE', to, sequence: 2, body: OFFER })
    await party.peer.nextResponse(100)
    ;(await watch.next('reinvite')).answer(ANSWER)
    await party.peer.nextResponse(200, 'INVITE')
    party.acknowledge(to, 2)
    await party.drained()
    party.harness.time.advance(1000)
    expect((await party.peer.nextResponse(200, 'INVITE')).cseq.sequence).toBe(1)
    party.acknowledge(to, 1)
    await watch.next('acknowledged')
    party.harness.time.advance(32_000)
    expect(await party.drained()).toEqual([])
    await party.hangUp(to)
  })

  it('INFO before the answer brings digits for an announcement (RFC 6086 4.2.1); NOTIFY gets 489', async () => {
    const { to, watch, invite } = await party.ring()
    party.request({ method: 'INFO', to, sequence: 2, contentType: 'application/dtmf-relay', body: 'Signal=1' })
    await party.peer.nextResponse(200, 'INFO')
    expect(await watch.next('info')).toMatchObject({ body: 'Signal=1' })
    party.request({ method: 'NOTIFY', to, sequence: 3 })
    await party.peer.nextResponse(489, 'NOTIFY')
    expect(invite.leg.state).toBe('early')
    invite.reject(486)
    await party.peer.nextResponse(486)
  })
})

describe('races of a call of ours (RFC 3261 13.2.2.4)', () => {
  let party: CallingParty

  beforeEach(async () => {
    party = await CallingParty.open()
  })
  afterEach(() => party.close())

  it('the second fork to answer is hung up with a CSeq after its PRACK (12.2.1.1)', async () => {
    const { invite, watch, out } = await party.call()
    for (const toTag of ['one', 'two']) {
      party.peer.respond(invite, 180, {
        toTag,
        headers: [
          ['Require', '100rel'],
          ['RSeq', '1'],
        ],
      })
      party.peer.respond(await party.peer.nextRequest('PRACK'), 200)
      await watch.next('progress')
    }
    party.peer.respond(invite, 200, { toTag: 'one', body: ANSWER })
    await watch.next('answered')
    await party.peer.nextRequest('ACK')
    party.peer.respond(invite, 200, { toTag: 'two', body: ANSWER })
    expect((await party.peer.nextRequest('ACK')).cseq.sequence).toBe(1)
    const bye = await party.peer.nextRequest('BYE')
    expect([bye.toTag, bye.cseq.sequence]).toEqual(['two', 3])
    party.peer.respond(bye, 200)
    await party.drained()
    out.leg.bye()
    await party.acceptBye()
  })

  it('an offer to one fork that waits for its time is over when another one answers (RFC 3311 5.1)', async () => {
    const { invite, watch, out } = await party.call()
    const headers = [
      ['Require', '100rel'],
      ['RSeq', '1'],
      ['Allow', 'UPDATE, PRACK, INVITE, ACK, BYE, CANCEL'],
    ] as const
    party.peer.respond(invite, 183, { toTag: 'one', body: ANSWER, headers })
    party.peer.respond(await party.peer.nextRequest('PRACK'), 200)
    await watch.next('progress')
    out.leg.update(OFFER)
    const update = await party.peer.nextRequest('UPDATE')
    expect(update.toTag).toBe('one')
    party.peer.respond(update, 491)
    party.peer.respond(invite, 200, { toTag: 'two', body: ANSWER })
    await watch.next('answered')
    expect((await party.peer.nextRequest('ACK')).toTag).toBe('two')
    party.harness.time.advance(10_000)
    expect(await party.drained()).toEqual([])
    out.leg.bye()
    await party.acceptBye()
  })

  it('a phone that hangs up while it rings gets 481, and the call goes on (15: the callee must not)', async () => {
    const { invite, watch, out } = await party.call()
    party.peer.respond(invite, 180)
    await watch.next('progress')
    const dialog = { callId: out.leg.callId, from: '<sip:bob@test>;tag=peer', to: `<sip:alice@test>;tag=${invite.fromTag}` }
    party.peer.request({ method: 'BYE', ...dialog }, party.caller.udp)
    await party.peer.nextResponse(481, 'BYE')
    party.peer.request({ method: 'INVITE', ...dialog, sequence: 2, body: OFFER }, party.caller.udp)
    await party.peer.nextResponse(491, 'INVITE')
    expect(out.leg.state).toBe('early')
    party.peer.respond(invite, 486)
    await party.peer.nextRequest('ACK')
    await watch.next('rejected')
  })
})
