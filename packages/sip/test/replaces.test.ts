import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Header, IncomingInvite } from '../src/index.ts'
import { Arrivals } from './arrivals.ts'
import { CalledParty } from './called-party.ts'
import { CallingParty } from './calling-party.ts'
import { OFFER } from './raw-peer.ts'

let party: CalledParty

beforeEach(async () => {
  party = await CalledParty.open()
})
afterEach(() => party.close())

function inviteWith(...headers: Header[]): void {
  party.peer.request({ method: 'INVITE', body: OFFER, headers }, party.callee.udp)
}

describe('INVITE with Replaces (RFC 3891 3)', () => {
  it('names a leg by all of its three parts', async () => {
    const { to, invite } = await party.connect()
    const { id: localTag, callId } = invite.leg
    const named = { callId, localTag, remoteTag: 'peer' }
    expect(party.callee.stack.findLeg(named)).toBe(invite.leg)
    expect(party.callee.stack.findLeg({ ...named, remoteTag: 'other' })).toBeUndefined()
    expect(party.callee.stack.findLeg({ ...named, callId: 'other' })).toBeUndefined()
    expect(party.callee.stack.findLeg({ ...named, localTag: 'peer', remoteTag: localTag })).toBeUndefined()
    inviteWith(['Replaces', `${callId};from-tag=peer;to-tag=${localTag}`])
    const replacing = await party.invites.next()
    expect([replacing.replaces, replacing.join]).toEqual([{ ...named, earlyOnly: false }, undefined])
    await party.peer.nextResponse(100)
    replacing.reject(603)
    await party.peer.nextResponse(603)
    await party.hangUp(to)
    expect(party.callee.stack.findLeg(named)).toBeUndefined()
  })

  it('is refused when the call is not there, over, answered, or only rings here', async () => {
    const { to, invite, watch } = await party.ring()
    const { id, callId } = invite.leg
    const replaces = `${callId};to-tag=${id};from-tag=peer`
    inviteWith(['Replaces', `${callId};to-tag=${id};from-tag=other`])
    await party.peer.nextResponse(481)
    // An early dialog that we did not begin.
    inviteWith(['Replaces', replaces])
    await party.peer.nextResponse(481)
    invite.answer({ body: OFFER })
    await party.peer.nextResponse(200)
    party.acknowledge(to)
    await watch.next('acknowledged')
    // The tag is that of the call, the rest of its name is not.
    for (const other of [`${callId};to-tag=${id};from-tag=other`, `other;to-tag=${id};from-tag=peer`]) {
      inviteWith(['Replaces', other])
      await party.peer.nextResponse(481)
    }
    inviteWith(['Replaces', `${replaces};early-only`])
    await party.peer.nextResponse(486)
    invite.leg.bye()
    const bye = await party.peer.nextRequest('BYE')
    inviteWith(['Replaces', replaces])
    await party.peer.nextResponse(603)
    party.peer.respond(bye, 200)
    expect(await party.drained()).toEqual([])
    expect(party.invites.takeAll()).toEqual([])
  })

  it.each<[string, readonly Header[]]>([
    ['no to-tag', [['Replaces', 'c;from-tag=1']]],
    ['no from-tag', [['Replaces', 'c;to-tag=1']]],
    ['no Call-ID', [['Replaces', ';to-tag=1;from-tag=2']]],
    [
      'two of them',
      [
        ['Replaces', 'c;to-tag=1;from-tag=2'],
        ['Replaces', 'd;to-tag=1;from-tag=2'],
      ],
    ],
    [
      'Replaces and Join',
      [
        ['Replaces', 'c;to-tag=1;from-tag=2'],
        ['Join', 'c;to-tag=1;from-tag=2'],
      ],
    ],
    [
      'two Join',
      [
        ['Join', 'c;to-tag=1;from-tag=2'],
        ['Join', 'd;to-tag=1;from-tag=2'],
      ],
    ],
    ['a malformed Join', [['Join', 'c']]],
  ])('is malformed with %s: 400', async (_, headers) => {
    inviteWith(...headers)
    await party.peer.nextResponse(400)
    expect(party.invites.takeAll()).toEqual([])
  })
})

describe('INVITE with Replaces for a call that rings (RFC 3891 3, RFC 5589 7)', () => {
  it('takes back what we began ourselves, early-only too, by the tag of any phone that rings', async () => {
    const caller = await CallingParty.open()
    const invites = new Arrivals<IncomingInvite>()
    caller.caller.stack.onInvite((invite) => invites.push(invite))
    const { out, invite, watch } = await caller.call()
    for (const toTag of ['one', 'two']) {
      caller.peer.respond(invite, 180, { toTag })
      await watch.next('progress')
    }
    const headers: Header[] = [['Replaces', `${out.leg.callId};to-tag=${out.leg.id};from-tag=two;early-only`]]
    caller.peer.request({ method: 'INVITE', callId: 'pickup', body: OFFER, headers }, caller.caller.udp)
    const pickup = await invites.next()
    expect(pickup.replaces === undefined ? undefined : caller.caller.stack.findLeg(pickup.replaces)).toBe(out.leg)
    await caller.peer.nextResponse(100)
    pickup.reject(603)
    await caller.peer.nextResponse(603)
    caller.peer.respond(invite, 486)
    await caller.drained()
    await caller.close()
  })
})

describe('INVITE with Join (RFC 3911 4)', () => {
  it('names no call that only rings: 481, whoever began it', async () => {
    const caller = await CallingParty.open()
    caller.caller.stack.onInvite((invite) => invite.reject(600))
    const { out, invite } = await caller.call()
    caller.peer.respond(invite, 180, { toTag: 'one' })
    const headers: Header[] = [['Join', `${out.leg.callId};to-tag=${out.leg.id};from-tag=one`]]
    caller.peer.request({ method: 'INVITE', callId: 'join', body: OFFER, headers }, caller.caller.udp)
    await caller.peer.nextResponse(481)
    caller.peer.respond(invite, 486)
    await caller.drained()
    await caller.close()
  })

  it('names the call it wants to join', async () => {
    const { to, invite } = await party.connect()
    inviteWith(['Join', `${invite.leg.callId};from-tag=peer;to-tag=${invite.leg.id}`], ['Max-Breadth', '12'])
    const joining = await party.invites.next()
    expect([joining.join, joining.replaces, joining.maxBreadth]).toEqual([
      { callId: invite.leg.callId, localTag: invite.leg.id, remoteTag: 'peer' },
      undefined,
      12,
    ])
    await party.peer.nextResponse(100)
    joining.reject(486)
    await party.peer.nextResponse(486)
    await party.hangUp(to)
  })
})
