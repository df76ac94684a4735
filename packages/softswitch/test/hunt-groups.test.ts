import type { RoutingRingGroup } from '@dialtone/call-routing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import type { TestPhone } from './test-phone.ts'
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

/** Bob and Carol at 2100. */
function hunting(strategy: RoutingRingGroup['strategy']): void {
  const snapshot = rig.directory.snapshots.get('account-1')
  if (snapshot === undefined) throw new Error('no account')
  const group: RoutingRingGroup = {
    id: 'sales',
    name: 'Sales',
    strategy,
    members: [
      { kind: 'user', id: 'bob' },
      { kind: 'user', id: 'carol' },
    ],
    ringTimeoutSeconds: 10,
    forwardAlwaysTo: undefined,
    overflow: { busy: undefined, noAnswer: undefined, unregistered: undefined },
  }
  const services = {
    ...snapshot.services,
    ringGroups: new Map([[group.id, group]]),
    targetByExtension: new Map([['2100', { referenceType: 'HUNT_GROUP', referenceId: group.id }]]),
  }
  rig.directory.snapshots.set('account-1', { ...snapshot, services })
}

/** The group is called, and this phone is the one that rings and takes the call. */
async function taken(caller: TestPhone, phone: TestPhone): Promise<void> {
  const call = caller.call('2100', (await rig.ear()).description())
  const ringing = await phone.nextCall()
  ringing.invite.answer({ body: (await rig.ear()).description() })
  await call.saw('answered')
  call.leg.bye()
  await ringing.saw('bye')
}

describe('a hunt group', () => {
  it('S0-53: one member who declines for himself (603) does not end the ringing of the others', async () => {
    hunting('SIMULTANEOUS')
    const [alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const caller = alice.call('2100', (await rig.ear()).description())
    const [atBob, atCarol] = await Promise.all([bob.nextCall(), carol.nextCall()])
    atBob.invite.reject(603)
    atCarol.invite.progress(180)
    await caller.saw('progress')
    atCarol.invite.answer({ body: (await rig.ear()).description() })
    await caller.saw('answered')
    caller.leg.bye()
    await atCarol.saw('bye')
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ disposition: 'ANSWERED', calledLineId: 'carol-desk', dialedNumber: '2100' })
  })

  it('LINEAR: the next one rings when the time of the first is over, and nobody who is not registered', async () => {
    hunting('LINEAR')
    const [alice, bob, carol] = [await rig.phone('alice-desk'), await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    const caller = alice.call('2100', (await rig.ear()).description())
    const atBob = await bob.nextCall()
    atBob.invite.progress(180)
    await caller.saw('progress')
    rig.time.advance(10_000)
    await atBob.saw('cancelled')
    const atCarol = await carol.nextCall()
    atCarol.invite.reject(486)
    // Bob rang in vain: that says more than that Carol is busy.
    expect((await caller.saw('rejected')).statusCode).toBe(480)
    await rig.closed(1)
  })

  it('S0-55 ROUND_ROBIN: calls go to one after the other; LONGEST_IDLE: to whoever has not talked for longest', async () => {
    const alice = await rig.phone('alice-desk')
    const [bob, carol] = [await rig.phone('bob-desk'), await rig.phone('carol-desk')]
    hunting('ROUND_ROBIN')
    for (const phone of [bob, carol, bob, carol]) await taken(alice, phone)
    hunting('LONGEST_IDLE')
    rig.time.advance(1000)
    for (const phone of [bob, carol, bob]) {
      await taken(alice, phone)
      rig.time.advance(1000)
    }
    expect([bob.invites.length, carol.invites.length]).toEqual([4, 3])
    await rig.closed(7)
  })
})
