import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Header } from '../src/index.ts'
import { CalledParty } from './called-party.ts'
import { CallingParty } from './calling-party.ts'
import { ANSWER, OFFER } from './raw-peer.ts'
import { LegWatch } from './stack-harness.ts'

const ALLOW: Header = ['Allow', 'INVITE, ACK, BYE, CANCEL, UPDATE, PRACK']
const HOLD = OFFER.replace('t=0 0', 't=0 0\r\na=sendonly')

describe('UPDATE of the peer (RFC 3311 5.2)', () => {
  let party: CalledParty

  beforeEach(async () => {
    party = await CalledParty.open()
  })
  afterEach(() => party.close())

  it('brings an offer that is answered in its 200, and moves the target', async () => {
    const elsewhere = await party.harness.peer()
    const { to, watch, invite } = await party.connect()
    party.request({ method: 'UPDATE', to, sequence: 2, body: HOLD })
    const offered = await watch.next('reinvite')
    expect([offered.method, offered.early, offered.body]).toEqual(['UPDATE', false, HOLD])
    offered.answer(ANSWER)
    const answer = await party.peer.nextResponse(200, 'UPDATE')
    expect([answer.bodyText, answer.contacts.length]).toEqual([ANSWER, 1])
    elsewhere.request({ method: 'UPDATE', callId: 'call', to, sequence: 3 }, party.callee.udp)
    await elsewhere.nextResponse(200, 'UPDATE')
    expect(watch.rest).toEqual([])
    invite.leg.bye()
    elsewhere.respond(await elsewhere.nextRequest('BYE'), 200)
    await elsewhere.drain(party.callee.udp)
  })

  it('gets 491 while our offer is under way, 500 with Retry-After while another has no answer', async () => {
    const { to, watch, invite } = await party.connect()
    invite.leg.reinvite(OFFER)
    const ours = await party.peer.nextRequest('INVITE')
    party.request({ method: 'UPDATE', to, sequence: 2, body: HOLD })
    await party.peer.nextResponse(491, 'UPDATE')
    // Without an offer it hinders nothing.
    party.request({ method: 'UPDATE', to, sequence: 3 })
    await party.peer.nextResponse(200, 'UPDATE')
    party.peer.respond(ours, 488)
    await party.peer.nextRequest('ACK')
    await watch.next('reinviteRejected')
    party.request({ method: 'UPDATE', to, sequence: 4, body: HOLD })
    const offered = await watch.next('reinvite')
    party.request({ method: 'UPDATE', to, sequence: 5, body: HOLD })
    expect((await party.peer.nextResponse(500, 'UPDATE')).header('retry-after')).toMatch(/^\d+$/)
    // Ours waits for the end of it.
    invite.leg.reinvite(OFFER)
    expect(await party.drained()).toEqual([])
    offered.reject(488)
    const [refused, next] = await party.peer.drain(party.callee.udp)
    expect(refused?.kind === 'response' && refused.statusCode).toBe(488)
    if (next?.kind !== 'request') throw new Error('no re-INVITE')
    party.peer.respond(next, 488)
    await party.peer.drain(party.callee.udp)
    await party.hangUp(to)
  })

  it('gets 504 when nobody answers in time: it cannot wait for somebody', async () => {
    const { to, watch } = await party.connect()
    party.request({ method: 'UPDATE', to, sequence: 2, body: HOLD })
    const offered = await watch.next('reinvite')
    party.harness.time.advance(15_999)
    expect(await party.drained()).toEqual([])
    party.harness.time.advance(1)
    await party.peer.nextResponse(504, 'UPDATE')
    offered.answer(ANSWER)
    expect(await party.drained()).toEqual([])
    await party.hangUp(to)
  })

  it('before the answer: 500 as long as the first offer has no reliable answer, an event afterwards', async () => {
    party.request({ method: 'INVITE', body: OFFER, headers: [ALLOW, ['Supported', '100rel']] })
    const invite = await party.invites.next()
    const watch = new LegWatch(invite.leg)
    const to = `<sip:stack@127.0.0.1>;tag=${invite.leg.id}`
    await party.peer.nextResponse(100)
    party.request({ method: 'UPDATE', to, sequence: 2, body: HOLD })
    await party.peer.nextResponse(500, 'UPDATE')
    invite.leg.update(OFFER)
    expect((await watch.next('reinviteRejected')).statusCode).toBe(491)
    invite.progress(183, { body: ANSWER })
    const rseq = (await party.peer.nextResponse(183)).header('rseq') ?? ''
    party.request({ method: 'UPDATE', to, sequence: 3, body: HOLD })
    await party.peer.nextResponse(500, 'UPDATE')
    party.request({ method: 'PRACK', to, sequence: 4, headers: [['RAck', `${rseq} 1 INVITE`]] })
    await party.peer.nextResponse(200, 'PRACK')
    await watch.next('progressAcknowledged')
    party.request({ method: 'UPDATE', to, sequence: 5, body: HOLD })
    const offered = await watch.next('reinvite')
    expect([offered.method, offered.early]).toEqual(['UPDATE', true])
    offered.answer(ANSWER)
    expect((await party.peer.nextResponse(200, 'UPDATE')).bodyText).toBe(ANSWER)
    invite.leg.update(OFFER)
    const ours = await party.peer.nextRequest('UPDATE')
    expect([ours.bodyText, ours.toTag]).toEqual([OFFER, 'peer'])
    party.peer.respond(ours, 200, { body: ANSWER })
    expect((await watch.next('reinviteAnswered')).body).toBe(ANSWER)
    invite.reject(486)
    await party.peer.nextResponse(486)
  })
})

