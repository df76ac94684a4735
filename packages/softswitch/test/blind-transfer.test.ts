import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER, REALM, ZOE_NUMBER } from './switch-tenants.ts'
import { expectNothingLeft, follow, hearEachOther, talk } from './talk.ts'
import type { Talk } from './talk.ts'
import type { TestPhone } from './test-phone.ts'

const CALLER_HZ = 440
const CALLEE_HZ = 1_000
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

/** Both ends of the call take what they are offered, and sing. */
async function singing(call: Talk): Promise<Talk> {
  follow(call.caller, call.callerEar, CALLER_HZ)
  follow(call.callee, call.calleeEar, CALLEE_HZ)
  await hearEachOther(call)
  return call
}

/** The target of a transfer takes the call and sings. */
async function takes(target: TestPhone) {
  const ear = await rig.ear()
  const call = await target.nextCall()
  call.invite.progress(180)
  follow(call, ear, TARGET_HZ)
  call.invite.answer({ body: ear.description() })
  await call.saw('acknowledged')
  ear.sing(TARGET_HZ, call.invite.request.bodyText)
  return { call, ear }
}

const to = (dialed: string) => `<sip:${dialed}@${REALM}>`

describe('blind transfer by an operator', () => {
  it('the caller talks to the target, and the line that was left is hung up at once', async () => {
    const [alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const call = await singing(await talk(rig, alice, '2002', bob))
    const sessionId = rig.switch.calls.callsOf('account-1')[0]?.sessionId ?? ''
    const order = { sessionId, accountId: 'account-1', dialed: '2003' }
    expect(rig.switch.calls.transfer({ ...order, sessionId: 'nobody' })).toEqual({ result: 'NoSuchCall' })
    expect(rig.switch.calls.transfer({ ...order, accountId: 'account-2' })).toEqual({ result: 'NotTransferable' })
    expect(rig.switch.calls.transfer({ ...order, dialed: '911' })).toEqual({ result: 'EmergencyDialed' })
    const transferred = rig.switch.calls.transfer(order)
    expect(transferred.result).toBe('done')
    expect(rig.switch.calls.transfer(order)).toEqual({ result: 'CallBusy' })
    const target = await takes(carol)
    await Promise.all([target.ear.hears(CALLER_HZ), call.callerEar.hears(TARGET_HZ)])
    rig.time.advance(0)
    await call.callee.saw('bye')
    expect(rig.switch.calls.callsOf('account-1').map((record) => record.sessionId)).toEqual([transferred.sessionId])
    target.call.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(2)
  })
})

describe('blind transfer (RFC 3515, RFC 5589 6)', () => {
  it('by the called party: the caller talks to the target, each part has its own record, the transferor pays for his', async () => {
    const [alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const call = await singing(await talk(rig, alice, '2002', bob))
    rig.time.advance(10_000)
    call.callee.leg.refer(to('2003'))
    await call.callee.saw('referAccepted')
    const target = await takes(carol)
    expect(target.call.invite.request.from.displayName).toBe('Alice Adams')
    expect(target.call.invite.request.header('referred-by')).toContain('sip:2002@')
    await Promise.all([target.ear.hears(CALLER_HZ), call.callerEar.hears(TARGET_HZ)])
    expect([call.callerEar.ssrcs.size, call.callerEar.steppedBack], 'one stream, whoever speaks in it (RFC 3550 5.1)').toEqual([1, 0])
    await call.callee.sawWhere('referProgress', ({ statusCode, ended }) => statusCode === 200 && ended)
    expect(call.callee.events.flatMap((event) => (event.type === 'referProgress' ? [event.statusCode] : []))).toEqual([100, 180, 200])
    // The transferor need not hang up; it is done for him.
    rig.time.advance(3_000)
    await call.callee.saw('bye')
    rig.time.advance(4_000)
    target.call.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(2)
    expect(
      rig.records.map(({ disposition, dialedNumber, callingLineId, calledLineId, hangupBy, direction }) => ({
        disposition,
        dialedNumber,
        callingLineId,
        calledLineId,
        hangupBy,
        direction,
      })),
    ).toEqual([
      { disposition: 'ANSWERED', dialedNumber: '2002', callingLineId: 'alice-desk', calledLineId: 'bob-desk', hangupBy: 'callee', direction: 'INTERNAL' },
      { disposition: 'ANSWERED', dialedNumber: '2003', callingLineId: 'bob-desk', calledLineId: 'carol-desk', hangupBy: 'callee', direction: 'INTERNAL' },
    ])
    expect(rig.records.map((record) => (record.endedAtMs ?? 0) - (record.answeredAtMs ?? 0))).toEqual([10_000, 7_000])
  })

  it.each([
    ['that has no call waiting', false],
    ['whose caller has switched it off for this call', true],
  ])('to another phone of the transferor %s: the call that he leaves does not count, any other one does', async (_name, isForThisCall) => {
    const [alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const snapshot = rig.directory.snapshots.get('account-1')
    const owner = snapshot?.users.get('bob')
    if (snapshot === undefined || owner === undefined) throw new Error('no account')
    const alone = { ...owner, callHandling: { ...owner.callHandling, callWaitingEnabled: isForThisCall } }
    rig.directory.snapshots.set('account-1', { ...snapshot, users: new Map([...snapshot.users, ['bob', alone]]) })
    const call = await singing(await talk(rig, bob, isForThisCall ? '*702001' : '2001', alice))
    const cell = await rig.phone('bob-cell')
    const refused = carol.call('2002', (await rig.ear()).description())
    expect(await refused.saw('rejected')).toMatchObject({ statusCode: 486 })
    call.caller.leg.refer(to('2002'))
    const target = await takes(cell)
    await Promise.all([target.ear.hears(CALLEE_HZ), call.calleeEar.hears(TARGET_HZ)])
    rig.time.advance(3_000)
    await call.caller.saw('bye')
    target.call.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(3)
  })

  it('by the caller, who hangs up at once: the other one hears the target ring, then talks to it', async () => {
    const [alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const call = await singing(await talk(rig, alice, '2002', bob))
    call.caller.leg.refer(to('2003'))
    const ringing = await carol.nextCall()
    ringing.invite.progress(180)
    call.caller.leg.bye()
    // North American ringback: 440 and 480 Hz together; 440 alone is what alice sang.
    await call.calleeEar.hears(440, 480)
    const ear = await rig.ear()
    follow(ringing, ear, TARGET_HZ)
    ringing.invite.answer({ body: ear.description() })
    ear.sing(TARGET_HZ, ringing.invite.request.bodyText)
    await Promise.all([ear.hears(CALLEE_HZ), call.calleeEar.hears(TARGET_HZ)])
    expect([call.calleeEar.ssrcs.size, call.calleeEar.steppedBack], 'before, ringing, and after').toEqual([1, 0])
    call.callee.leg.bye()
    await ringing.saw('bye')
    await rig.closed(2)
    expect(rig.records.map(({ disposition, hangupBy }) => [disposition, hangupBy])).toEqual([
      ['ANSWERED', 'caller'],
      ['ANSWERED', 'caller'],
    ])
  })

  it.each([
    [486, 'BUSY'],
    [603, 'DECLINED'],
  ])('to a target that answers %i: the transferor hears it and the call comes back', async (statusCode, disposition) => {
    const [alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const call = await singing(await talk(rig, alice, '2002', bob))
    call.callee.leg.refer(to('2003'))
    ;(await carol.nextCall()).invite.reject(statusCode)
    expect(await call.callee.sawWhere('referProgress', ({ ended }) => ended)).toMatchObject({ statusCode })
    await Promise.all([call.calleeEar.hears(CALLER_HZ), call.callerEar.hears(CALLEE_HZ)])
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(2)
    expect(rig.records.map((record) => record.disposition).toSorted()).toEqual(['ANSWERED', disposition].toSorted())
  })

  it('nobody answers and the transferor is gone: his phone rings again and he has the caller back', async () => {
    const [alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const call = await singing(await talk(rig, alice, '2002', bob))
    call.callee.leg.refer(to('2003'))
    const ringing = await carol.nextCall()
    call.callee.leg.bye()
    await call.caller.saw('reinvite')
    rig.time.advance(20_000)
    await ringing.saw('cancelled')
    const recall = await takes(bob)
    expect(recall.call.invite.request.from.displayName).toBe('Alice Adams')
    await Promise.all([recall.ear.hears(CALLER_HZ), call.callerEar.hears(TARGET_HZ)])
    recall.call.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(2)
    expect(rig.records.map((record) => record.calledLineId)).toEqual(['bob-desk', 'bob-desk'])
  })

  it('of a caller from the PSTN, out to the PSTN: the line that transfers makes the call, and no leg goes without its record', async () => {
    const alice = await rig.phone('alice-desk')
    const [ear, aliceEar] = [await rig.ear(), await rig.ear()]
    const caller = rig.backup.callIn(ALICE_NUMBER, ear.description(), [['From', '"Grandma" <sip:+12125550142@pstn.example>']])
    const atAlice = await alice.nextCall()
    atAlice.invite.answer({ body: aliceEar.description() })
    await caller.saw('answered')
    follow(caller, ear, CALLER_HZ)
    rig.time.advance(5_000)
    atAlice.leg.refer(to('6075550123'))
    const target = await takes(rig.pstn)
    expect(target.call.invite.request.header('p-asserted-identity')).toContain(`sip:+${ALICE_NUMBER}@`)
    await Promise.all([target.ear.hears(CALLER_HZ), ear.hears(TARGET_HZ)])
    atAlice.leg.bye()
    rig.time.advance(6_000)
    target.call.leg.bye()
    await caller.saw('bye')
    await rig.closed(2)
    const seen = rig.records.map((record) => [record.direction, record.carrierId, record.callingLineId, (record.endedAtMs ?? 0) - (record.answeredAtMs ?? 0)])
    expect(new Set(seen.map((one) => one.join(' ')))).toEqual(new Set(['INBOUND backup  11000', 'OUTBOUND pstn alice-desk 6000']))
  })

  it('again and again: alice is sent from bob to carol, from carol to zoe of another account', async () => {
    const [alice, bob, carol, zoe] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk'), await rig.phone('zoe-desk')]
    const call = await singing(await talk(rig, alice, '2002', bob))
    call.callee.leg.refer(to('2003'))
    const second = await takes(carol)
    await Promise.all([second.ear.hears(CALLER_HZ), call.callerEar.hears(TARGET_HZ)])
    call.callee.leg.bye()
    second.call.leg.refer(to(ZOE_NUMBER))
    const third = await takes(zoe)
    await Promise.all([third.ear.hears(CALLER_HZ), call.callerEar.hears(TARGET_HZ)])
    second.call.leg.bye()
    call.caller.leg.bye()
    await third.call.saw('bye')
    await rig.closed(4)
    expect(rig.records.map(({ accountId, callingLineId, direction }) => [accountId, callingLineId, direction])).toEqual([
      ['account-1', 'alice-desk', 'INTERNAL'],
      ['account-1', 'bob-desk', 'INTERNAL'],
      ['account-1', 'carol-desk', 'OUTBOUND'],
      ['account-2', undefined, 'INBOUND'],
    ])
  })

  it('a carrier may not transfer, nobody may transfer to 911 or ask for anything but INVITE: 403, 403, 603', async () => {
    const alice = await rig.phone('alice-desk')
    const call = await singing(await talk(rig, alice, '6075550123', rig.pstn))
    call.callee.leg.refer(to('2003'))
    expect(await call.callee.saw('referRejected')).toMatchObject({ statusCode: 403 })
    call.caller.leg.refer(to('911'))
    expect(await call.caller.saw('referRejected')).toMatchObject({ statusCode: 403 })
    const next = call.caller.next('referRejected')
    call.caller.leg.refer(`<sip:2003@${REALM};method=BYE>`)
    expect(await next).toMatchObject({ statusCode: 603 })
    expect(rig.psap.invites).toEqual([])
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })

  it('the other party hangs up while the target rings: it stops ringing, nobody is called back', async () => {
    const [alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const call = await singing(await talk(rig, alice, '2002', bob))
    call.callee.leg.refer(to('2003'))
    const ringing = await carol.nextCall()
    ringing.invite.progress(180)
    call.caller.leg.bye()
    await Promise.all([ringing.saw('cancelled'), call.callee.saw('bye')])
    await rig.closed(2)
    expect(rig.records.map((record) => record.disposition).toSorted()).toEqual(['ANSWERED', 'CANCELLED'])
  })
})
