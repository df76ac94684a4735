import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SipRequest } from '../src/index.ts'
import { CallingParty } from './calling-party.ts'
import { ANSWER, type RawPeer } from './raw-peer.ts'

let party: CallingParty
let second: RawPeer

beforeEach(async () => {
  party = await CallingParty.open()
  second = await party.harness.peer()
})
afterEach(() => party.close())

/** Bob answers there, and is hung up. */
async function answerAtSecond(invite: SipRequest, { watch, out }: Pick<Awaited<ReturnType<CallingParty['call']>>, 'watch' | 'out'>): Promise<void> {
  second.respond(invite, 200, { body: ANSWER })
  await watch.next('answered')
  await second.nextRequest('ACK')
  out.leg.bye()
  second.respond(await second.nextRequest('BYE'), 200)
  await second.drain(party.caller.udp)
}

describe('further addresses of a target (RFC 3263 4.3)', () => {
  it('are tried after a 503, with nothing new but the branch', async () => {
    const { invite, watch, out } = await party.call({ alternatives: [second.address] })
    party.peer.respond(invite, 100)
    party.peer.respond(invite, 503)
    await party.peer.nextRequest('ACK')
    const again = await second.nextRequest('INVITE')
    expect([again.callId, again.cseq, again.fromTag, again.bodyText]).toEqual([invite.callId, invite.cseq, invite.fromTag, invite.bodyText])
    expect(again.topVia.parameters.get('branch')).not.toBe(invite.topVia.parameters.get('branch'))
    await answerAtSecond(again, { watch, out })
    expect(watch.rest).toEqual([])
  })

  it('are asked by their own Request-URI, and challenge for themselves also in a realm that the one before had (RFC 3261 16.5, 22.3)', async () => {
    const credentials = { username: 'alice', password: 'secret' }
    const { invite, watch } = await party.call({ credentials, alternatives: [{ ...second.address, uri: 'sip:bob@second.test' }] })
    const challenge = (nonce: string) => ({ headers: [['Proxy-Authenticate', `Digest realm="carrier", nonce="${nonce}"`]] }) as const
    party.peer.respond(invite, 407, challenge('one'))
    await party.peer.nextRequest('ACK')
    party.peer.respond(await party.peer.nextRequest('INVITE'), 503)
    await party.peer.nextRequest('ACK')
    const asked = await second.nextRequest('INVITE')
    expect([asked.uriText, asked.header('proxy-authorization')]).toEqual(['sip:bob@second.test', undefined])
    second.respond(asked, 407, challenge('two'))
    await second.nextRequest('ACK')
    const proven = await second.nextRequest('INVITE')
    expect(proven.header('proxy-authorization')).toMatch(/nonce="two".*uri="sip:bob@second.test"/)
    second.respond(proven, 486)
    await second.nextRequest('ACK')
    await watch.next('rejected')
  })

  it('are tried after 64*T1 of silence', async () => {
    const { watch, out } = await party.call({ alternatives: [second.address] })
    party.harness.time.advance(32_000)
    const again = await second.nextRequest('INVITE')
    expect(watch.rest).toEqual([])
    second.respond(again, 486)
    await second.nextRequest('ACK')
    expect((await watch.next('rejected')).statusCode).toBe(486)
    expect(out.leg.state).toBe('terminated')
  })

  it('are tried after as much silence as is said, the last one for 64*T1 all the same (`silence`)', async () => {
    const { invite, watch } = await party.call({ alternatives: [second.address], silence: { timeoutMs: 5000 } })
    party.harness.time.advance(5000)
    const again = await second.nextRequest('INVITE')
    expect([again.callId, again.cseq]).toEqual([invite.callId, invite.cseq])
    expect(again.topVia.parameters.get('branch')).not.toBe(invite.topVia.parameters.get('branch'))
    party.harness.time.advance(31_999)
    expect(watch.rest).toEqual([])
    party.harness.time.advance(1)
    expect((await watch.next('rejected')).statusCode).toBe(408)
  })

  it('are waited for once something is heard: 100 is enough', async () => {
    const { invite, watch } = await party.call({ alternatives: [second.address], silence: { timeoutMs: 5000, leavesLast: true } })
    party.peer.respond(invite, 100)
    await party.drained()
    party.harness.time.advance(60_000)
    expect(await second.drain(party.caller.udp)).toEqual([])
    party.peer.respond(invite, 486)
    await party.peer.nextRequest('ACK')
    expect((await watch.next('rejected')).statusCode).toBe(486)
  })

  it.each([
    ['rings is cancelled (RFC 3261 9.1)', 180, ['CANCEL']],
    ['answers is acknowledged and hung up (13.2.2.4)', 200, ['ACK', 'BYE']],
  ] as const)('of which one that was left for its silence %s, and the call goes on', async (_what, statusCode, methods) => {
    const { invite, watch, out } = await party.call({ alternatives: [second.address], silence: { timeoutMs: 5000, leavesLast: true } })
    party.harness.time.advance(5000)
    const again = await second.nextRequest('INVITE')
    await party.drained()
    party.peer.respond(invite, statusCode, statusCode === 200 ? { body: ANSWER } : {})
    for (const method of methods) {
      const request = await party.peer.nextRequest(method)
      if (method !== 'ACK') party.peer.respond(request, 200)
    }
    if (statusCode === 180) {
      party.peer.respond(invite, 487)
      await party.peer.nextRequest('ACK')
    }
    expect(watch.rest).toEqual([])
    await answerAtSecond(again, { watch, out })
  })

  it('of which one rings after it was left: it is cancelled once, and given up 64*T1 later (9.1)', async () => {
    const { invite, watch, out } = await party.call({ alternatives: [second.address], silence: { timeoutMs: 5000, leavesLast: true } })
    party.harness.time.advance(5000)
    const again = await second.nextRequest('INVITE')
    await answerAtSecond(again, { watch, out })
    await party.drained()
    party.peer.respond(invite, 180)
    party.peer.respond(await party.peer.nextRequest('CANCEL'), 200)
    party.peer.respond(invite, 180)
    expect(await party.drained()).toEqual([])
    // The other is the INVITE that was answered, for copies of its 2xx.
    party.harness.time.advance(31_999)
    expect(party.caller.stack.statistics.transactions).toBe(2)
    party.harness.time.advance(1)
    expect(party.caller.stack.statistics.transactions).toBe(0)
  })

  it('end with 408 when the last one is left as well (`leavesLast`)', async () => {
    const { watch, out } = await party.call({ silence: { timeoutMs: 5000, leavesLast: true } })
    party.harness.time.advance(5000)
    expect((await watch.next('rejected')).statusCode).toBe(408)
    expect(out.leg.state).toBe('terminated')
  })

  it('are tried when nobody takes the connection', async () => {
    const nobody = { transport: 'tcp', address: '127.0.0.1', port: party.peer.port } as const
    const parties = { uri: 'sip:bob@test', to: nobody, from: '<sip:alice@test>', toHeader: '<sip:bob@test>', headers: [], body: ANSWER }
    party.caller.stack.invite({ ...parties, alternatives: [second.address] })
    const again = await second.nextRequest('INVITE')
    expect([again.topVia.transport, again.contacts[0]?.uri.parameters.has('transport')]).toEqual(['UDP', false])
    second.respond(again, 486)
    await second.nextRequest('ACK')
  })

  it('are not tried after any other refusal, nor when the phone has rung, nor when the call was given up', async () => {
    const refused = await party.call({ alternatives: [second.address] })
    party.peer.respond(refused.invite, 500)
    await party.peer.nextRequest('ACK')
    expect((await refused.watch.next('rejected')).statusCode).toBe(500)
    const rung = await party.call({ alternatives: [second.address] })
    party.peer.respond(rung.invite, 180)
    await rung.watch.next('progress')
    party.peer.respond(rung.invite, 503)
    await party.peer.nextRequest('ACK')
    expect((await rung.watch.next('rejected')).statusCode).toBe(503)
    const cancelled = await party.call({ alternatives: [second.address] })
    cancelled.out.cancel()
    party.peer.respond(cancelled.invite, 503)
    await party.peer.nextRequest('ACK')
    expect((await cancelled.watch.next('rejected')).statusCode).toBe(503)
    expect(await second.drain(party.caller.udp)).toEqual([])
  })
})

describe('a redirection (RFC 3261 8.1.3.4)', () => {
  it('is for the user to follow: its contacts come with the refusal', async () => {
    const { invite, watch } = await party.call({ alternatives: [second.address] })
    const headers = [['Contact', '<sip:carol@test>;q=0.5, <sip:dave@test>;q=0.9'] as const]
    party.peer.respond(invite, 302, { headers })
    await party.peer.nextRequest('ACK')
    const { statusCode, response } = await watch.next('rejected')
    expect(statusCode).toBe(302)
    expect(response?.contacts.map(({ uriText }) => uriText)).toEqual(expect.arrayContaining(['sip:carol@test', 'sip:dave@test']))
    expect(await second.drain(party.caller.udp)).toEqual([])
  })
})
