import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CalledParty, CALL } from './called-party.ts'
import { ANSWER, describeMessage, OFFER } from './raw-peer.ts'
import { LegWatch } from './stack-harness.ts'

let party: CalledParty

beforeEach(async () => {
  party = await CalledParty.open()
})
afterEach(() => party.close())

describe('an INVITE (RFC 3261 13.3, 17.2.1)', () => {
  it('gets 100 at once and the last response for each copy; the call is offered once', async () => {
    const { text, invite } = await party.ring()
    party.peer.sendBytes(text, party.callee.udp)
    await party.peer.nextResponse(100)
    invite.progress(180)
    const ringing = await party.peer.nextResponse(180)
    expect([ringing.toTag, ringing.contacts.length]).toEqual([invite.leg.id, 1])
    party.peer.sendBytes(text, party.callee.udp)
    expect((await party.peer.nextResponse(180)).toTag).toBe(invite.leg.id)
    invite.reject(486)
    expect((await party.peer.nextResponse(486)).toTag).toBe(invite.leg.id)
    party.peer.sendBytes(text, party.callee.udp)
    await party.peer.nextResponse(486)
    expect(party.invites.takeAll()).toEqual([])
    // 17.2.1: timer G, until the ACK of the same branch comes.
    party.harness.time.advance(500)
    await party.peer.nextResponse(486)
    party.peer.request({ method: 'ACK', callId: 'call', branch: 'z9hG4bKinvite', to: `<sip:stack@127.0.0.1>;tag=${invite.leg.id}` }, party.callee.udp)
    expect(await party.drained()).toEqual([])
    party.harness.time.advance(3000)
    expect(await party.drained()).toEqual([])
  })

  it('repeats its provisional response every minute (13.3.1.1)', async () => {
    const { invite } = await party.ring()
    invite.progress(180)
    await party.peer.nextResponse(180)
    for (let minute = 1; minute <= 3; minute++) {
      party.harness.time.advance(59_999)
      expect(await party.drained()).toEqual([])
      party.harness.time.advance(1)
      await party.peer.nextResponse(180)
    }
    invite.reject(480)
    await party.peer.nextResponse(480)
  })

  it.each([
    ['no Contact', ''],
    ['one that is no SIP URI', '<tel:+18015550101>'],
    ['a star', '*'],
  ])('opens no dialog that nobody could be reached in: 400 for %s (8.1.1.8, 12.1.1)', async (_, contact) => {
    party.request({ ...CALL, contact })
    await party.peer.nextResponse(400, 'INVITE')
    expect(party.invites.takeAll()).toEqual([])
  })

  it('of a caller of RFC 2543 is taken without Contact (RFC 4475 3.4.1), and so is a call for help', async () => {
    const refuse = async (): Promise<void> => {
      const invite = await party.invites.next()
      await party.peer.nextResponse(100)
      invite.reject(486)
      await party.peer.nextResponse(486)
    }
    party.request({ ...CALL, contact: '', via: `SIP/2.0/UDP 127.0.0.1:${party.peer.port};branch=1` })
    await refuse()
    party.request({ ...CALL, callId: 'tagless', contact: '', from: '<sip:peer@127.0.0.1>' })
    await refuse()
    party.callee.stack.guard({ isUrgent: () => true })
    party.request({ ...CALL, branch: 'z9hG4bKhelp', callId: 'help', contact: '' })
    await refuse()
  })

  it('says where a peer behind NAT came from and answers there (RFC 3581)', async () => {
    party.peer.request({ ...CALL, via: 'SIP/2.0/UDP 192.168.9.9:5060;branch=z9hG4bKnat;rport' }, party.callee.udp)
    const trying = await party.peer.nextResponse(100)
    expect(trying.topVia.parameters.get('received')).toBe('127.0.0.1')
    expect(trying.topVia.parameters.get('rport')).toBe(String(party.peer.port))
    ;(await party.invites.next()).reject(404)
    await party.peer.nextResponse(404)
  })

  it('says where it came from to who did not ask, when its Via names another host, and only then (18.2.1)', async () => {
    for (const [host, received] of [
      ['192.168.9.9', '127.0.0.1'],
      ['phone.example', '127.0.0.1'],
      ['127.0.0.1', undefined],
    ] as const) {
      party.peer.request({ method: 'OPTIONS', callId: host, via: `SIP/2.0/UDP ${host}:${party.peer.port};branch=z9hG4bK${host}` }, party.callee.udp)
      const { parameters } = (await party.peer.nextResponse(200, 'OPTIONS')).topVia
      expect([host, parameters.get('received'), parameters.has('rport')]).toEqual([host, received, false])
    }
  })

  it('copies Record-Route and takes its route from it (12.1.1, 12.2.1.1)', async () => {
    const proxy = await party.harness.peer()
    const route = `<sip:127.0.0.1:${proxy.port};lr>`
    party.peer.request({ ...CALL, headers: [['Record-Route', route]] }, party.callee.udp)
    const invite = await party.invites.next()
    await party.peer.nextResponse(100)
    invite.answer({ body: ANSWER })
    expect((await party.peer.nextResponse(200)).headers('record-route')).toEqual([route])
    party.acknowledge(`<sip:stack@127.0.0.1>;tag=${invite.leg.id}`)
    await new LegWatch(invite.leg).next('acknowledged')
    invite.leg.bye()
    const bye = await proxy.nextRequest('BYE')
    expect([bye.uriText, bye.headers('route')]).toEqual([`sip:peer@127.0.0.1:${party.peer.port}`, [route]])
    proxy.respond(bye, 200)
    await proxy.drain(party.callee.udp)
  })
})

