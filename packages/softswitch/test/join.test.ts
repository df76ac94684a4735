import { formatReplaces } from '@dialtone/sip'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RtpEar } from './rtp-ear.ts'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft, talk } from './talk.ts'
import type { Talk } from './talk.ts'
import type { HeardInvite, HeardLeg, TestPhone } from './test-phone.ts'

const ALICE_HZ = 440
const BOB_HZ = 1_000
const CAROL_HZ = 1_700

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

interface Tags {
  readonly local: string
  readonly remote: string
}

/** The tags of a leg that rang, as its phone knows them. */
function tagsOf(heard: HeardInvite): Tags {
  return { local: heard.leg.id, remote: heard.invite.request.fromTag ?? '' }
}

/** An INVITE with Join for a dialog that another phone has with us: its tags change places (RFC 3911 7.1). */
function join(phone: TestPhone, heard: HeardLeg, tags: Tags, body: string, dialed = '2002') {
  const joined = formatReplaces({ callId: heard.leg.callId, localTag: tags.local, remoteTag: tags.remote })
  return phone.call(dialed, body, {
    headers: [
      ['Join', joined],
      ['Require', 'join'],
    ],
  })
}

/** Alice talks to bob, each with a tone. */
async function aliceAndBob(): Promise<Talk> {
  const [alice, bob] = [await rig.phone('alice-desk'), await rig.phone('bob-desk')]
  const call = await talk(rig, alice, '2002', bob)
  call.callerEar.sing(ALICE_HZ, call.answer)
  call.calleeEar.sing(BOB_HZ, call.callee.invite.request.bodyText)
  await Promise.all([call.calleeEar.hears(ALICE_HZ), call.callerEar.hears(BOB_HZ)])
  return call
}

/** Carol joins at bob's leg. */
async function carolJoins(call: Talk): Promise<{ carol: TestPhone; joined: HeardLeg; ear: RtpEar }> {
  const [carol, ear] = [await rig.phone('carol-desk'), await rig.ear()]
  const joined = join(carol, call.callee, tagsOf(call.callee), ear.description())
  const { body } = await joined.saw('answered')
  ear.sing(CAROL_HZ, body)
  return { carol, joined, ear }
}

/** All three hear the other two: an exact sum, so nobody hears itself. */
function allHear(call: Talk, ear: RtpEar): Promise<unknown> {
  return Promise.all([call.callerEar.hears(BOB_HZ, CAROL_HZ), call.calleeEar.hears(ALICE_HZ, CAROL_HZ), ear.hears(ALICE_HZ, BOB_HZ)])
}

function seconds(record: { readonly answeredAtMs: number | undefined; readonly endedAtMs: number | undefined } | undefined): number {
  return ((record?.endedAtMs ?? 0) - (record?.answeredAtMs ?? 0)) / 1_000
}

