import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Header, SipRequest } from '../src/index.ts'
import { CalledParty } from './called-party.ts'
import { CallingParty } from './calling-party.ts'
import { ANSWER, OFFER } from './raw-peer.ts'
import { LegWatch, StackHarness } from './stack-harness.ts'

const TIMER: Header = ['Supported', 'timer']
const ALLOW: Header = ['Allow', 'INVITE, ACK, BYE, UPDATE']

describe('session timer of an incoming call (RFC 4028 9, 10)', () => {
  let party: CalledParty

  beforeEach(async () => {
    party = await CalledParty.open()
  })
  afterEach(() => party.close())

  async function connect(headers: readonly Header[]) {
    party.request({ method: 'INVITE', body: OFFER, headers })
    const invite = await party.invites.next()
    const watch = new LegWatch(invite.leg)
    await party.peer.nextResponse(100)
    invite.answer({ body: ANSWER })
    const response = await party.peer.nextResponse(200)
    const to = `<sip:stack@127.0.0.1>;tag=${invite.leg.id}`
    party.acknowledge(to)
    await watch.next('acknowledged')
    return { invite, watch, to, response }
  }

  it.each<[string, readonly Header[], string, readonly string[]]>([
    ['asks for nothing', [], '1800;refresher=uas', []],
    ['knows it', [TIMER], '1800;refresher=uas', ['timer']],
    ['asks for less', [TIMER, ['Session-Expires', '600']], '600;refresher=uas', ['timer']],
    ['asks for more', [TIMER, ['Session-Expires', '7200']], '1800;refresher=uas', ['timer']],
    ['wants to refresh', [TIMER, ['Session-Expires', '600;refresher=uac']], '600;refresher=uac', ['timer']],
    ['wants us to', [TIMER, ['Session-Expires', '600 ; refresher=UAS']], '600;refresher=uas', ['timer']],
    ['is asked by a proxy', [['Session-Expires', '600;refresher=uac']], '600;refresher=uas', []],
    ['wants no less than', [TIMER, ['Min-SE', '3000']], '3000;refresher=uas', ['timer']],
  ])('is agreed with a caller who %s (table 2)', async (_, headers, expected, required) => {
    const { to, response } = await connect(headers)
    expect([response.header('session-expires'), response.headers('require')]).toEqual([expected, required])
    await party.hangUp(to)
  })

  it('too short gets 422 with Min-SE, in the INVITE and later', async () => {
    party.request({ method: 'INVITE', callId: 'short', body: OFFER, headers: [TIMER, ['Session-Expires', '89']] })
    expect((await party.peer.nextResponse(422)).header('min-se')).toBe('90')
    const { to } = await connect([TIMER])
    party.request({ method: 'UPDATE', to, sequence: 2, headers: [['Session-Expires', '30']] })
    expect((await party.peer.nextResponse(422, 'UPDATE')).header('min-se')).toBe('90')
    await party.hangUp(to)
  })

  it('ends the call when the peer does not refresh: BYE min(32, a third) before, leg terminated', async () => {
    const { invite, watch } = await connect([TIMER, ['Session-Expires', '120;refresher=uac']])
    party.harness.time.advance(87_999)
    expect(await party.drained()).toEqual([])
    party.harness.time.advance(1)
    const bye = await party.peer.nextRequest('BYE')
    expect(bye.header('reason')).toBe('SIP;cause=408;text="Session expired"')
    party.peer.respond(bye, 200)
    await watch.next('sessionExpired')
    expect(invite.leg.state).toBe('terminated')
    await party.drained()
  })

  it('goes on when the peer refreshes, by UPDATE or by a late re-INVITE', async () => {
    const { watch, to } = await connect([TIMER, ['Session-Expires', '120;refresher=uac']])
    party.harness.time.advance(80_000)
    party.request({ method: 'UPDATE', to, sequence: 2, headers: [TIMER, ['Session-Expires', '120;refresher=uac']] })
    expect((await party.peer.nextResponse(200, 'UPDATE')).header('session-expires')).toBe('120;refresher=uac')
    party.harness.time.advance(87_000)
    party.request({ method: 'INVITE', to, sequence: 3, body: OFFER, headers: [TIMER, ['Session-Expires', '120;refresher=uac']] })
    await party.peer.nextResponse(100)
    ;(await watch.next('reinvite')).answer(ANSWER)
    expect((await party.peer.nextResponse(200, 'INVITE')).header('session-expires')).toBe('120;refresher=uac')
    party.acknowledge(to, 3)
    await party.drained()
    party.harness.time.advance(87_000)
    expect([await party.drained(), watch.rest]).toEqual([[], []])
    await party.hangUp(to)
  })

  it('knows the answer that came in the ACK (RFC 3261 13.2.1): a refresh that brings the same is not told, another one is', async () => {
    party.request({ method: 'INVITE', headers: [TIMER, ['Session-Expires', '120;refresher=uas']] })
    const invite = await party.invites.next()
    const watch = new LegWatch(invite.leg)
    await party.peer.nextResponse(100)
    invite.answer({ body: OFFER })
    await party.peer.nextResponse(200)
    const to = `<sip:stack@127.0.0.1>;tag=${invite.leg.id}`
    party.request({ method: 'ACK', to, body: ANSWER })
    expect((await watch.next('acknowledged')).body).toBe(ANSWER)
    for (const body of [ANSWER, OFFER]) {
      party.harness.time.advance(60_000)
      const refresh = await party.peer.nextRequest('INVITE')
      expect(refresh.bodyText).toBe(OFFER)
      party.peer.respond(refresh, 200, { body, headers: [['Session-Expires', '120;refresher=uac']] })
      await party.peer.nextRequest('ACK')
    }
    expect((await watch.next('sessionRefreshed')).body).toBe(OFFER)
    expect(watch.rest).toEqual([])
    await party.hangUp(to)
  })

  it('is refreshed by us with an UPDATE without body where that is allowed, at half the interval', async () => {
    const { to, watch } = await connect([TIMER, ALLOW, ['Session-Expires', '120;refresher=uas']])
    for (let turn = 0; turn < 3; turn++) {
      party.harness.time.advance(59_999)
      expect(await party.drained()).toEqual([])
      party.harness.time.advance(1)
      const update = await party.peer.nextRequest('UPDATE')
      expect([update.body.length, update.header('session-expires'), update.headers('supported').includes('timer')]).toEqual([0, '120;refresher=uac', true])
      party.peer.respond(update, 200, { headers: [['Session-Expires', '120;refresher=uac']] })
      await party.drained()
    }
    expect(watch.rest).toEqual([])
    await party.hangUp(to)
  })
})