describe('a caller of RFC 2543, without branch and tag', () => {
  const old = () => ({ callId: 'old', via: `SIP/2.0/UDP 127.0.0.1:${party.peer.port}`, from: '<sip:peer@127.0.0.1>' })

  it('is called through: ACK and BYE find the dialog', async () => {
    const text = party.request({ method: 'INVITE', body: OFFER, ...old() })
    const invite = await party.invites.next()
    const watch = new LegWatch(invite.leg)
    await party.peer.nextResponse(100)
    party.peer.sendBytes(text, party.callee.udp)
    await party.peer.nextResponse(100)
    invite.answer({ body: ANSWER })
    const to = `<sip:stack@127.0.0.1>;tag=${(await party.peer.nextResponse(200)).toTag}`
    party.request({ method: 'ACK', to, ...old() })
    await watch.next('acknowledged')
    party.request({ method: 'BYE', to, sequence: 2, ...old() })
    await party.peer.nextResponse(200, 'BYE')
    await watch.next('bye')
  })

  it('ends a refusal with an ACK that carries our tag, not with another (RFC 3261 17.2.3)', async () => {
    party.request({ method: 'INVITE', body: OFFER, ...old() })
    const invite = await party.invites.next()
    invite.reject(404)
    await party.peer.nextResponse(100)
    await party.peer.nextResponse(404)
    party.request({ method: 'ACK', to: '<sip:stack@127.0.0.1>;tag=wrong', ...old() })
    party.harness.time.advance(500)
    await party.peer.nextResponse(404)
    party.request({ method: 'ACK', to: `<sip:stack@127.0.0.1>;tag=${invite.leg.id}`, ...old() })
    expect(await party.drained()).toEqual([])
    party.harness.time.advance(4000)
    expect(await party.drained()).toEqual([])
  })
})

