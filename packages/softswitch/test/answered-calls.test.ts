import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER } from './switch-tenants.ts'
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

async function aliceTalksToCarol() {
  return talk(rig, await rig.phone('alice-desk'), '2003', await rig.phone('carol-desk'))
}

describe('the record of an answered call', () => {
  it('has the parties, the times and what was measured of the sound (S0-52)', async () => {
    const call = await aliceTalksToCarol()
    await hearEachOther(call)
    rig.time.advance(3_000)
    call.callee.leg.bye()
    await rig.closed(1)
    const [record] = rig.records
    expect(record).toMatchObject({
      callingNumber: '2001',
      calledNumber: '2003',
      callingLineId: 'alice-desk',
      calledLineId: 'carol-desk',
      origCategory: 'OnNet',
    })
    expect(record?.sipCallIds).toEqual([call.caller.leg.callId, call.callee.leg.callId])
    expect(Math.min(record?.mediaReport?.a.packetsReceived ?? 0, record?.mediaReport?.b.packetsReceived ?? 0)).toBeGreaterThan(0)
    await call.caller.saw('bye')
  })
})

describe('in the talk', () => {
  it('the called party may hold too, and its answer comes back (RFC 3264 8.4)', async () => {
    const call = await aliceTalksToCarol()
    const asked = call.caller.next('reinvite')
    const answered = call.callee.next('reinviteAnswered')
    call.callee.leg.reinvite(call.calleeEar.description('inactive', 2))
    const hold = await asked
    expect(hold.body).toContain('a=inactive')
    expect(hold.body).not.toContain(`m=audio ${call.calleeEar.port} `)
    hold.answer(call.callerEar.description('inactive', 2))
    expect((await answered).body).toContain('a=inactive')
    call.callee.leg.bye()
    await call.caller.saw('bye')
    await rig.closed(1)
  })

  it('a re-INVITE the other side refuses is refused, and the call goes on (RFC 3261 14.1)', async () => {
    const call = await aliceTalksToCarol()
    const asked = call.callee.next('reinvite')
    call.caller.leg.reinvite(call.callerEar.description('sendonly', 2))
    ;(await asked).reject(488)
    expect((await call.caller.saw('reinviteRejected')).statusCode).toBe(488)
    await hearEachOther(call)
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })

  it('key presses sent by INFO reach the other side (RFC 6086)', async () => {
    const call = await aliceTalksToCarol()
    call.caller.leg.info('application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n')
    expect(await call.callee.saw('info')).toMatchObject({ contentType: 'application/dtmf-relay', body: 'Signal=5\r\nDuration=160\r\n' })
    call.caller.leg.bye()
    await call.callee.saw('bye')
    await rig.closed(1)
  })

  it('what a phone says of why it hangs up is not passed on: the other one hears our own reason (RFC 3326)', async () => {
    const call = await aliceTalksToCarol()
    call.caller.leg.bye([['Reason', 'SIP;cause=200;text="Call completed elsewhere"']])
    const reasons = (await call.callee.saw('bye')).request.headers('reason')
    expect([reasons.length, reasons.join().startsWith('Q.850;cause=16')]).toEqual([1, true])
    await rig.closed(1)
  })

  it('both hang up in the same moment: one record, nobody waits (RFC 3261 15.1.2)', async () => {
    const call = await aliceTalksToCarol()
    call.caller.leg.bye()
    call.callee.leg.bye()
    await rig.closed(1)
    expect(rig.records[0]?.disposition).toBe('ANSWERED')
  })
})

describe('two phones of one user', () => {
  it('when both answer, the caller gets one answer and the other phone a BYE', async () => {
    const [alice, desk, cell] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('bob-cell', 'tcp')]
    const [ear, bobEar] = [await rig.ear(), await rig.ear()]
    const call = alice.call('2002', ear.description())
    const [atDesk, onCell] = await Promise.all([desk.nextCall(), cell.nextCall()])
    atDesk.invite.answer({ body: bobEar.description() })
    onCell.invite.answer({ body: bobEar.description() })
    await call.saw('answered')
    await Promise.race([atDesk.saw('bye'), onCell.saw('bye')])
    expect(call.count('answered')).toBe(1)
    call.leg.bye()
    await Promise.all([atDesk.saw('bye'), onCell.saw('bye')])
    await rig.closed(1)
  })
})

describe('an INVITE without offer', () => {
  it('is answered with an offer; the answer comes in the ACK and both hear each other (RFC 3261 13.2.1)', async () => {
    const alice = await rig.phone('alice-desk')
    const [ear, aliceEar] = [await rig.ear(), await rig.ear()]
    const caller = await rig.offerlessCaller()
    const offered = caller.call(ALICE_NUMBER)
    const ringing = await alice.nextCall()
    ringing.invite.answer({ body: aliceEar.description() })
    const offer = await offered
    expect(offer).toContain('m=audio')
    const heard = Promise.all([ear.hears(1000), aliceEar.hears(440)])
    caller.acknowledge(ear.description())
    ear.sing(440, offer)
    aliceEar.sing(1000, ringing.invite.request.bodyText)
    await heard
    ringing.leg.bye()
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ disposition: 'ANSWERED', hangupBy: 'callee' })
  })
})