describe('session timer of an outgoing call (RFC 4028 7, 10)', () => {
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

  async function refreshed(method: string, atMs: number): Promise<SipRequest> {
    party.harness.time.advance(atMs - 1)
    expect(await party.drained()).toEqual([])
    party.harness.time.advance(1)
    return party.peer.nextRequest(method)
  }

  it('is asked for, and asked for again with what a 422 wants (7.3)', async () => {
    const { out, watch, invite } = await party.call()
    expect([invite.header('session-expires'), invite.header('min-se')]).toEqual(['1800', undefined])
    party.peer.respond(invite, 422, { headers: [['Min-SE', '3600']] })
    await party.peer.nextRequest('ACK')
    const again = await party.peer.nextRequest('INVITE')
    expect([again.header('session-expires'), again.header('min-se'), again.callId, again.cseq.sequence]).toEqual(['3600', '3600', invite.callId, 2])
    // The same once more is a mistake of the peer.
    party.peer.respond(again, 422, { headers: [['Min-SE', '3600']] })
    await party.peer.nextRequest('ACK')
    expect((await watch.next('rejected')).statusCode).toBe(422)
    expect(out.leg.state).toBe('terminated')
  })

  it('is not asked for again for ever, though each 422 wants more', async () => {
    const { watch, invite } = await party.call()
    let last = invite
    for (let turn = 1; turn <= 5; turn++) {
      party.peer.respond(last, 422, { headers: [['Min-SE', String(3600 * turn)]] })
      await party.peer.nextRequest('ACK')
      if (turn < 5) last = await party.peer.nextRequest('INVITE')
    }
    expect((await watch.next('rejected')).statusCode).toBe(422)
    expect(await party.drained()).toEqual([])
  })

  it('is refreshed by re-INVITE with the same session description, silently, when the peer does not know UPDATE', async () => {
    const { out, watch } = await connect([
      ['Session-Expires', '200;refresher=uac'],
      ['Require', 'timer'],
    ])
    const first = await refreshed('INVITE', 100_000)
    expect([first.bodyText, first.header('session-expires')]).toEqual([OFFER, '200;refresher=uac'])
    party.peer.respond(first, 200, { body: ANSWER, headers: [['Session-Expires', '200;refresher=uac']] })
    await party.peer.nextRequest('ACK')
    const second = await refreshed('INVITE', 100_000)
    party.peer.respond(second, 200, { body: OFFER, headers: [['Session-Expires', '200;refresher=uac']] })
    await party.peer.nextRequest('ACK')
    // Another answer than before is told.
    expect((await watch.next('sessionRefreshed')).body).toBe(OFFER)
    expect(watch.rest).toEqual([])
    out.leg.bye()
    await party.acceptBye()
  })

  it('is left to the callee when it says so, and ends with it', async () => {
    const { watch } = await connect([
      ['Session-Expires', '300;refresher=uas'],
      ['Require', 'timer'],
    ])
    const bye = await refreshed('BYE', 268_000)
    party.peer.respond(bye, 200)
    await watch.next('sessionExpired')
    await party.drained()
  })

  it.each([481, 408])('ends the leg when a refresh gets %i', async (statusCode) => {
    const { watch } = await connect([ALLOW, ['Session-Expires', '200;refresher=uac']])
    party.peer.respond(await refreshed('UPDATE', 100_000), statusCode)
    expect((await watch.next('gone')).statusCode).toBe(statusCode)
    if (statusCode === 408) await party.acceptBye()
  })

  it('finds a peer that has died, whether or not it knows session timers', async () => {
    const { watch } = await connect([])
    await refreshed('INVITE', 900_000)
    party.harness.time.advance(32_000)
    expect((await watch.next('gone')).statusCode).toBe(408)
    await party.peer.drain(party.caller.udp)
  })

  it('is tried again after a refusal, and given up at the end', async () => {
    const { watch } = await connect([ALLOW, ['Session-Expires', '200;refresher=uac']])
    party.peer.respond(await refreshed('UPDATE', 100_000), 503)
    await party.drained()
    party.peer.respond(await refreshed('UPDATE', 34_000), 503)
    await party.drained()
    party.harness.time.advance(34_000)
    const left = await party.peer.drain(party.caller.udp)
    expect(left.at(-1)).toMatchObject({ method: 'BYE' })
    await watch.next('sessionExpired')
  })

  it('does not end a call with a peer that refuses re-INVITEs and knows no timers: it has shown that it lives', async () => {
    const { out, watch } = await connect([])
    for (let turn = 0; turn < 2; turn++) {
      party.peer.respond(await refreshed('INVITE', 900_000), 488)
      await party.peer.nextRequest('ACK')
    }
    expect(watch.rest).toEqual([])
    out.leg.bye()
    await party.acceptBye()
  })

  it('is refreshed again at once with what a 422 wants, in and after the refresh, and not for ever (7.4)', async () => {
    const { out, watch } = await connect([ALLOW, ['Session-Expires', '200;refresher=uac']])
    const tooSmall = (seconds: number) => ({ headers: [['Min-SE', String(seconds)]] as const })
    party.peer.respond(await refreshed('UPDATE', 100_000), 422, tooSmall(400))
    const again = await party.peer.nextRequest('UPDATE')
    expect([again.header('session-expires'), again.header('min-se')]).toEqual(['400;refresher=uac', '400'])
    party.peer.respond(again, 200, { headers: [['Session-Expires', '400;refresher=uac']] })
    await party.drained()
    const later = await refreshed('UPDATE', 200_000)
    expect([later.header('session-expires'), later.header('min-se')]).toEqual(['400;refresher=uac', '400'])
    for (const [turn, seconds] of [500, 600, 700, 800].entries()) {
      party.peer.respond(turn === 0 ? later : await party.peer.nextRequest('UPDATE'), 422, tooSmall(seconds))
    }
    expect([await party.drained(), watch.rest]).toEqual([[], []])
    out.leg.bye()
    await party.acceptBye()
  })

  it.each([405, 501, 504])('tries again after a 491 (RFC 3261 14.1), and goes on by re-INVITE after %i (RFC 3311 5.2)', async (statusCode) => {
    const { out } = await connect([ALLOW, ['Session-Expires', '200;refresher=uac']])
    party.peer.respond(await refreshed('UPDATE', 100_000), 491)
    await party.drained()
    party.harness.time.advance(4000)
    // Sent within 4 seconds, and perhaps repeated since.
    const [again] = await party.peer.drain(party.caller.udp)
    if (again?.kind !== 'request') throw new Error('no second UPDATE')
    expect(again.method).toBe('UPDATE')
    party.peer.respond(again, statusCode)
    party.peer.respond(await party.peer.nextRequest('INVITE'), 200, { body: ANSWER, headers: [['Session-Expires', '200;refresher=uac']] })
    await party.peer.nextRequest('ACK')
    out.leg.bye()
    await party.acceptBye()
  })
})

