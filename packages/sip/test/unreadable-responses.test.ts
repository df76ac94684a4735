import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CallingParty } from './calling-party.ts'
import { ANSWER, OFFER } from './raw-peer.ts'

let party: CallingParty

beforeEach(async () => {
  party = await CallingParty.open()
})
afterEach(() => party.close())

const UNREADABLE = [
  ['an extension nobody here knows (8.2.4)', [['Require', 'timer, x-unheard-of']]],
  ['an encoding nobody here knows (8.2.3)', [['Content-Encoding', 'gzip']]],
] as const

describe('an answer we cannot read (RFC 3261 13.2.2.4)', () => {
  it.each(UNREADABLE)('is acknowledged and hung up, and the call has failed: %s', async (_, headers) => {
    const { invite, watch, out } = await party.call()
    party.peer.respond(invite, 200, { body: ANSWER, headers })
    await party.peer.nextRequest('ACK')
    const bye = await party.peer.nextRequest('BYE')
    expect(bye.header('reason')).toBe('SIP;cause=488;text="Answer Not Understood"')
    party.peer.respond(bye, 200)
    expect(await watch.next('rejected')).toMatchObject({ statusCode: 502, response: undefined })
    // A copy is acknowledged again, and not hung up twice.
    party.peer.respond(invite, 200, { body: ANSWER, headers })
    await party.peer.nextRequest('ACK')
    expect([await party.drained(), watch.rest, out.leg.state]).toEqual([[], [], 'terminated'])
  })

  it('is taken when it requires no more than we have, and when its body may be passed over (20.11, 20.12)', async () => {
    for (const headers of [
      [
        ['Require', 'timer'],
        ['Session-Expires', '1800;refresher=uas'],
        ['Content-Encoding', 'identity'],
      ],
      [['Content-Disposition', 'render;handling=optional']],
    ] as const) {
      const { invite, watch, out } = await party.call()
      party.peer.respond(invite, 200, { body: ANSWER, headers })
      await watch.next('answered')
      await party.peer.nextRequest('ACK')
      out.leg.bye()
      await party.acceptBye()
    }
  })

  it.each(UNREADABLE)('connects a call for help all the same: %s', async (_, headers) => {
    const { invite, watch, out } = await party.call({ mustConnect: true })
    party.peer.respond(invite, 200, { body: ANSWER, headers })
    await watch.next('answered')
    await party.peer.nextRequest('ACK')
    out.leg.bye()
    await party.acceptBye()
  })

  it.each(UNREADABLE)('to a re-INVITE changes nothing: %s', async (_, headers) => {
    const { watch, out } = await party.connect()
    out.leg.reinvite(OFFER)
    party.peer.respond(await party.peer.nextRequest('INVITE'), 200, { body: ANSWER, headers })
    await party.peer.nextRequest('ACK')
    expect(await watch.next('reinviteRejected')).toMatchObject({ statusCode: 488 })
    expect(out.leg.state).toBe('confirmed')
    out.leg.bye()
    await party.acceptBye()
  })
})

describe('a provisional response we cannot read', () => {
  it.each(UNREADABLE)('rings without its session, also a reliable one: %s', async (_, headers) => {
    const { invite, watch } = await party.call()
    party.peer.respond(invite, 183, { body: ANSWER, headers })
    expect(await watch.next('progress')).toMatchObject({ statusCode: 183, body: undefined })
    const reliable = [...headers, ['Require', '100rel'], ['RSeq', '1']] as const
    party.peer.respond(invite, 183, { body: ANSWER, headers: reliable })
    party.peer.respond(await party.peer.nextRequest('PRACK'), 200)
    expect(await watch.next('progress')).toMatchObject({ statusCode: 183, body: undefined })
    party.peer.respond(invite, 200, { body: ANSWER })
    expect(await watch.next('answered')).toMatchObject({ body: ANSWER })
    await party.peer.nextRequest('ACK')
    party.peer.request({ method: 'BYE', callId: invite.callId, from: '<sip:bob@test>;tag=peer', to: invite.header('from') ?? '' }, party.caller.udp)
    await party.peer.nextResponse(200, 'BYE')
  })
})
