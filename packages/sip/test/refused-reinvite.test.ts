import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CalledParty } from './called-party.ts'
import { OFFER } from './raw-peer.ts'

let party: CalledParty

beforeEach(async () => {
  party = await CalledParty.open()
})
afterEach(() => party.close())

describe('a re-INVITE that was refused', () => {
  /** The peer has its final response and acknowledged it: it would not acknowledge a 200, and the call would end for it after 32 s. */
  it('stays refused when a copy comes after what hindered it has gone (RFC 3261 17.2.1, 14.2)', async () => {
    const { to, watch, invite } = await party.connect()
    invite.leg.reinvite(OFFER)
    const ours = await party.peer.nextRequest('INVITE')
    const theirs = party.request({ method: 'INVITE', to, sequence: 2, branch: 'z9hG4bKtheirs', body: OFFER })
    await party.peer.nextResponse(491, 'INVITE')
    party.request({ method: 'ACK', to, sequence: 2, branch: 'z9hG4bKtheirs' })
    party.peer.respond(ours, 488)
    await watch.next('reinviteRejected')
    await party.drained()
    party.peer.sendBytes(theirs, party.callee.udp)
    expect(await party.drained()).toEqual([])
    expect(watch.rest).toEqual([])
    await party.hangUp(to)
  })
})
