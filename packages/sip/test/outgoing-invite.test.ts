import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CallingParty } from './calling-party.ts'
import { ANSWER, OFFER } from './raw-peer.ts'

let party: CallingParty

beforeEach(async () => {
  party = await CallingParty.open()
})
afterEach(() => party.close())

describe('our INVITE (RFC 3261 13.2, 17.1.1)', () => {
  it('carries what an INVITE must carry, and what its user adds', async () => {
    const headers = [
      ['Max-Forwards', '12'],
      ['X-Note', 'one'],
    ] as const
    const { out, invite, watch } = await party.call({ headers, contactUser: 'alice' })
    expect([invite.method, invite.uriText, invite.callId, invite.fromTag, invite.toTag]).toEqual([
      'INVITE',
      'sip:bob@test',
      out.leg.callId,
      out.leg.id,
      undefined,
    ])
    expect([invite.maxForwards, invite.header('x-note'), invite.bodyText, invite.contentType]).toEqual([12, 'one', OFFER, 'application/sdp'])
    expect(invite.contacts[0]?.uriText).toBe(`sip:alice@127.0.0.1:${party.caller.udp.port}`)
    expect(invite.topVia.parameters.get('branch')).toMatch(/^z9hG4bK.{16}/)
    expect(invite.topVia.parameters.has('rport')).toBe(true)
    party.peer.respond(invite, 603)
    await party.peer.nextRequest('ACK')
    expect((await watch.next('rejected')).statusCode).toBe(603)
  })

  it('is sent again until something comes, and given up after 64*T1 with 408', async () => {
    const { watch } = await party.call()
    for (const waitMs of [500, 1000, 2000]) {
      party.harness.time.advance(waitMs)
      await party.peer.nextRequest('INVITE')
    }
    party.harness.time.advance(28_500)
    expect(await watch.next('rejected')).toEqual({ type: 'rejected', statusCode: 408, reasonPhrase: 'Request Timeout', response: undefined })
    expect(await party.drained()).toEqual(['INVITE', 'INVITE', 'INVITE'])
  })

  it('acknowledges a refusal, again for each copy of it (17.1.1.3)', async () => {
    const { watch, invite } = await party.call()
    party.peer.respond(invite, 486)
    const ack = await party.peer.nextRequest('ACK')
    expect([ack.uriText, ack.topVia.text, ack.cseq, ack.toTag, ack.fromTag]).toEqual([
      invite.uriText,
      invite.topVia.text,
      { sequence: 1, method: 'ACK' },
      'peer',
      invite.fromTag,
    ])
    party.peer.respond(invite, 486)
    await party.peer.nextRequest('ACK')
    await watch.next('rejected')
    expect(watch.rest).toEqual([])
  })

  it('is answered once; the ACK goes again for each copy of the 2xx (13.2.2.4)', async () => {
    const { invite, ack, watch, out } = await party.connect()
    expect([ack.uriText, ack.cseq.sequence, ack.toTag]).toEqual([`sip:peer@127.0.0.1:${party.peer.port}`, 1, 'peer'])
    expect(ack.topVia.parameters.get('branch')).not.toBe(invite.topVia.parameters.get('branch'))
    party.peer.respond(invite, 200, { body: ANSWER })
    expect((await party.peer.nextRequest('ACK')).topVia.text).toBe(ack.topVia.text)
    expect(watch.rest).toEqual([])
    out.leg.bye()
    await party.acceptBye()
  })

  it('acknowledges and ends the other calls a fork has made (13.2.2.4)', async () => {
    const { invite, watch, out } = await party.connect()
    party.peer.respond(invite, 200, { toTag: 'second', body: ANSWER })
    expect((await party.peer.nextRequest('ACK')).toTag).toBe('second')
    const bye = await party.peer.nextRequest('BYE')
    expect([bye.toTag, bye.cseq.sequence]).toEqual(['second', 2])
    party.peer.respond(bye, 200)
    // Its copy is acknowledged too, and not hung up twice.
    party.peer.respond(invite, 200, { toTag: 'second', body: ANSWER })
    await party.peer.nextRequest('ACK')
    expect([watch.rest, out.leg.state]).toEqual([[], 'confirmed'])
    out.leg.bye()
    await party.acceptBye()
  })

  it('goes back through the proxies of the 2xx', async () => {
    const proxy = await party.harness.peer()
    const { out, watch, invite } = await party.call()
    party.peer.respond(invite, 200, { body: ANSWER, headers: [['Record-Route', `<sip:127.0.0.1:${proxy.port};lr>`]] })
    await watch.next('answered')
    const ack = await proxy.nextRequest('ACK')
    expect([ack.uriText, ack.headers('route')]).toEqual([`sip:peer@127.0.0.1:${party.peer.port}`, [`<sip:127.0.0.1:${proxy.port};lr>`]])
    out.leg.bye()
    proxy.respond(await proxy.nextRequest('BYE'), 200)
    await proxy.drain(party.caller.udp)
  })
})