describe('a stack without session timers', () => {
  it('says 420 to who requires them and sends none', async () => {
    const party = await CalledParty.open({ sessionTimer: false })
    party.request({ method: 'INVITE', body: OFFER, headers: [['Require', 'timer']] })
    expect((await party.peer.nextResponse(420)).header('unsupported')).toBe('timer')
    const { response, to, watch } = await party.answer()
    expect(response.header('session-expires')).toBeUndefined()
    party.acknowledge(to)
    await watch.next('acknowledged')
    await party.hangUp(to)
    await party.close()
  })
})

describe('a call between two stacks', () => {
  it('lives on for hours, refreshed without a word (RFC 4028 7.4)', async () => {
    const harness = new StackHarness()
    const [caller, callee] = [await harness.stack(), await harness.stack()]
    const called = new Promise<LegWatch>((resolve) => {
      callee.stack.onInvite((invite) => {
        resolve(new LegWatch(invite.leg))
        invite.answer({ body: ANSWER })
      })
    })
    const parties = { uri: 'sip:b@test', to: callee.udp, from: '<sip:a@test>', toHeader: '<sip:b@test>' }
    const out = caller.stack.invite({ ...parties, headers: [], body: OFFER })
    const [calling, watch] = [new LegWatch(out.leg), await called]
    await calling.next('answered')
    await watch.next('acknowledged')
    const before = callee.stack.statistics.sent
    for (let turn = 0; turn < 6; turn++) {
      harness.time.advance(905_000)
      // What either has sent before this is with the other when it is answered.
      await callee.stack.request({
        method: 'OPTIONS',
        uri: 'sip:a@test',
        to: caller.udp,
        headers: [
          ['From', '<sip:b@test>'],
          ['To', '<sip:a@test>'],
        ],
      })
    }
    expect([out.leg.state, calling.rest, watch.rest, callee.stack.statistics.sent - before >= 12]).toEqual(['confirmed', [], [], true])
    out.leg.bye()
    await watch.next('bye')
    await harness.close()
  })
})
