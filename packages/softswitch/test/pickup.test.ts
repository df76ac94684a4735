import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER } from './switch-tenants.ts'
import { expectIdle, follow, hearEachOther, talk } from './talk.ts'
import type { HeardInvite, TestPhone } from './test-phone.ts'
import { ToneDesk } from './tone-desk.ts'

const CALLER_HZ = 440
const CALLEE_HZ = 1_000
const TAKER_HZ = 1_400

let rig: SwitchRig
let alice: TestPhone
let bob: TestPhone
let carol: TestPhone

beforeEach(async () => {
  rig = await SwitchRig.start({ services: new ToneDesk({}) })
  ;[alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
})

afterEach(async () => {
  try {
    await expectIdle(rig)
  } finally {
    await rig.stop()
  }
})

function joinPickupGroup(...userIds: readonly string[]): void {
  rig.furnish(({ services }) => ({ services: { ...services, pickupGroups: [{ id: 'front', name: 'Front', userIds, lineIds: [] }] } }))
}

/** Somebody outside calls Alice, whose phone rings. */
async function ringing() {
  const ear = await rig.ear()
  const call = rig.pstn.callIn(ALICE_NUMBER, ear.description(), [['From', '<sip:+16075551212@127.0.0.1>']])
  follow(call, ear, CALLER_HZ)
  const atAlice = await alice.nextCall()
  atAlice.invite.progress(180)
  await call.saw('progress')
  return { call, ear, atAlice }
}

async function dials(phone: TestPhone, dialed: string) {
  const ear = await rig.ear()
  const call = phone.call(dialed, ear.description())
  follow(call, ear, TAKER_HZ)
  return { call, ear }
}

const refusalOf = async (phone: TestPhone, dialed: string) => (await (await dials(phone, dialed)).call.saw('rejected')).statusCode
const cancelReason = async (call: HeardInvite) => (await call.saw('cancelled')).reason

describe('pickup of a call that rings elsewhere', () => {
  it.each(['*58', '*592001'])('%s: the other phone stops with "Call completed elsewhere", and who dialed it talks to the caller', async (dialed) => {
    joinPickupGroup('alice', 'bob')
    const { call, ear, atAlice } = await ringing()
    const { call: taken, ear: bobs } = await dials(bob, dialed)
    const { body } = await taken.saw('answered')
    bobs.sing(TAKER_HZ, body)
    ear.sing(CALLER_HZ, (await call.saw('answered')).body)
    expect(await cancelReason(atAlice)).toContain('Call completed elsewhere')
    await Promise.all([ear.hears(TAKER_HZ), bobs.hears(CALLER_HZ)])
    taken.leg.bye()
    await call.saw('bye')
    await rig.closed(1)
    expect(rig.records).toMatchObject([
      { direction: 'INBOUND', disposition: 'ANSWERED', calledUserId: 'alice', calledLineId: 'bob-desk', pickup: { byId: 'bob', fromId: 'alice' } },
    ])
  })

  it('somebody outside the group picks up nothing of it, nobody anything that does not ring; the phone rings on', async () => {
    joinPickupGroup('alice', 'bob')
    const { call, ear, atAlice } = await ringing()
    expect(await refusalOf(carol, '*58')).toBe(480)
    expect(await refusalOf(carol, '*592001')).toBe(480)
    expect(await refusalOf(bob, '*592003')).toBe(480)
    expect(await refusalOf(bob, '*592999')).toBe(404)
    const aliceEar = await rig.ear()
    atAlice.invite.answer({ body: aliceEar.description() })
    ear.sing(CALLER_HZ, (await call.saw('answered')).body)
    await aliceEar.hears(CALLER_HZ)
    call.leg.bye()
    await atAlice.saw('bye')
    await rig.closed(5)
    expect(rig.records.flatMap((record) => (record.reasonCode === 'NothingToPickUp' ? [record.dialedNumber] : []))).toEqual(['*58', '*592001', '*592003'])
  })

  it('a phone of another account finds nothing', async () => {
    const zoe = await rig.phone('zoe-desk')
    const { call, atAlice } = await ringing()
    // 2001 is her own extension there.
    expect(await refusalOf(zoe, '*592001')).toBe(480)
    call.cancel()
    await atAlice.saw('cancelled')
    await rig.closed(2)
  })
})

describe('call pull', () => {
  it('*11 on another phone of the user: the other party talks on there, the old phone is hung up, and there is one record', async () => {
    const desk = await talk(rig, alice, '2002', bob)
    follow(desk.caller, desk.callerEar, CALLER_HZ)
    follow(desk.callee, desk.calleeEar, CALLEE_HZ)
    await hearEachOther(desk)
    const cell = await rig.phone('bob-cell')
    const { call: pulled, ear } = await dials(cell, '*11')
    const { body } = await pulled.saw('answered')
    ear.sing(TAKER_HZ, body)
    const left = await desk.callee.saw('bye')
    expect(left.request.header('reason')).toContain('Call completed elsewhere')
    await Promise.all([ear.hears(CALLER_HZ), desk.callerEar.hears(TAKER_HZ)])
    pulled.leg.bye()
    await desk.caller.saw('bye')
    await rig.closed(1)
    expect(rig.records).toMatchObject([{ dialedNumber: '2002', disposition: 'ANSWERED', callingLineId: 'alice-desk' }])
  })

  it("a user who talks nowhere else, and somebody else's call, cannot be pulled", async () => {
    const desk = await talk(rig, alice, '2002', bob)
    expect(await refusalOf(carol, '*11')).toBe(480)
    desk.caller.leg.bye()
    await desk.callee.saw('bye')
    expect(await refusalOf(await rig.phone('bob-cell'), '*11')).toBe(480)
    await rig.closed(3)
  })
})