describe('giving up (RFC 3261 9.1)', () => {
  it('waits for a provisional response before CANCEL goes out', async () => {
    const { out, watch, invite } = await party.call()
    out.cancel([['Reason', 'SIP;cause=200']])
    expect(await party.drained()).toEqual([])
    party.peer.respond(invite, 100)
    const cancel = await party.peer.nextRequest('CANCEL')
    expect([cancel.uriText, cancel.topVia.text, cancel.cseq, cancel.header('reason')]).toEqual([
      invite.uriText,
      invite.topVia.text,
      { sequence: 1, method: 'CANCEL' },
      'SIP;cause=200',
    ])
    party.peer.respond(cancel, 200)
    party.peer.respond(invite, 487)
    await party.peer.nextRequest('ACK')
    expect((await watch.next('rejected')).statusCode).toBe(487)
  })

  it('acknowledges and hangs up a 2xx that crosses the CANCEL', async () => {
    const { out, watch, invite } = await party.call()
    party.peer.respond(invite, 180)
    await watch.next('progress')
    out.cancel()
    const cancel = await party.peer.nextRequest('CANCEL')
    party.peer.respond(invite, 200, { body: ANSWER })
    await party.peer.nextRequest('ACK')
    const bye = await party.peer.nextRequest('BYE')
    party.peer.respond(cancel, 200)
    party.peer.respond(bye, 200)
    expect(await watch.next('rejected')).toMatchObject({ statusCode: 487, response: undefined })
    await party.drained()
    expect(watch.rest).toEqual([])
  })

  it('goes the way of its INVITE, and so does the ACK of the refusal: the Routes of both are those of the INVITE (9.1, 17.1.1.3)', async () => {
    const routes = ['<sip:one.test;lr>', '<sip:two.test;lr>']
    const { out, invite } = await party.call({ headers: routes.map((route) => ['Route', route]) })
    party.peer.respond(invite, 180)
    out.cancel()
    const cancel = await party.peer.nextRequest('CANCEL')
    party.peer.respond(cancel, 200)
    party.peer.respond(invite, 487)
    const ack = await party.peer.nextRequest('ACK')
    for (const request of [cancel, ack]) {
      expect([request.headers('route'), request.uriText, request.topVia.text]).toEqual([routes, invite.uriText, invite.topVia.text])
    }
  })

  it('takes the answer the peer gave instead', async () => {
    const { out, watch, invite } = await party.call()
    party.peer.respond(invite, 180)
    await watch.next('progress')
    out.cancel()
    party.peer.respond(await party.peer.nextRequest('CANCEL'), 200)
    party.peer.respond(invite, 486)
    await party.peer.nextRequest('ACK')
    expect((await watch.next('rejected')).statusCode).toBe(486)
  })

  it('stops waiting for the peer 64*T1 after the CANCEL', async () => {
    const { out, watch, invite } = await party.call()
    party.peer.respond(invite, 180)
    await watch.next('progress')
    out.cancel()
    await party.peer.nextRequest('CANCEL')
    party.harness.time.advance(31_999)
    expect(watch.rest).toEqual([])
    party.harness.time.advance(1)
    expect(await watch.next('rejected')).toMatchObject({ statusCode: 487, response: undefined })
  })

  it('gives up by itself after noAnswerTimeoutMs with 408', async () => {
    const { watch, invite } = await party.call({ noAnswerTimeoutMs: 20_000 })
    party.peer.respond(invite, 180)
    await watch.next('progress')
    party.harness.time.advance(19_999)
    expect(await party.drained()).toEqual([])
    party.harness.time.advance(1)
    party.peer.respond(await party.peer.nextRequest('CANCEL'), 200)
    party.peer.respond(invite, 487)
    await party.peer.nextRequest('ACK')
    expect((await watch.next('rejected')).statusCode).toBe(408)
  })
})

describe('responses that are not for us (RFC 3261 8.1.3.3, 17.1.3, 18.1.2)', () => {
  it('are dropped: unknown branch, other method, other sent-by, several Via', async () => {
    const { invite, watch, out } = await party.call()
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
    party.peer.sendBytes(forged(via.replace('z9hG4bK', 'z9hG4bKx'), '1 INVITE'), party.caller.udp)
    party.peer.sendBytes(forged(via, '1 BYE'), party.caller.udp)
    party.peer.sendBytes(forged(via.replace('127.0.0.1', '192.0.2.200'), '1 INVITE'), party.caller.udp)
    // 8.1.3.3: one with another Via below ours has gone astray, for we are where the request began.
    party.peer.sendBytes(forged(`${via}, SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKbelow`, '1 INVITE'), party.caller.udp)
    expect(await party.drained()).toEqual([])
    expect([watch.rest, out.leg.state]).toEqual([[], 'early'])
    party.peer.respond(invite, 404)
    await party.peer.nextRequest('ACK')
    await watch.next('rejected')
  })
})
