import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Header, SipResponse } from '../src/index.ts'
import { CalledParty } from './called-party.ts'
import { CallingParty } from './calling-party.ts'
import { ANSWER, OFFER } from './raw-peer.ts'
import { LegWatch } from './stack-harness.ts'

const RELIABLE: Header = ['Require', '100rel']

describe('reliable provisional responses of ours (RFC 3262 3)', () => {
  let party: CalledParty

  beforeEach(async () => {
    party = await CalledParty.open()
  })
  afterEach(() => party.close())

  async function ring(headers: readonly Header[], body = OFFER) {
    party.request({ method: 'INVITE', callId: 'call', branch: 'z9hG4bKreliable', headers, body })
    const invite = await party.invites.next()
    await party.peer.nextResponse(100)
    return { invite, watch: new LegWatch(invite.leg), to: `<sip:stack@127.0.0.1>;tag=${invite.leg.id}` }
  }

  const prack = (to: string, sequence: number, rack: string, body?: string): string =>
    party.request({ method: 'PRACK', to, sequence, headers: [['RAck', rack]], ...(body === undefined ? {} : { body }) })
  const rackOf = (response: SipResponse): string => `${response.header('rseq')} 1 INVITE`

  it('are repeated at doubling intervals until the PRACK, one after the other', async () => {
    const { invite, watch, to } = await ring([['Supported', '100rel']])
    invite.progress(183, { body: ANSWER })
    invite.progress(180, { reliable: true })
    const first = await party.peer.nextResponse(183)
    expect([first.header('require'), first.contacts.length, first.bodyText]).toEqual(['100rel', 1, ANSWER])
    for (const waitMs of [500, 1000, 2000]) {
      party.harness.time.advance(waitMs)
      expect((await party.peer.nextResponse(183)).header('rseq')).toBe(first.header('rseq'))
    }
    prack(to, 2, rackOf(first))
    const order = [await party.peer.nextResponse(180), await party.peer.nextResponse(200, 'PRACK')]
    expect(Number(order[0]?.header('rseq'))).toBe(Number(first.header('rseq')) + 1)
    expect(await watch.next('progressAcknowledged')).toEqual({ type: 'progressAcknowledged', statusCode: 183, body: undefined })
    prack(to, 3, rackOf(order[0] ?? first))
    await party.peer.nextResponse(200, 'PRACK')
    party.harness.time.advance(32_000)
    expect(await party.drained()).toEqual([])
    invite.reject(486)
    await party.peer.nextResponse(486)
  })

  it('refuse a PRACK for something else with 481', async () => {
    const { invite, to } = await ring([['Supported', '100rel']])
    invite.progress(183, { body: ANSWER })
    const rseq = Number((await party.peer.nextResponse(183)).header('rseq'))
    for (const [index, rack] of [`${rseq + 1} 1 INVITE`, `${rseq} 2 INVITE`, `${rseq} 1 UPDATE`, 'junk'].entries()) {
      prack(to, 2 + index, rack)
      await party.peer.nextResponse(481, 'PRACK')
    }
    prack(to, 9, `${rseq} 1 INVITE`)
    await party.peer.nextResponse(200, 'PRACK')
    invite.reject(486)
    await party.peer.nextResponse(486)
  })

  it('end the INVITE with 504 when nobody acknowledges them in 64*T1', async () => {
    const { invite, watch } = await ring([RELIABLE])
    invite.progress(180)
    await party.peer.nextResponse(180)
    party.harness.time.advance(31_999)
    await party.drained()
    party.harness.time.advance(1)
    await party.peer.nextResponse(504)
    await watch.next('progressTimeout')
    expect(invite.leg.state).toBe('terminated')
  })

  it('hold the 2xx back while the session description is not acknowledged, and answer once (5)', async () => {
    const { invite, watch, to } = await ring([['Supported', '100rel']])
    invite.progress(183, { body: ANSWER })
    const early = await party.peer.nextResponse(183)
    invite.answer({ body: ANSWER })
    expect(await party.drained()).toEqual([])
    prack(to, 2, rackOf(early))
    await party.peer.nextResponse(200, 'PRACK')
    const success = await party.peer.nextResponse(200, 'INVITE')
    expect(success.body.length).toBe(0)
    await watch.next('progressAcknowledged')
    party.acknowledge(to)
    await watch.next('acknowledged')
    await party.hangUp(to)
  })

  it('another answer than the reliable one is offered after the ACK (RFC 3261 13.2.1)', async () => {
    const { invite, watch, to } = await ring([['Supported', '100rel']])
    invite.progress(183, { body: ANSWER })
    prack(to, 2, rackOf(await party.peer.nextResponse(183)))
    await party.peer.nextResponse(200, 'PRACK')
    await watch.next('progressAcknowledged')
    invite.answer({ body: OFFER })
    expect((await party.peer.nextResponse(200, 'INVITE')).body.length).toBe(0)
    party.acknowledge(to)
    const reinvite = await party.peer.nextRequest('INVITE')
    expect(reinvite.bodyText).toBe(OFFER)
    party.peer.respond(reinvite, 200, { toTag: 'peer', body: ANSWER })
    await party.peer.nextRequest('ACK')
    await watch.next('acknowledged')
    await watch.next('reinviteAnswered')
    await party.hangUp(to)
  })

  it('carry our offer when the INVITE had none; the PRACK brings the answer (5)', async () => {
    const { invite, watch, to } = await ring([RELIABLE], '')
    invite.progress(183, { body: OFFER })
    prack(to, 2, rackOf(await party.peer.nextResponse(183)), ANSWER)
    await party.peer.nextResponse(200, 'PRACK')
    expect(await watch.next('progressAcknowledged')).toMatchObject({ body: ANSWER })
    invite.reject(486)
    await party.peer.nextResponse(486)
  })

  it('take no body in a PRACK that nobody can read: 415, and the response is acknowledged all the same (RFC 3261 8.2.3)', async () => {
    const { invite, to, watch } = await ring([RELIABLE], '')
    invite.progress(183, { body: OFFER })
    const rack = rackOf(await party.peer.nextResponse(183))
    const headers = [
      ['RAck', rack],
      ['Content-Encoding', 'gzip'],
    ] as const
    party.request({ method: 'PRACK', to, sequence: 2, headers, body: ANSWER })
    expect((await party.peer.nextResponse(415, 'PRACK')).header('accept-encoding')).toBe('identity')
    expect(await watch.next('progressAcknowledged')).toMatchObject({ body: undefined })
    invite.reject(486)
    await party.peer.nextResponse(486)
  })

  it('take no other offer in a PRACK: 488, and the response is acknowledged all the same', async () => {
    const { invite, to } = await ring([['Supported', '100rel']])
    invite.progress(183, { body: ANSWER })
    prack(to, 2, rackOf(await party.peer.nextResponse(183)), OFFER)
    await party.peer.nextResponse(488, 'PRACK')
    party.harness.time.advance(1000)
    expect(await party.drained()).toEqual([])
    invite.reject(486)
    await party.peer.nextResponse(486)
  })

  it('are not for those who do not know them', async () => {
    const { invite } = await ring([])
    invite.progress(183, { body: ANSWER, reliable: true })
    expect((await party.peer.nextResponse(183)).header('rseq')).toBeUndefined()
    invite.reject(486)
    await party.peer.nextResponse(486)
  })

  it('are all that those get who require them', async () => {
    const { invite, to } = await ring([RELIABLE])
    invite.progress(180, { reliable: false })
    prack(to, 2, rackOf(await party.peer.nextResponse(180)))
    await party.peer.nextResponse(200, 'PRACK')
    invite.reject(486)
    await party.peer.nextResponse(486)
  })
})

