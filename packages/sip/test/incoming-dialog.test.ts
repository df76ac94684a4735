import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CalledParty } from './called-party.ts'
import { ANSWER, OFFER } from './raw-peer.ts'

let party: CalledParty

beforeEach(async () => {
  party = await CalledParty.open()
})
afterEach(() => party.close())

describe('requests in a dialog (RFC 3261 12.2.2)', () => {
  it('get 481 when we know no such dialog, of whatever Call-ID, tag and method', async () => {
    const { to } = await party.connect()
    for (const method of ['BYE', 'INVITE', 'INFO', 'UPDATE', 'OPTIONS', 'SUBSCRIBE', 'NOTIFY']) {
      party.peer.request({ method, callId: 'call', to: '<sip:stack@127.0.0.1>;tag=unknown', sequence: 9 }, party.callee.udp)
      await party.peer.nextResponse(481, method)
      party.peer.request({ method, callId: 'other', to, sequence: 9 }, party.callee.udp)
      await party.peer.nextResponse(481, method)
      party.peer.request({ method, callId: 'call', to, from: '<sip:peer@127.0.0.1>;tag=stranger', sequence: 9 }, party.callee.udp)
      await party.peer.nextResponse(481, method)
    }
    await party.hangUp(to)
  })

  it('get what each is for', async () => {
    const { to, watch } = await party.connect()
    const expected = { OPTIONS: 200, INFO: 200, UPDATE: 200, REFER: 400, PRACK: 481, NOTIFY: 489, SUBSCRIBE: 489, MESSAGE: 405, FROBNICATE: 501 }
    let sequence = 1
    for (const [method, statusCode] of Object.entries(expected)) {
      party.peer.request({ method, callId: 'call', to, sequence: ++sequence }, party.callee.udp)
      const response = await party.peer.nextResponse(statusCode, method)
      if (statusCode === 405) expect(response.header('allow')).toBe('INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE, REFER, NOTIFY')
    }
    await watch.next('info')
    await party.hangUp(to)
    expect(watch.rest).toEqual(['bye'])
  })

  it('get 420 for extensions we do not know (8.2.2.3); BYE is taken all the same', async () => {
    const { to, watch } = await party.connect()
    const headers = [['Require', 'timer, frobnication']] as const
    party.request({ method: 'INVITE', to, sequence: 2, body: OFFER, headers })
    expect((await party.peer.nextResponse(420)).header('unsupported')).toBe('frobnication')
    party.request({ method: 'BYE', to, sequence: 3, headers })
    await party.peer.nextResponse(200, 'BYE')
    expect(watch.rest).toEqual(['bye'])
  })

  it('get 500 when they are out of order', async () => {
    const { to } = await party.connect()
    party.peer.request({ method: 'INFO', callId: 'call', to, sequence: 5 }, party.callee.udp)
    await party.peer.nextResponse(200, 'INFO')
    party.peer.request({ method: 'INFO', callId: 'call', to, sequence: 4 }, party.callee.udp)
    await party.peer.nextResponse(500, 'INFO')
    await party.hangUp(to)
  })

  it('get the same answer again, whatever it was and whatever came since (RFC 3261 17.2.1, 17.2.2)', async () => {
    const { to } = await party.connect()
    const require = [['Require', 'x-unknown']] as const
    for (const [method, sequence, statusCode, headers] of [
      ['OPTIONS', 10, 200, []],
      ['INFO', 20, 420, require],
      ['MESSAGE', 30, 405, []],
      ['FOO', 40, 501, []],
      ['INVITE', 50, 420, require],
    ] as const) {
      const text = party.peer.request({ method, sequence, headers, callId: 'call', to }, party.callee.udp)
      const first = await party.peer.nextResponse(statusCode, method)
      party.peer.request({ method: 'INFO', sequence: sequence + 1, callId: 'call', to }, party.callee.udp)
      await party.peer.nextResponse(200, 'INFO')
      party.peer.sendBytes(text, party.callee.udp)
      expect((await party.peer.nextResponse(statusCode, method)).header('unsupported')).toBe(first.header('unsupported'))
    }
    const late = party.peer.request({ method: 'INVITE', sequence: 9, callId: 'call', to }, party.callee.udp)
    await party.peer.nextResponse(500, 'INVITE')
    party.peer.request({ method: 'BYE', sequence: 60, callId: 'call', to }, party.callee.udp)
    await party.peer.nextResponse(200, 'BYE')
    party.peer.sendBytes(late, party.callee.udp)
    await party.peer.nextResponse(500, 'INVITE')
  })

  it('are told once: a copy of INFO or BYE gets its answer again', async () => {
    const { to, watch } = await party.connect()
    for (const parts of [
      { method: 'INFO', sequence: 2 },
      { method: 'BYE', sequence: 3 },
    ]) {
      const text = party.peer.request({ ...parts, callId: 'call', to }, party.callee.udp)
      await party.peer.nextResponse(200, parts.method)
      party.peer.sendBytes(text, party.callee.udp)
      await party.peer.nextResponse(200, parts.method)
    }
    expect(watch.rest).toEqual(['info', 'bye'])
  })
})

