import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CALL, CalledParty } from './called-party.ts'
import { CallingParty } from './calling-party.ts'
import { ANSWER, OFFER } from './raw-peer.ts'

describe('what a caller may send in odd states', () => {
  let party: CalledParty
  beforeEach(async () => {
    party = await CalledParty.open()
  })
  afterEach(() => party.close())

  it('a BYE whose ACK was lost ends the call: the 2xx is not repeated any more (RFC 3261 15.1.2)', async () => {
    const { to, watch } = await party.answer()
    party.request({ method: 'BYE', to, sequence: 2 })
    await party.peer.nextResponse(200, 'BYE')
    await watch.next('bye')
    party.harness.time.advance(40_000)
    expect([await party.drained(), watch.rest]).toEqual([[], []])
  })

  it.each([
    ['branch', { branch: 'z9hG4bKother' }],
    ['sent-by', { via: 'SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKinvite;rport' }],
  ])('a CANCEL with another %s cancels nothing: 481, and it rings on (9.2, 17.2.3)', async (_, way) => {
    const { invite, watch } = await party.ring()
    party.request({ method: 'CANCEL', ...way })
    await party.peer.nextResponse(481, 'CANCEL')
    expect(watch.rest).toEqual([])
    invite.reject(486)
    await party.peer.nextResponse(486)
  })

  it('a CANCEL behind the refusal is answered, and the refusal stays (9.2)', async () => {
    const { invite, watch } = await party.ring()
    invite.reject(486)
    await party.peer.nextResponse(486)
    party.request({ method: 'CANCEL', branch: CALL.branch })
    const answer = await party.peer.nextResponse(200, 'CANCEL')
    expect([answer.toTag, watch.rest, await party.drained()]).toEqual([invite.leg.id, [], []])
  })

  it('a CANCEL has the tag the INVITE is answered with (9.2)', async () => {
    const { invite } = await party.ring()
    party.request({ method: 'CANCEL', branch: CALL.branch })
    const [ok, terminated] = await party.peer.drain(party.callee.udp)
    expect([ok?.toTag, terminated?.toTag]).toEqual([invite.leg.id, invite.leg.id])
  })

  it('a BYE in the early dialog ends the INVITE with 487, once (15.1.2)', async () => {
    const { invite, watch, to } = await party.ring()
    invite.progress(180)
    await party.peer.nextResponse(180)
    party.request({ method: 'BYE', to, sequence: 2 })
    await party.peer.nextResponse(200, 'BYE')
    await party.peer.nextResponse(487, 'INVITE')
    expect((await watch.next('cancelled')).reason).toBeUndefined()
    party.request({ method: 'CANCEL', branch: CALL.branch })
    await party.peer.nextResponse(200, 'CANCEL')
    expect([await party.drained(), watch.rest]).toEqual([[], []])
  })

  it('a re-INVITE that crosses our BYE gets 481, an UPDATE too, and its BYE 200', async () => {
    const { invite, to } = await party.connect()
    invite.leg.bye()
    const bye = await party.peer.nextRequest('BYE')
    for (const [sequence, method] of [
      [2, 'INVITE'],
      [3, 'UPDATE'],
    ] as const) {
      party.request({ method, to, sequence, body: OFFER })
      await party.peer.nextResponse(481, method)
    }
    party.request({ method: 'BYE', to, sequence: 4 })
    await party.peer.nextResponse(200, 'BYE')
    party.peer.respond(bye, 200)
    expect(await party.drained()).toEqual([])
  })

  it('an INVITE that wants to join and to replace is 400: nobody could say which (RFC 3911 4)', async () => {
    const { to, invite } = await party.connect()
    const named = `call;to-tag=${invite.leg.id};from-tag=peer`
    const headers = [
      ['Replaces', named],
      ['Join', named],
    ] as const
    party.request({ ...CALL, callId: 'other', branch: 'z9hG4bKother', headers })
    await party.peer.nextResponse(400, 'INVITE')
    await party.hangUp(to)
  })

  it.each(['ACK', 'BYE', 'UPDATE', 'INFO', 'PRACK', 'NOTIFY', 'REFER', 'INVITE'])(
    '%s for a dialog that has ended is 481, but an ACK, which is never answered',
    async (method) => {
      const { to } = await party.connect()
      await party.hangUp(to)
      party.request({ method, to, sequence: 101 })
      expect(await party.drained()).toEqual(method === 'ACK' ? [] : [`481 ${method}`])
    },
  )
})