describe('reliable provisional responses of the peer (RFC 3262 4)', () => {
  let party: CallingParty

  beforeEach(async () => {
    party = await CallingParty.open()
  })
  afterEach(() => party.close())

  const rseq = (value: number): readonly Header[] => [RELIABLE, ['RSeq', String(value)]]

  it('are acknowledged in order, each once; what comes too early waits for its repetition', async () => {
    const { out, invite, watch } = await party.call()
    expect(invite.headers('supported')).toContain('100rel')
    party.peer.respond(invite, 183, { body: ANSWER, headers: rseq(7) })
    const prack = await party.peer.nextRequest('PRACK')
    expect([prack.header('rack'), prack.cseq.sequence, prack.toTag, prack.uriText]).toEqual(['7 1 INVITE', 2, 'peer', `sip:peer@127.0.0.1:${party.peer.port}`])
    party.peer.respond(prack, 200)
    expect((await watch.next('progress')).body).toBe(ANSWER)
    party.peer.respond(invite, 180, { headers: rseq(9) })
    party.peer.respond(invite, 183, { body: ANSWER, headers: rseq(7) })
    expect(await party.drained()).toEqual([])
    party.peer.respond(invite, 180, { headers: rseq(8) })
    expect((await party.peer.nextRequest('PRACK')).header('rack')).toBe('8 1 INVITE')
    await watch.next('progress')
    party.peer.respond(invite, 200)
    expect((await watch.next('answered')).body).toBe(ANSWER)
    const ack = await party.peer.nextRequest('ACK')
    expect(ack.cseq.sequence).toBe(1)
    expect(watch.rest).toEqual([])
    out.leg.bye()
    // The PRACK that nobody answered used 3.
    expect((await party.peer.nextRequest('BYE')).cseq.sequence).toBe(4)
  })

  it('open a dialog whose way is that of the 2xx in the end (RFC 3261 13.2.2.4)', async () => {
    const [early, proxy] = [await party.harness.peer(), await party.harness.peer()]
    const { out, invite, watch } = await party.call()
    const through = ({ port }: typeof early): Header => ['Record-Route', `<sip:127.0.0.1:${port};lr>`]
    party.peer.respond(invite, 183, { body: ANSWER, headers: [...rseq(7), through(early)] })
    early.respond(await early.nextRequest('PRACK'), 200)
    await watch.next('progress')
    party.peer.respond(invite, 200, { headers: [through(proxy)] })
    await watch.next('answered')
    const ack = await proxy.nextRequest('ACK')
    expect(ack.headers('route')).toEqual([`<sip:127.0.0.1:${proxy.port};lr>`])
    out.leg.bye()
    proxy.respond(await proxy.nextRequest('BYE'), 200)
    expect(await early.drain(party.caller.udp)).toEqual([])
    await proxy.drain(party.caller.udp)
  })

  it('are told apart by the tag of who rings: each fork counts for itself', async () => {
    const { invite, watch, out } = await party.call()
    party.peer.respond(invite, 183, { toTag: 'one', body: ANSWER, headers: rseq(100) })
    party.peer.respond(invite, 183, { toTag: 'two', body: ANSWER, headers: rseq(5) })
    const pracks = [await party.peer.nextRequest('PRACK'), await party.peer.nextRequest('PRACK')]
    expect(pracks.map((prack) => [prack.toTag, prack.header('rack')])).toEqual([
      ['one', '100 1 INVITE'],
      ['two', '5 1 INVITE'],
    ])
    for (const prack of pracks) party.peer.respond(prack, 200)
    await watch.next('progress')
    await watch.next('progress')
    expect(party.caller.stack.findLeg({ callId: out.leg.callId, localTag: out.leg.id, remoteTag: 'two' })).toBe(out.leg)
    party.peer.respond(invite, 200, { toTag: 'two', body: ANSWER })
    expect((await party.peer.nextRequest('ACK')).toTag).toBe('two')
    await watch.next('answered')
    out.leg.bye()
    const bye = await party.peer.nextRequest('BYE')
    expect([bye.toTag, bye.cseq.sequence]).toEqual(['two', 3])
    party.peer.respond(bye, 200)
    await party.drained()
  })

  it('are required, or not even spoken of, when the caller wants it so', async () => {
    const required = await party.call({ reliableProvisional: 'required' })
    expect(required.invite.headers('require')).toEqual(['100rel'])
    party.peer.respond(required.invite, 420)
    await party.peer.nextRequest('ACK')
    const without = await party.call({ reliableProvisional: 'unsupported' })
    expect(without.invite.headers('supported')).not.toContain('100rel')
    party.peer.respond(without.invite, 486)
    await party.peer.nextRequest('ACK')
  })
})
