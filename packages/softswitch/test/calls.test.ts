import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RtpEar } from './rtp-ear.ts'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft, hearEachOther, talk } from './talk.ts'

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

describe('a call by extension', () => {
  it('carries sound both ways and ends when the caller hangs up (RFC 3261 13, 15; S1-16)', async () => {
    const alice = await rig.phone('alice-desk')
    const carol = await rig.phone('carol-desk')
    const call = await talk(rig, alice, '2003', carol)
    expect(call.callee.invite.request.from.displayName).toBe('Alice Adams')
    await hearEachOther(call)
    rig.time.advance(7_000)
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
    const [record] = rig.records
    expect(record).toMatchObject({ accountId: 'account-1', disposition: 'ANSWERED', hangupBy: 'caller', sipStatusCode: 200, dialedNumber: '2003' })
    expect(record).toMatchObject({ callingUserId: 'alice', calledUserId: 'carol', direction: 'INTERNAL' })
    expect((record?.endedAtMs ?? 0) - (record?.answeredAtMs ?? 0)).toBe(7_000)
    expect(new Set(rig.checkpoints.map((checkpoint) => checkpoint.id))).toEqual(new Set([record?.id]))
    // By what both can be hung up should the switch die.
    expect(rig.checkpoints.at(-1)?.dialogs).toMatchObject([call.caller, call.callee].map(({ leg }) => ({ dialog: { remoteTag: leg.id } })))
    expect(record).not.toHaveProperty('dialogs')
  })

  it('ends when the called party hangs up (RFC 3261 15)', async () => {
    const alice = await rig.phone('alice-desk')
    const carol = await rig.phone('carol-desk')
    const call = await talk(rig, alice, '2003', carol)
    expect(rig.switch.statistics).toMatchObject({ calls: 1, legs: 2, mediaSessions: 1 })
    call.callee.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ disposition: 'ANSWERED', hangupBy: 'callee' })
  })

  it('gives the sound of a phone behind a NAT back to it when a stranger was faster: it is where its SIP comes from (RFC 4961)', async () => {
    const [alice, carol, stranger] = [await rig.phone('alice-desk'), await rig.phone('carol-desk'), await RtpEar.open('127.0.0.2')]
    const [callerEar, calleeEar] = [await rig.ear(), await rig.ear()]
    const call = alice.call('2003', callerEar.description().replace('c=IN IP4 127.0.0.1', 'c=IN IP4 10.0.0.5'))
    const ringing = await carol.nextCall()
    ringing.invite.answer({ body: calleeEar.description() })
    const { body } = await call.saw('answered')
    stranger.sing(700, body)
    await calleeEar.hears(700)
    callerEar.sing(440, body)
    calleeEar.sing(1_000, ringing.invite.offered ?? '')
    await Promise.all([calleeEar.hears(440), callerEar.hears(1_000)])
    stranger.close()
    call.leg.bye()
    await ringing.saw('bye')
    await rig.closed(1)
  })

  it('is given up when the time is over that the caller named in Expires, and not before (RFC 3261 13.3.1)', async () => {
    const alice = await rig.phone('alice-desk')
    const carol = await rig.phone('carol-desk')
    const call = alice.call('2003', (await rig.ear()).description(), { headers: [['Expires', '10']] })
    const ringing = await carol.nextCall()
    ringing.invite.progress(180)
    await call.saw('progress')
    rig.time.advance(9_999)
    expect(rig.switch.statistics.calls).toBe(1)
    rig.time.advance(1)
    expect((await call.saw('rejected')).statusCode).toBe(487)
    await ringing.saw('cancelled')
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ disposition: 'NO_ANSWER', hangupBy: 'system', reasonCode: 'InviteExpired' })
  })

  it('works between a phone on TCP and one on UDP (RFC 3261 18)', async () => {
    const alice = await rig.phone('alice-desk', 'tcp')
    const carol = await rig.phone('carol-desk')
    const call = await talk(rig, alice, '2003', carol)
    call.callee.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(1)
  })

  it('relays hold and resume, and the holder hears nothing meanwhile (RFC 3264 8.4)', async () => {
    const alice = await rig.phone('alice-desk')
    const carol = await rig.phone('carol-desk')
    const call = await talk(rig, alice, '2003', carol)
    await hearEachOther(call)
    const held = call.callee.next('reinvite')
    call.caller.leg.reinvite(call.callerEar.description('sendonly', 2))
    const offer = await held
    expect(offer.body).toContain('a=sendonly')
    const answered = call.caller.next('reinviteAnswered')
    offer.answer(call.calleeEar.description('recvonly', 2))
    expect((await answered).body).toContain('a=recvonly')
    const resumed = call.callee.next('reinvite')
    call.caller.leg.reinvite(call.callerEar.description('sendrecv', 3))
    const again = await resumed
    again.answer(call.calleeEar.description('sendrecv', 3))
    await Promise.all([call.calleeEar.hears(440), call.callerEar.hears(1_000)])
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })
})

