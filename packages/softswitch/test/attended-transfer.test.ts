import { formatReplaces } from '@dialtone/sip'
import type { SipLeg } from '@dialtone/sip'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER, REALM, ZOE_NUMBER } from './switch-tenants.ts'
import { expectNothingLeft, follow, hearEachOther, talk } from './talk.ts'
import type { HeardInvite, HeardLeg, TestPhone } from './test-phone.ts'

const TRANSFEREE_HZ = 440
const TARGET_HZ = 1_400

let rig: SwitchRig

beforeEach(async () => {
  rig = await SwitchRig.start()
})

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    await rig.stop()
  }
})

/** Refer-To with the dialog of another leg of the same phone, as RFC 5589 7.1 writes it. */
function referTo(leg: SipLeg, uri: string, response: { readonly toTag?: string | undefined } | undefined): string {
  const replaces = formatReplaces({ callId: leg.callId, localTag: leg.id, remoteTag: response?.toTag ?? '' })
  return `<sip:${uri}@${REALM}?Replaces=${encodeURIComponent(replaces)}>`
}

/** Alice calls bob, bob calls carol: bob has two calls. */
async function twoCalls() {
  const [alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
  const first = await talk(rig, alice, '2002', bob)
  const second = await talk(rig, bob, '2003', carol)
  follow(first.caller, first.callerEar, TRANSFEREE_HZ)
  follow(second.callee, second.calleeEar, TARGET_HZ)
  return { first, second, answer: (await second.caller.saw('answered')).response }
}

describe('attended transfer (RFC 5589 7, RFC 3891)', () => {
  it('joins the two calls: both hear each other, the transferor is out of both, one record a call', async () => {
    const { first, second, answer } = await twoCalls()
    await hearEachOther(first)
    rig.time.advance(10_000)
    first.callee.leg.refer(referTo(second.caller.leg, '2003', answer))
    await first.callee.saw('referAccepted')
    expect(await first.callee.sawWhere('referProgress', ({ ended }) => ended)).toMatchObject({ statusCode: 200 })
    await second.caller.saw('bye')
    await Promise.all([first.callerEar.hears(TARGET_HZ), second.calleeEar.hears(TRANSFEREE_HZ)])
    const streams = [first.callerEar, second.calleeEar].map(({ ssrcs, steppedBack }) => [ssrcs.size, steppedBack])
    expect(streams, 'one stream each, whoever speaks in it (RFC 3550 5.1)').toEqual([
      [1, 0],
      [1, 0],
    ])
    first.callee.leg.bye()
    rig.time.advance(5_000)
    first.caller.leg.bye()
    await second.callee.saw('bye')
    await rig.closed(2)
    const seen = rig.records.map((record) => [record.dialedNumber, record.callingLineId, (record.endedAtMs ?? 0) - (record.answeredAtMs ?? 0)])
    expect(seen).toEqual([
      ['2002', 'alice-desk', 10_000],
      ['2003', 'bob-desk', 15_000],
    ])
  })

  it('of two calls from and to the PSTN: the records go on as long as the carriers count', async () => {
    const alice = await rig.phone('alice-desk')
    const ear = await rig.ear()
    const inbound = rig.backup.callIn(ALICE_NUMBER, ear.description(), [['From', '<sip:+12125550142@pstn.example>']])
    const atAlice = await alice.nextCall()
    atAlice.invite.answer({ body: (await rig.ear()).description() })
    await inbound.saw('answered')
    const second = await talk(rig, alice, '6075550123', rig.pstn)
    follow(inbound, ear, TRANSFEREE_HZ)
    follow(second.callee, second.calleeEar, TARGET_HZ)
    atAlice.leg.refer(referTo(second.caller.leg, '6075550123', (await second.caller.saw('answered')).response))
    await Promise.all([ear.hears(TARGET_HZ), second.calleeEar.hears(TRANSFEREE_HZ), second.caller.saw('bye')])
    atAlice.leg.bye()
    rig.time.advance(8_000)
    second.callee.leg.bye()
    await inbound.saw('bye')
    await rig.closed(2)
    const seen = rig.records.map((record) => [record.direction, record.carrierId, (record.endedAtMs ?? 0) - (record.answeredAtMs ?? 0)])
    expect(new Set(seen.map((one) => one.join(' ')))).toEqual(new Set(['INBOUND backup 8000', 'OUTBOUND pstn 8000']))
  })

  it('while the target still rings: the transferor gets 487 and is out, the caller hears it ring and then talks to it (RFC 5589 7.6)', async () => {
    const [alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const first = await talk(rig, alice, '2002', bob)
    follow(first.caller, first.callerEar, TRANSFEREE_HZ)
    const second = bob.call('2003', (await rig.ear()).description())
    const ringing = await carol.nextCall()
    ringing.invite.progress(180)
    const { response } = await second.saw('progress')
    first.callee.leg.refer(referTo(second.leg, '2003', response))
    expect((await second.saw('rejected')).statusCode).toBe(487)
    await first.callee.sawWhere('referProgress', ({ statusCode, ended }) => ended && statusCode === 200)
    first.callee.leg.bye()
    await first.callerEar.hears(440, 480)
    const ear = await rig.ear()
    follow(ringing, ear, TARGET_HZ)
    ringing.invite.answer({ body: ear.description() })
    await Promise.all([ear.hears(TRANSFEREE_HZ), first.callerEar.hears(TARGET_HZ)])
    ringing.leg.bye()
    await first.caller.saw('bye')
    await rig.closed(2)
    expect(rig.records.map(({ disposition, dialedNumber }) => [disposition, dialedNumber])).toEqual([
      ['ANSWERED', '2002'],
      ['ANSWERED', '2003'],
    ])
  })

  it('with a dialog of another account, or of nobody: 481 by NOTIFY, both calls go on (RFC 3891 3)', async () => {
    const { first, second } = await twoCalls()
    const zoe = await rig.phone('zoe-desk')
    const foreign = rig.pstn.callIn(ZOE_NUMBER, (await rig.ear()).description(), [])
    const atZoe = await zoe.nextCall()
    atZoe.invite.answer({ body: (await rig.ear()).description() })
    await foreign.saw('answered')
    first.callee.leg.refer(referTo(atZoe.leg, '2001', { toTag: atZoe.invite.request.fromTag }))
    expect(await first.callee.sawWhere('referProgress', ({ ended }) => ended)).toMatchObject({ statusCode: 481 })
    const next = second.caller.sawWhere('referProgress', ({ ended }) => ended)
    second.caller.leg.refer(`<sip:2003@${REALM}?Replaces=nobody%3Bto-tag%3D1%3Bfrom-tag%3D2>`)
    expect(await next).toMatchObject({ statusCode: 481 })
    expect([first.caller, second.callee, foreign].map((leg) => leg.count('bye'))).toEqual([0, 0, 0])
    foreign.leg.bye()
    for (const call of [first, second]) {
      call.caller.leg.bye()
      await call.callee.saw('bye')
    }
    await rig.closed(3)
  })
})

/** An INVITE with Replaces for a dialog that another phone has with us: its tags change places (RFC 3891 6.1). */
function replacing(phone: TestPhone, heard: HeardInvite | HeardLeg, tags: { readonly local: string; readonly remote: string }, body: string, more = '') {
  const replaces = formatReplaces({ callId: heard.leg.callId, localTag: tags.local, remoteTag: tags.remote })
  return phone.call('2002', body, { headers: [['Replaces', `${replaces}${more}`]] })
}

function tagsOf(heard: HeardInvite) {
  return { local: heard.leg.id, remote: heard.invite.request.fromTag ?? '' }
}

describe('INVITE with Replaces (RFC 3891)', () => {
  it('an answered call is pulled to another phone of the account: the old one is told why, the sound goes to the new one', async () => {
    const [alice, desk] = [await rig.phone('alice-desk'), await rig.phone('bob-desk')]
    const call = await talk(rig, alice, '2002', desk)
    follow(call.caller, call.callerEar, TRANSFEREE_HZ)
    const cell = await rig.phone('bob-cell')
    const ear = await rig.ear()
    const pulled = replacing(cell, call.callee, tagsOf(call.callee), ear.description())
    const { body } = await pulled.saw('answered')
    ear.sing(TARGET_HZ, body)
    expect((await call.callee.saw('bye')).request.header('reason')).toBe('SIP;cause=200;text="Call completed elsewhere"')
    await Promise.all([ear.hears(TRANSFEREE_HZ), call.callerEar.hears(TARGET_HZ)])
    expect([call.callerEar.ssrcs.size, call.callerEar.steppedBack]).toEqual([1, 0])
    pulled.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ disposition: 'ANSWERED', hangupBy: 'callee' })
  })

  it('a ringing call is picked up: the phone that rang is told why, both hear each other', async () => {
    const [alice, desk, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const [callerEar, ear] = [await rig.ear(), await rig.ear()]
    const caller = alice.call('2002', callerEar.description())
    const ringing = await desk.nextCall()
    ringing.invite.progress(180)
    await caller.saw('progress')
    const pickup = replacing(carol, ringing, tagsOf(ringing), ear.description(), ';early-only')
    const [forCarol, forAlice] = await Promise.all([pickup.saw('answered'), caller.saw('answered')])
    expect((await ringing.saw('cancelled')).reason).toBe('SIP;cause=200;text="Call completed elsewhere"')
    ear.sing(TARGET_HZ, forCarol.body)
    callerEar.sing(TRANSFEREE_HZ, forAlice.body)
    await Promise.all([ear.hears(TRANSFEREE_HZ), callerEar.hears(TARGET_HZ)])
    caller.leg.bye()
    await pickup.saw('bye')
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ disposition: 'ANSWERED', calledLineId: 'carol-desk' })
  })

  it('a call that rings in a pickup group is picked up by its members, and by nobody else: 403, and it rings on', async () => {
    rig.furnish(({ services }) => ({ services: { ...services, pickupGroups: [{ id: 'front', name: 'Front', userIds: ['alice', 'bob'], lineIds: [] }] } }))
    const [alice, desk, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const caller = alice.call('2002', (await rig.ear()).description())
    const ringing = await desk.nextCall()
    ringing.invite.progress(180)
    await caller.saw('progress')
    const pickup = replacing(carol, ringing, tagsOf(ringing), (await rig.ear()).description(), ';early-only')
    expect((await pickup.saw('rejected')).statusCode).toBe(403)
    ringing.invite.reject(486)
    expect((await caller.saw('rejected')).statusCode).toBe(486)
    await rig.closed(1)
  })

  it('by a line of another account, of a dialog that is none: 481; early-only for an answered one: 486', async () => {
    const [alice, bob, zoe] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('zoe-desk')]
    const call = await talk(rig, alice, '2002', bob)
    const body = (await rig.ear()).description()
    const refused = [
      replacing(zoe, call.callee, tagsOf(call.callee), body),
      replacing(alice, call.callee, { local: 'nobody', remote: 'else' }, body),
      replacing(alice, call.callee, tagsOf(call.callee), body, ';early-only'),
    ]
    expect((await Promise.all(refused.map((leg) => leg.saw('rejected')))).map(({ statusCode }) => statusCode)).toEqual([481, 481, 486])
    expect(rig.switch.statistics.calls).toBe(1)
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })

  it('when the other side does not take the new offer, nothing has changed', async () => {
    const [alice, desk] = [await rig.phone('alice-desk'), await rig.phone('bob-desk')]
    const call = await talk(rig, alice, '2002', desk)
    call.caller.onReinvite = ({ reject }) => reject(488)
    const cell = await rig.phone('bob-cell')
    const pulled = replacing(cell, call.callee, tagsOf(call.callee), (await rig.ear()).description())
    expect((await pulled.saw('rejected')).statusCode).toBe(488)
    await hearEachOther(call)
    call.callee.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(1)
  })
})