describe('UPDATE of ours (RFC 3311 5.1)', () => {
  let party: CallingParty

  beforeEach(async () => {
    party = await CallingParty.open()
  })
  afterEach(() => party.close())

  async function connect(headers: readonly Header[]) {
    const call = await party.call()
    party.peer.respond(call.invite, 200, { body: ANSWER, headers })
    await call.watch.next('answered')
    await party.peer.nextRequest('ACK')
    return call
  }

  it('is sent when the peer allows it, and a re-INVITE when it does not', async () => {
    const modern = await connect([ALLOW, ['Supported', 'timer, replaces']])
    expect([modern.out.leg.remoteAllow.has('UPDATE'), modern.out.leg.supports('Replaces'), modern.out.leg.supports('100rel')]).toEqual([true, true, false])
    modern.out.leg.update(HOLD)
    const update = await party.peer.nextRequest('UPDATE')
    expect([update.bodyText, update.contentType, update.contacts.length]).toEqual([HOLD, 'application/sdp', 1])
    party.peer.respond(update, 200, { body: ANSWER })
    expect((await modern.watch.next('reinviteAnswered')).body).toBe(ANSWER)
    modern.out.leg.bye()
    await party.acceptBye()
    const old = await connect([['Allow', 'INVITE, ACK, BYE']])
    old.out.leg.update(HOLD)
    party.peer.respond(await party.peer.nextRequest('INVITE'), 200, { body: ANSWER })
    await old.watch.next('reinviteAnswered')
    await party.peer.nextRequest('ACK')
    old.out.leg.bye()
    await party.acceptBye()
  })

  it('is asked again by re-INVITE after 504: somebody must be asked there', async () => {
    const { out, watch } = await connect([ALLOW])
    out.leg.update(HOLD)
    party.peer.respond(await party.peer.nextRequest('UPDATE'), 504)
    const reinvite = await party.peer.nextRequest('INVITE')
    expect(reinvite.bodyText).toBe(HOLD)
    party.peer.respond(reinvite, 200, { body: ANSWER })
    await watch.next('reinviteAnswered')
    await party.peer.nextRequest('ACK')
    out.leg.bye()
    await party.acceptBye()
  })

  it('goes to the phone that has answered reliably, before it is picked up', async () => {
    const { out, watch, invite } = await party.call()
    out.leg.update(HOLD)
    expect((await watch.next('reinviteRejected')).statusCode).toBe(491)
    party.peer.respond(invite, 183, { toTag: 'early', body: ANSWER, headers: [ALLOW, ['Require', '100rel'], ['RSeq', '1']] })
    party.peer.respond(await party.peer.nextRequest('PRACK'), 200)
    await watch.next('progress')
    out.leg.update(HOLD)
    const update = await party.peer.nextRequest('UPDATE')
    expect([update.toTag, update.bodyText]).toEqual(['early', HOLD])
    const dialog = { callId: out.leg.callId, from: '<sip:bob@test>;tag=early', to: `<sip:alice@test>;tag=${invite.fromTag}` }
    party.peer.request({ method: 'UPDATE', ...dialog, sequence: 1, body: OFFER }, party.caller.udp)
    await party.peer.nextResponse(491, 'UPDATE')
    party.peer.respond(update, 200, { body: ANSWER })
    await watch.next('reinviteAnswered')
    party.peer.request({ method: 'UPDATE', ...dialog, sequence: 2, body: OFFER }, party.caller.udp)
    const offered = await watch.next('reinvite')
    expect(offered.early).toBe(true)
    offered.answer(ANSWER)
    await party.peer.nextResponse(200, 'UPDATE')
    party.peer.respond(invite, 200, { toTag: 'early' })
    await watch.next('answered')
    await party.peer.nextRequest('ACK')
    out.leg.bye()
    await party.acceptBye()
  })

  it.each([
    ['that has rung', true],
    ['whose ringing is still under way', false],
  ])('and other requests of a phone %s do not end what has hardly begun (RFC 3261 14.2, RFC 3311 5.2, RFC 5057 5.1)', async (_, hasRung) => {
    const { out, watch, invite } = await party.call()
    if (hasRung) {
      party.peer.respond(invite, 180, { toTag: 'early' })
      await watch.next('progress')
    }
    const dialog = { callId: out.leg.callId, from: '<sip:bob@test>;tag=early', to: `<sip:alice@test>;tag=${invite.fromTag}` }
    const expected = { UPDATE: 491, INVITE: 491, OPTIONS: 200, PRACK: 481, NOTIFY: 489, MESSAGE: 405, FROBNICATE: 501 }
    for (const [index, [method, statusCode]] of Object.entries(expected).entries()) {
      const body = method === 'UPDATE' || method === 'INVITE' ? { body: OFFER } : {}
      party.peer.request({ method, ...dialog, sequence: index + 1, ...body }, party.caller.udp)
      const response = await party.peer.nextResponse(statusCode, method)
      if ([200, 405, 501].includes(statusCode)) expect(response.header('allow'), method).toContain('UPDATE')
    }
    expect(watch.rest).toEqual([])
    party.peer.respond(invite, 486, { toTag: 'early' })
    await watch.next('rejected')
    await party.drained()
  })
})