describe('what a callee may send in odd states', () => {
  let party: CallingParty
  beforeEach(async () => {
    party = await CallingParty.open()
  })
  afterEach(() => party.close())

  it('199 for one fork leaves the others: the next answer wins (RFC 6228 4)', async () => {
    const { invite, watch, out } = await party.call()
    party.peer.respond(invite, 180, { toTag: 'one' })
    party.peer.respond(invite, 180, { toTag: 'two' })
    party.peer.respond(invite, 199, { toTag: 'one' })
    party.peer.respond(invite, 200, { toTag: 'two', body: ANSWER })
    expect((await party.peer.nextRequest('ACK')).toTag).toBe('two')
    expect([(await watch.next('progress')).statusCode, (await watch.next('progress')).statusCode, (await watch.next('progress')).statusCode]).toEqual([
      180, 180, 199,
    ])
    await watch.next('answered')
    out.leg.bye()
    await party.acceptBye()
  })

  it('a provisional response or a refusal behind the 200 changes nothing (RFC 6026 8.4)', async () => {
    const { invite, watch, out } = await party.connect()
    party.peer.respond(invite, 180)
    party.peer.respond(invite, 486)
    party.peer.respond(invite, 603, { toTag: 'another' })
    expect([await party.drained(), watch.rest, out.leg.state]).toEqual([[], [], 'confirmed'])
    out.leg.bye()
    await party.acceptBye()
  })

  it('a NOTIFY that overtakes the 202 of our REFER is taken (RFC 3515 2.4.4)', async () => {
    const { invite, watch, out } = await party.connect()
    out.leg.refer('<sip:carol@test>')
    const refer = await party.peer.nextRequest('REFER')
    const dialog = { callId: invite.callId, from: '<sip:bob@test>;tag=peer', to: invite.header('from') ?? '' }
    const headers = [
      ['Event', `refer;id=${refer.cseq.sequence}`],
      ['Subscription-State', 'active;expires=60'],
    ] as const
    party.peer.request({ method: 'NOTIFY', ...dialog, headers, contentType: 'message/sipfrag', body: 'SIP/2.0 180 Ringing\r\n' }, party.caller.udp)
    await party.peer.nextResponse(200, 'NOTIFY')
    expect(await watch.next('referProgress')).toMatchObject({ statusCode: 180, ended: false })
    party.peer.respond(refer, 202)
    await watch.next('referAccepted')
    out.leg.bye()
    await party.acceptBye()
  })

  it('an answer without tag and without Contact, of a callee of RFC 2543, is a call: ACK and BYE go where the INVITE went (12.1.2)', async () => {
    const { invite, watch, out } = await party.call()
    const copied = ['via', 'from', 'to', 'call-id', 'cseq'].map((name) => `${name}: ${invite.header(name) ?? ''}`)
    party.peer.sendBytes(
      `SIP/2.0 200 OK\r\n${copied.join('\r\n')}\r\nContent-Type: application/sdp\r\nContent-Length: ${ANSWER.length}\r\n\r\n${ANSWER}`,
      party.caller.udp,
    )
    const ack = await party.peer.nextRequest('ACK')
    expect([ack.uriText, ack.toTag]).toEqual([invite.uriText, undefined])
    await watch.next('answered')
    out.leg.bye()
    await party.acceptBye()
  })
})
