import type { StandingLeg } from '@dialtone/sip'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import { expectNothingLeft } from './talk.ts'

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

function kindOf(leg: StandingLeg): string {
  return 'dialog' in leg ? 'dialog' : leg.invite
}

/** Who could be ended by what was written down, the last time last. */
function written(): readonly (readonly string[])[] {
  return rig.checkpoints.map(({ dialogs = [] }) => dialogs.map(kindOf))
}

it('a call is written down when somebody rings, once for all who ring together, again for who begins later, and when it is answered', async () => {
  const outside = { toNumber: '16075550123', ringDelaySeconds: 5, ringDurationSeconds: undefined, continueOnBusy: true, confirms: false }
  rig.furnish(({ users }) => {
    const bob = users.get('bob')
    const handling = { optionType: 'SimultaneousRing', simultaneousRing: { numbers: [outside], noAnswer: { type: 'Busy', timeoutSeconds: 20 } } } as const
    return bob === undefined ? {} : { users: new Map([...users, ['bob', { ...bob, callHandling: { ...bob.callHandling, ...handling } }]]) }
  })
  const [alice, desk, cell] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('bob-cell')]
  const caller = alice.call('2002', (await rig.ear()).description())
  const [atDesk, atCell] = await Promise.all([desk.nextCall(), cell.nextCall()])
  expect(written()).toEqual([])
  atDesk.invite.progress(180)
  await caller.saw('progress')
  atCell.invite.progress(180)
  const own = ['received', 'sent', 'sent']
  rig.time.advance(5_000)
  const far = await rig.pstn.nextCall()
  far.invite.progress(180)
  await expect.poll(() => rig.checkpoints.length).toBeGreaterThan(1)
  atCell.invite.progress(183)
  atDesk.invite.answer({ body: (await rig.ear()).description() })
  await caller.saw('answered')
  await Promise.all([atCell.saw('cancelled'), far.saw('cancelled')])
  // Whose credentials a BYE to the carrier needs is known, and they are not written down.
  const carriers = rig.checkpoints.flatMap(({ dialogs = [] }) => dialogs.flatMap(({ carrierId }) => carrierId ?? []))
  expect(new Set(carriers)).toEqual(new Set(['pstn']))
  // Of the record of the leg that was sent on as well, which has nobody of its own.
  expect(written().filter((legs) => legs.length > 0)).toEqual([own, [...own, 'sent'], ['dialog', 'dialog']])
  caller.leg.bye()
  await rig.closed(2)
  expect(new Set(rig.checkpoints.map(({ id }) => id))).toEqual(new Set(rig.records.map(({ id }) => id)))
  expect(rig.records.every((record) => !('dialogs' in record))).toBe(true)
})