describe('our 2xx (RFC 3261 13.3.1.4)', () => {
  it('is repeated at T1, 2*T1, … T2 until the ACK comes', async () => {
    const { response, to, watch, text } = await party.answer()
    expect([`<sip:stack@127.0.0.1>;tag=${response.toTag}`, response.contacts.length, response.bodyText]).toEqual([to, 1, ANSWER])
    for (const waitMs of [500, 1000, 2000, 4000, 4000]) {
      party.harness.time.advance(waitMs - 1)
      expect(await party.drained()).toEqual([])
      party.harness.time.advance(1)
      await party.peer.nextResponse(200)
    }
    // RFC 6026: a copy of the INVITE changes nothing.
    party.peer.sendBytes(text, party.callee.udp)
    expect(await party.drained()).toEqual([])
    party.acknowledge(to)
    await watch.next('acknowledged')
    party.harness.time.advance(10_000)
    expect(await party.drained()).toEqual([])
    party.acknowledge(to)
    await party.hangUp(to)
    expect(watch.rest).toEqual(['bye'])
  })

  it('ends in BYE when no ACK comes in 64*T1', async () => {
    const shortTimes = await party.harness.stack({ timing: { t1Ms: 20 } })
    shortTimes.stack.onInvite((invite) => party.invites.push(invite))
    party.peer.request(CALL, shortTimes.udp)
    const invite = await party.invites.next()
    const watch = new LegWatch(invite.leg)
    await party.peer.nextResponse(100)
    invite.answer({ body: ANSWER })
    party.harness.time.advance(64 * 20)
    await watch.next('ackTimeout')
    expect(invite.leg.state).toBe('terminated')
    const sent = await party.peer.drain(shortTimes.udp)
    expect(sent.slice(0, -1).every((message) => describeMessage(message) === '200 INVITE')).toBe(true)
    const bye = sent.at(-1)
    if (bye?.kind !== 'request') throw new Error('no BYE')
    expect([bye.method, bye.callId, bye.fromTag, bye.toTag]).toEqual(['BYE', 'call', invite.leg.id, 'peer'])
    party.peer.respond(bye, 200)
    await party.peer.drain(shortTimes.udp)
  })

  it('holds our BYE back until the ACK comes (15)', async () => {
    const { invite, to, watch } = await party.answer()
    invite.leg.bye()
    expect(invite.leg.state).toBe('terminated')
    expect(await party.drained()).toEqual([])
    party.acknowledge(to)
    const bye = await party.peer.nextRequest('BYE')
    party.peer.respond(bye, 200)
    await party.peer.drain(party.callee.udp)
    expect(watch.rest).toEqual([])
  })
})

describe('CANCEL (RFC 3261 9.2)', () => {
  it('is answered 200 and ends the INVITE with 487', async () => {
    const { watch, invite } = await party.ring()
    party.peer.request({ method: 'CANCEL', callId: 'call', branch: 'z9hG4bKinvite', headers: [['Reason', 'SIP;cause=200']] }, party.callee.udp)
    expect((await party.peer.nextResponse(200, 'CANCEL')).toTag).toBe(invite.leg.id)
    expect((await party.peer.nextResponse(487, 'INVITE')).toTag).toBe(invite.leg.id)
    expect((await watch.next('cancelled')).reason).toBe('SIP;cause=200')
    // A copy finds the transaction still there.
    party.peer.request({ method: 'CANCEL', callId: 'call', branch: 'z9hG4bKinvite' }, party.callee.udp)
    await party.peer.nextResponse(200, 'CANCEL')
    expect(watch.rest).toEqual([])
  })

  it('changes nothing after the final response', async () => {
    const { to, watch } = await party.answer()
    party.peer.request({ method: 'CANCEL', callId: 'call', branch: 'z9hG4bKinvite' }, party.callee.udp)
    await party.peer.nextResponse(200, 'CANCEL')
    party.acknowledge(to)
    await watch.next('acknowledged')
    await party.hangUp(to)
  })

  it('gets 481 when there is nothing to cancel', async () => {
    party.peer.request({ method: 'CANCEL' }, party.callee.udp)
    await party.peer.nextResponse(481, 'CANCEL')
  })
})

describe('an early dialog', () => {
  it('ends with the BYE of the caller (15)', async () => {
    const { watch, to } = await party.ring()
    party.peer.request({ method: 'BYE', callId: 'call', to, sequence: 2 }, party.callee.udp)
    await party.peer.nextResponse(200, 'BYE')
    await party.peer.nextResponse(487, 'INVITE')
    await watch.next('cancelled')
  })

  it('refuses a second INVITE with 500 and Retry-After (14.2)', async () => {
    const { invite, to } = await party.ring()
    party.peer.request({ method: 'INVITE', callId: 'call', to, sequence: 2, body: OFFER }, party.callee.udp)
    expect(Number((await party.peer.nextResponse(500)).header('retry-after'))).toBeLessThanOrEqual(10)
    invite.reject(480)
    await party.peer.nextResponse(480)
  })
})
