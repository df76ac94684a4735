import { ManualTime } from '@dialtone/foundation'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CarrierPeer } from '../src/index.ts'
import { SilentPeer } from './silent-peer.ts'
import { SwitchRig } from './switch-rig.ts'
import { peer } from './switch-tenants.ts'
import type { TestPhone } from './test-phone.ts'

/** Four copies of an INVITE have been sent by then (RFC 3261 17.1.1.2). */
const SILENCE_MS = 5_000

let rig: SwitchRig
let sipTime: ManualTime
let silent: SilentPeer

beforeEach(async () => {
  sipTime = new ManualTime()
  rig = await SwitchRig.start({ sipTime })
  silent = await SilentPeer.open()
})
afterEach(async () => {
  silent.close()
  await rig.stop()
})

/** @param of what the first carrier is like instead */
function replaceFirstCarrier(of: (was: CarrierPeer) => CarrierPeer): void {
  rig.directory.peers.splice(0, Infinity, ...rig.directory.peers.map((one) => (one.id === 'pstn' ? of(one) : one)))
}

/** The carrier is called in the end, answers, and the call is hung up. */
async function goesOnAt(carrier: SwitchRig['pstn'], call: ReturnType<TestPhone['call']>, records: number): Promise<void> {
  ;(await carrier.nextCall()).invite.answer({ body: (await rig.ear()).description() })
  await call.saw('answered')
  call.leg.bye()
  await rig.closed(records)
}

describe('a carrier that says nothing, not even 100', () => {
  it('is left for its next address: nobody listens to half a minute of nothing (RFC 3263 4.3)', async () => {
    replaceFirstCarrier((was) => ({
      ...was,
      targets: [
        { id: 'one', address: '127.0.0.1', port: silent.port },
        { id: 'two', address: was.address, port: was.port },
      ],
    }))
    const alice = await rig.phone('alice-desk')
    const call = alice.call('6075550123', (await rig.ear()).description())
    await silent.reached()
    sipTime.advance(SILENCE_MS)
    await goesOnAt(rig.pstn, call, 1)
    expect(rig.records).toMatchObject([{ disposition: 'ANSWERED', carrierId: 'pstn' }])
    expect(rig.backup.invites).toEqual([])
  })

  it('is left for the next carrier (S3-12)', async () => {
    replaceFirstCarrier(() => peer('pstn', silent.port, false))
    const alice = await rig.phone('alice-desk')
    const call = alice.call('6075550123', (await rig.ear()).description())
    await silent.reached()
    sipTime.advance(SILENCE_MS)
    await goesOnAt(rig.backup, call, 1)
    expect(rig.records).toMatchObject([{ disposition: 'ANSWERED', carrierId: 'backup' }])
  })

  it('is left for the next one also where a number outside rings beside phones', async () => {
    replaceFirstCarrier(() => peer('pstn', silent.port, false))
    const [alice, desk] = [await rig.phone('alice-desk'), await rig.phone('bob-desk')]
    const outside = { toNumber: '6075550123', ringDelaySeconds: 0, ringDurationSeconds: undefined, continueOnBusy: true }
    rig.furnish(({ users }) => {
      const bob = users.get('bob')
      if (bob === undefined) throw new Error('nobody')
      const together = { optionType: 'SimultaneousRing', simultaneousRing: { numbers: [outside], noAnswer: bob.callHandling.noAnswer } } as const
      return { users: new Map(users).set('bob', { ...bob, callHandling: { ...bob.callHandling, ...together } }) }
    })
    const call = alice.call('2002', (await rig.ear()).description())
    await Promise.all([desk.nextCall(), silent.reached()])
    sipTime.advance(SILENCE_MS)
    await goesOnAt(rig.backup, call, 2)
    expect(rig.records.find(({ legType }) => legType === 'Forward')).toMatchObject({ disposition: 'ANSWERED', carrierId: 'backup' })
  })
})
