import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft, follow } from './talk.ts'

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

describe('click to call', () => {
  it('rings all own phones with what will be called, then dials as that line; both hear each other', async () => {
    const [desk, cell, carol] = [await rig.phone('bob-desk'), await rig.phone('bob-cell'), await rig.phone('carol-desk')]
    const [ear, targetEar] = [await rig.ear(), await rig.ear()]
    const originated = rig.switch.calls.originate({ accountId: 'account-1', lineId: 'bob-desk', dialed: '2003' })
    expect(originated.result).toBe('done')
    const [own, other] = [await desk.nextCall(), await cell.nextCall()]
    expect(own.invite.request.from.uri).toMatchObject({ user: '2003' })
    follow(own, ear, 440)
    own.invite.answer({ body: ear.description() })
    await other.saw('cancelled')
    const target = await carol.nextCall()
    expect(target.invite.request.from.displayName).toBe('Bob Adams')
    expect(target.invite.request.header('referred-by')).toBeUndefined()
    follow(target, targetEar, 1_000)
    target.invite.progress(180)
    target.invite.answer({ body: targetEar.description() })
    await target.saw('acknowledged')
    targetEar.sing(1_000, target.invite.request.bodyText)
    await Promise.all([ear.hears(1_000), targetEar.hears(440)])
    own.leg.bye()
    await target.saw('bye')
    await rig.closed(2)
    expect(rig.records.map(({ disposition, callingLineId, calledLineId }) => [disposition, callingLineId, calledLineId])).toEqual([
      ['ANSWERED', 'bob-desk', 'bob-desk'],
      ['ANSWERED', 'bob-desk', 'carol-desk'],
    ])
  })

  it('ends when no own phone answers, and when the target is busy; 911 is not for it, nor a line without a phone', async () => {
    const alice = await rig.phone('alice-desk')
    const order = { accountId: 'account-1', lineId: 'alice-desk', dialed: '2003' }
    expect(rig.switch.calls.originate({ ...order, dialed: '911' }).result).toBe('EmergencyDialed')
    expect(rig.switch.calls.originate({ ...order, lineId: 'zoe-desk' }).result).toBe('NoSuchLine')
    expect(rig.switch.calls.originate({ ...order, lineId: 'carol-desk' }), 'carol has no phone').toEqual({ result: 'NoPhoneRegistered' })
    expect(rig.records).toEqual([])
    rig.switch.calls.originate(order)
    const refused = await alice.nextCall()
    refused.invite.reject(486)
    await rig.closed(1)
    expect(rig.records[0]?.disposition).not.toBe('ANSWERED')
    const ear = await rig.ear()
    rig.switch.calls.originate(order)
    const own = await alice.nextCall()
    follow(own, ear, 440)
    own.invite.answer({ body: ear.description() })
    // Carol has no phone.
    await own.saw('bye')
    await rig.closed(3)
  })
})