describe('Join (RFC 3911)', () => {
  it('all three hear each other; when the one that joined leaves, the call is as before; one record for its leg', async () => {
    const call = await aliceAndBob()
    rig.time.advance(10_000)
    const { joined, ear } = await carolJoins(call)
    await allHear(call, ear)
    rig.time.advance(5_000)
    joined.leg.bye()
    await Promise.all([call.callerEar.hears(BOB_HZ), call.calleeEar.hears(ALICE_HZ)])
    rig.time.advance(3_000)
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(2)
    expect([call.caller.count('reinvite'), call.callee.count('reinvite')], 'nobody was asked').toEqual([0, 0])
    expect(call.callee.invite.request.header('supported'), '3').toContain('join')
    const [own, first] = rig.records
    expect(own).toMatchObject({ callingLineId: 'carol-desk', direction: 'INTERNAL', disposition: 'ANSWERED', hangupBy: 'caller', dialedNumber: '2002' })
    expect(first).toMatchObject({ callingLineId: 'alice-desk', calledLineId: 'bob-desk', disposition: 'ANSWERED', hangupBy: 'caller' })
    expect([seconds(own), seconds(first)]).toEqual([5, 18])
    expect(own?.accountId).toBe(first?.accountId)
  })

  it.each([
    ['caller', 'callee'],
    ['callee', 'caller'],
  ] as const)('when the %s leaves the other two go on; the last one is hung up', async (leaver, stays) => {
    const call = await aliceAndBob()
    const { joined, ear } = await carolJoins(call)
    await allHear(call, ear)
    call[leaver].leg.bye()
    const [left, hz] = stays === 'callee' ? [call.calleeEar, BOB_HZ] : [call.callerEar, ALICE_HZ]
    await Promise.all([left.hears(CAROL_HZ), ear.hears(hz)])
    rig.time.advance(4_000)
    expect(rig.records, 'the leg that is left is of the first call').toEqual([])
    if (leaver === 'caller') {
      joined.leg.bye()
      await call.callee.saw('bye')
    } else {
      call.caller.leg.bye()
      await joined.saw('bye')
    }
    await rig.closed(2)
    expect(rig.records.map((record) => [record.disposition, seconds(record)])).toEqual([
      ['ANSWERED', 4],
      ['ANSWERED', 4],
    ])
  })

  it('a fourth one joins at the leg of the third; two who joined may be the last to talk', async () => {
    const call = await aliceAndBob()
    const { joined, ear } = await carolJoins(call)
    await allHear(call, ear)
    const [cell, fourth] = [await rig.phone('bob-cell'), await rig.ear()]
    const tags = { local: joined.leg.id, remote: (await joined.saw('answered')).response.toTag ?? '' }
    const second = join(cell, joined, tags, fourth.description())
    const { body } = await second.saw('answered')
    await fourth.hears(ALICE_HZ, BOB_HZ, CAROL_HZ)
    call.caller.leg.bye()
    rig.time.advance(2_000)
    await fourth.hears(BOB_HZ, CAROL_HZ)
    call.callee.leg.bye()
    await fourth.hears(CAROL_HZ)
    fourth.sing(ALICE_HZ, body)
    await ear.hears(ALICE_HZ)
    rig.time.advance(6_000)
    second.leg.bye()
    await joined.saw('bye')
    await rig.closed(3)
    const durations = Object.fromEntries(rig.records.map((record) => [record.callingLineId, seconds(record)]))
    expect(durations).toEqual({ 'alice-desk': 2, 'carol-desk': 8, 'bob-cell': 8 })
  })

  it('who holds is out of the mix until it resumes, and the others are not asked (RFC 3264 8.4)', async () => {
    const call = await aliceAndBob()
    const { joined, ear } = await carolJoins(call)
    await allHear(call, ear)
    call.caller.leg.reinvite(call.callerEar.description('sendonly', 2))
    expect((await call.caller.next('reinviteAnswered')).body).toContain('a=recvonly')
    await Promise.all([call.calleeEar.hears(CAROL_HZ), ear.hears(BOB_HZ)])
    call.caller.leg.reinvite(call.callerEar.description('sendrecv', 3))
    await call.caller.next('reinviteAnswered')
    await allHear(call, ear)
    joined.leg.reinvite(ear.description('inactive', 2))
    expect((await joined.next('reinviteAnswered')).body).toContain('a=inactive')
    await Promise.all([call.callerEar.hears(BOB_HZ), call.calleeEar.hears(ALICE_HZ)])
    joined.leg.reinvite(ear.description('sendrecv', 3))
    await joined.next('reinviteAnswered')
    await allHear(call, ear)
    expect([call.callee.count('reinvite'), joined.count('reinvite')]).toEqual([0, 0])
    joined.leg.bye()
    await Promise.all([call.callerEar.hears(BOB_HZ), call.calleeEar.hears(ALICE_HZ)])
    call.callee.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(2)
  })

  it('a call on hold: the two are offered our own end, who is held talks to the newcomer, who holds comes back when it wants', async () => {
    const call = await aliceAndBob()
    call.callee.onReinvite = ({ answer }) => answer(call.calleeEar.description('recvonly', 2))
    call.caller.leg.reinvite(call.callerEar.description('sendonly', 2))
    await call.caller.next('reinviteAnswered')
    call.caller.onReinvite = ({ answer }) => answer(call.callerEar.description('sendonly', 3))
    call.callee.onReinvite = ({ body, answer }) => {
      call.calleeEar.sing(BOB_HZ, body ?? '')
      answer(call.calleeEar.description('sendrecv', 3))
    }
    const { joined, ear } = await carolJoins(call)
    await Promise.all([call.calleeEar.hears(CAROL_HZ), ear.hears(BOB_HZ)])
    call.caller.leg.reinvite(call.callerEar.description('sendrecv', 4))
    await call.caller.next('reinviteAnswered')
    await allHear(call, ear)
    joined.leg.bye()
    await Promise.all([call.callerEar.hears(BOB_HZ), call.calleeEar.hears(ALICE_HZ)])
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(2)
  })

  it('when a side of a call on hold does not take our offer: 488, and the hold goes on', async () => {
    const call = await aliceAndBob()
    call.callee.onReinvite = ({ answer }) => answer(call.calleeEar.description('recvonly', 2))
    call.caller.leg.reinvite(call.callerEar.description('sendonly', 2))
    await call.caller.next('reinviteAnswered')
    call.caller.onReinvite = ({ answer }) => answer(call.callerEar.description('sendonly', 3))
    let refused = false
    call.callee.onReinvite = ({ answer, reject }) => {
      if (refused) return answer(call.calleeEar.description('recvonly', 3))
      refused = true
      return reject(488)
    }
    const [carol, ear] = [await rig.phone('carol-desk'), await rig.ear()]
    const joined = join(carol, call.callee, tagsOf(call.callee), ear.description())
    expect((await joined.saw('rejected')).statusCode).toBe(488)
    await call.callee.sawWhere('reinvite', ({ body }) => body?.includes('sendonly') === true && refused)
    await call.calleeEar.hears(ALICE_HZ)
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(2)
  })

  it('of a call to the PSTN: its record ends with the leg of the carrier', async () => {
    const alice = await rig.phone('alice-desk')
    const call = await talk(rig, alice, '6075550123', rig.pstn)
    call.callerEar.sing(ALICE_HZ, call.answer)
    call.calleeEar.sing(BOB_HZ, call.callee.invite.request.bodyText)
    const [carol, ear] = [await rig.phone('carol-desk'), await rig.ear()]
    const tags = { local: call.caller.leg.id, remote: (await call.caller.saw('answered')).response.toTag ?? '' }
    const joined = join(carol, call.caller, tags, ear.description(), '2001')
    ear.sing(CAROL_HZ, (await joined.saw('answered')).body)
    await allHear(call, ear)
    rig.time.advance(7_000)
    call.callee.leg.bye()
    await Promise.all([call.callerEar.hears(CAROL_HZ), ear.hears(ALICE_HZ)])
    rig.time.advance(5_000)
    joined.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(2)
    const byLine = Object.fromEntries(rig.records.map((record) => [record.callingLineId, [record.direction, seconds(record), record.hangupBy]]))
    expect(byLine).toEqual({ 'alice-desk': ['OUTBOUND', 7, 'callee'], 'carol-desk': ['INTERNAL', 12, 'caller'] })
  })

  it('refuses: a line of another account and a dialog that is none 481, another codec 488; nothing changes for the two (4)', async () => {
    const call = await aliceAndBob()
    const [zoe, carol] = [await rig.phone('zoe-desk'), await rig.phone('carol-desk')]
    const body = (await rig.ear()).description()
    const foreign = join(zoe, call.callee, tagsOf(call.callee), body)
    const nobody = join(carol, call.callee, { local: 'nobody', remote: 'else' }, body)
    const refused = await Promise.all([foreign, nobody].map((leg) => leg.saw('rejected')))
    expect(refused.map(({ statusCode }) => statusCode)).toEqual([481, 481])
    expect(rig.records, 'what is no call has no record').toEqual([])
    const wide = join(carol, call.callee, tagsOf(call.callee), body.replace('RTP/AVP 0', 'RTP/AVP 18'))
    expect((await wide.saw('rejected')).statusCode).toBe(488)
    await Promise.all([call.callerEar.hears(BOB_HZ), call.calleeEar.hears(ALICE_HZ)])
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(2)
    expect(rig.records.map(({ disposition, sipStatusCode }) => [disposition, sipStatusCode])).toEqual([
      ['FAILED', 488],
      ['ANSWERED', 200],
    ])
  })

  it('refuses to join a phone that rings 481, and a call for help 403 (4, C-58)', async () => {
    const [alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const body = (await rig.ear()).description()
    const caller = alice.call('2002', body)
    const ringing = await bob.nextCall()
    ringing.invite.progress(180)
    expect((await join(carol, ringing, tagsOf(ringing), body).saw('rejected')).statusCode).toBe(481)
    caller.cancel()
    await ringing.saw('cancelled')
    const help = await talk(rig, alice, '911', rig.psap)
    const tags = { local: help.caller.leg.id, remote: (await help.caller.saw('answered')).response.toTag ?? '' }
    expect((await join(carol, help.caller, tags, body).saw('rejected')).statusCode).toBe(403)
    help.caller.leg.bye()
    await help.callee.saw('bye')
    await rig.closed(2)
  })
})