describe('a call that is not answered', () => {
  it.each([
    [486, 'BUSY', 'Q.850;cause=17'],
    [603, 'DECLINED', 'Q.850;cause=21'],
  ])('%i of the only phone comes to the caller, and the record says %s (RFC 3326; C-40)', async (statusCode, disposition, reason) => {
    const alice = await rig.phone('alice-desk')
    const carol = await rig.phone('carol-desk')
    const ear = await rig.ear()
    const caller = alice.call('2003', ear.description())
    const callee = await carol.nextCall()
    callee.invite.reject(statusCode)
    const rejected = await caller.saw('rejected')
    expect(rejected.statusCode).toBe(statusCode)
    expect(rejected.response?.header('reason')).toContain(reason)
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ disposition, sipStatusCode: statusCode, hangupBy: 'callee', answeredAtMs: undefined })
  })

  it('the caller cancels: 487 for it, CANCEL with Reason for the phone that rang (RFC 3261 9, RFC 3326)', async () => {
    const alice = await rig.phone('alice-desk')
    const carol = await rig.phone('carol-desk')
    const ear = await rig.ear()
    const caller = alice.call('2003', ear.description())
    const callee = await carol.nextCall()
    callee.invite.progress(180)
    await caller.saw('progress')
    caller.cancel()
    expect((await caller.saw('rejected')).statusCode).toBe(487)
    expect((await callee.saw('cancelled')).reason).toMatch(/^(Q\.850|SIP);cause=/)
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ disposition: 'CANCELLED', sipStatusCode: 487, hangupBy: 'caller' })
  })

  it('nobody answers: 480 after the ring time of the user, not before (S1-16)', async () => {
    const alice = await rig.phone('alice-desk')
    const carol = await rig.phone('carol-desk')
    const ear = await rig.ear()
    const caller = alice.call('2003', ear.description())
    const callee = await carol.nextCall()
    callee.invite.progress(180)
    await caller.saw('progress')
    rig.time.advance(19_999)
    expect([callee.count('cancelled'), rig.switch.activeCalls().length]).toEqual([0, 1])
    rig.time.advance(1)
    expect((await caller.saw('rejected')).statusCode).toBe(480)
    expect((await callee.saw('cancelled')).reason).toContain('cause=19')
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ disposition: 'NO_ANSWER', sipStatusCode: 480 })
  })

  it.each([
    ['2003', 480, 'UNREGISTERED'],
    ['2999', 404, 'UNKNOWN_NUMBER'],
  ])('%s, which nobody can ring, is %i at once (%s)', async (dialed, statusCode, disposition) => {
    const alice = await rig.phone('alice-desk')
    const ear = await rig.ear()
    const rejected = await alice.call(dialed, ear.description()).saw('rejected')
    expect(rejected.statusCode).toBe(statusCode)
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ disposition, sipStatusCode: statusCode, hangupBy: 'system' })
  })
})

describe('two phones of one user (S1-16)', () => {
  it('both ring; one answers, the other is told "Call completed elsewhere" (RFC 3326)', async () => {
    const alice = await rig.phone('alice-desk')
    const desk = await rig.phone('bob-desk')
    const cell = await rig.phone('bob-cell')
    const ear = await rig.ear()
    const caller = alice.call('2002', ear.description())
    const [atDesk, atCell] = await Promise.all([desk.nextCall(), cell.nextCall()])
    atDesk.invite.progress(180)
    atCell.invite.progress(180)
    await caller.saw('progress')
    atCell.invite.answer({ body: (await rig.ear()).description() })
    await caller.saw('answered')
    expect((await atDesk.saw('cancelled')).reason).toContain('text="Call completed elsewhere"')
    caller.leg.bye()
    await atCell.saw('bye')
    await rig.closed(1)
    expect(rig.records.map((record) => [record.disposition, record.calledLineId])).toEqual([['ANSWERED', 'bob-cell']])
  })

  it('one is busy, the other rings on and is not disturbed (RFC 3261 16.7)', async () => {
    const alice = await rig.phone('alice-desk')
    const desk = await rig.phone('bob-desk')
    const cell = await rig.phone('bob-cell')
    const caller = alice.call('2002', (await rig.ear()).description())
    const [atDesk, atCell] = await Promise.all([desk.nextCall(), cell.nextCall()])
    atDesk.invite.reject(486)
    atCell.invite.answer({ body: (await rig.ear()).description() })
    await caller.saw('answered')
    caller.leg.bye()
    await atCell.saw('bye')
    await rig.closed(1)
  })
})