describe('re-INVITE of the peer (RFC 3261 14.2)', () => {
  it('gets 500 with Retry-After while another is unanswered, 491 while ours is under way, 415 for other bodies', async () => {
    const { to, watch, invite } = await party.connect()
    const reinvite = (sequence: number, contentType?: string) =>
      party.peer.request(
        { method: 'INVITE', callId: 'call', to, sequence, body: OFFER, ...(contentType === undefined ? {} : { contentType }) },
        party.callee.udp,
      )
    reinvite(2)
    await party.peer.nextResponse(100)
    const offered = await watch.next('reinvite')
    reinvite(3)
    expect((await party.peer.nextResponse(500)).header('retry-after')).toBeDefined()
    offered.answer(ANSWER)
    await party.peer.nextResponse(200, 'INVITE')
    // 14.1: ours waits for the ACK of that one.
    invite.leg.reinvite(OFFER)
    expect(await party.drained()).toEqual([])
    party.acknowledge(to, 2)
    const ours = await party.peer.nextRequest('INVITE')
    reinvite(4)
    await party.peer.nextResponse(491)
    party.peer.respond(ours, 488)
    await party.peer.nextRequest('ACK')
    expect((await watch.next('reinviteRejected')).statusCode).toBe(488)
    reinvite(5, 'text/plain')
    expect((await party.peer.nextResponse(415)).header('accept')).toBe('application/sdp')
    await party.hangUp(to)
  })

  it('without offer gets ours, and its ACK brings the answer', async () => {
    const { to, watch } = await party.connect()
    party.peer.request({ method: 'INVITE', callId: 'call', to, sequence: 2 }, party.callee.udp)
    await party.peer.nextResponse(100)
    const asked = await watch.next('reinvite')
    expect(asked.body).toBeUndefined()
    asked.answer(OFFER)
    expect((await party.peer.nextResponse(200, 'INVITE')).bodyText).toBe(OFFER)
    party.peer.request({ method: 'ACK', callId: 'call', to, sequence: 2, body: ANSWER }, party.callee.udp)
    expect((await watch.next('acknowledged')).body).toBe(ANSWER)
    await party.hangUp(to)
  })

  it('is ended by CANCEL, and by our BYE, with 487', async () => {
    const { to, watch, invite } = await party.connect()
    party.peer.request({ method: 'INVITE', callId: 'call', to, sequence: 2, body: OFFER, branch: 'z9hG4bKre' }, party.callee.udp)
    await party.peer.nextResponse(100)
    const offered = await watch.next('reinvite')
    party.peer.request({ method: 'CANCEL', callId: 'call', to, sequence: 2, branch: 'z9hG4bKre' }, party.callee.udp)
    await party.peer.nextResponse(200, 'CANCEL')
    await party.peer.nextResponse(487, 'INVITE')
    await watch.next('reinviteCancelled')
    offered.answer(ANSWER)
    expect(await party.drained()).toEqual([])
    party.peer.request({ method: 'INVITE', callId: 'call', to, sequence: 3, body: OFFER }, party.callee.udp)
    await party.peer.nextResponse(100)
    await watch.next('reinvite')
    invite.leg.bye()
    await party.peer.nextResponse(487, 'INVITE')
    party.peer.respond(await party.peer.nextRequest('BYE'), 200)
    await party.peer.drain(party.callee.udp)
  })

  it('ends the call when its 2xx is not acknowledged (14.2)', async () => {
    const { to, watch } = await party.connect()
    party.peer.request({ method: 'INVITE', callId: 'call', to, sequence: 2, body: OFFER }, party.callee.udp)
    await party.peer.nextResponse(100)
    ;(await watch.next('reinvite')).answer(ANSWER)
    party.harness.time.advance(32_000)
    await watch.next('ackTimeout')
    expect((await party.drained()).at(-1)).toBe('BYE')
  })

  it('gets 500 when the handler throws', async () => {
    const { to, invite } = await party.connect()
    invite.leg.onEvent((event) => {
      if (event.type === 'reinvite') throw new Error('bug in the leg handler')
    })
    party.peer.request({ method: 'INVITE', callId: 'call', to, sequence: 2, body: OFFER }, party.callee.udp)
    await party.peer.nextResponse(100)
    await party.peer.nextResponse(500)
    expect(party.callee.errors).toHaveLength(1)
    await party.hangUp(to)
  })
})

describe('re-INVITE of ours', () => {
  it('is tried again within 2 seconds of a 491, for the peer made the Call-ID (14.1)', async () => {
    const { watch, to, invite } = await party.connect()
    invite.leg.reinvite(OFFER)
    const first = await party.peer.nextRequest('INVITE')
    expect([first.cseq.sequence, first.fromTag, first.toTag]).toEqual([1, invite.leg.id, 'peer'])
    party.peer.respond(first, 491)
    await party.peer.nextRequest('ACK')
    party.harness.time.advance(2000)
    const [again] = await party.peer.drain(party.callee.udp)
    if (again?.kind !== 'request') throw new Error('no second re-INVITE')
    expect([again.method, again.cseq.sequence]).toEqual(['INVITE', 2])
    party.peer.respond(again, 200, { body: ANSWER })
    await watch.next('reinviteAnswered')
    await party.peer.nextRequest('ACK')
    await party.hangUp(to)
  })

  it('is given up after five 491', async () => {
    const { watch, to, invite } = await party.connect()
    invite.leg.reinvite(OFFER)
    for (let turn = 0; turn <= 5; turn++) {
      const [offer] = (await party.peer.drain(party.callee.udp)).filter((message) => message.kind === 'request' && message.method === 'INVITE')
      if (offer?.kind !== 'request') throw new Error('no re-INVITE')
      party.peer.respond(offer, 491)
      await party.peer.drain(party.callee.udp)
      party.harness.time.advance(2000)
    }
    expect((await watch.next('reinviteRejected')).statusCode).toBe(491)
    await party.peer.drain(party.callee.udp)
    await party.hangUp(to)
  })

  it('is refused before the call is answered', async () => {
    const { watch, invite } = await party.ring()
    invite.leg.reinvite(OFFER)
    expect((await watch.next('reinviteRejected')).statusCode).toBe(491)
    invite.reject(480)
    await party.peer.nextResponse(480)
  })
})

describe('BYE of both at once', () => {
  it('is answered 200 by us too', async () => {
    const { to, invite, watch } = await party.connect()
    invite.leg.bye()
    const ours = await party.peer.nextRequest('BYE')
    await party.hangUp(to)
    party.peer.respond(ours, 481)
    await party.peer.drain(party.callee.udp)
    expect(watch.rest).toEqual([])
  })
})
