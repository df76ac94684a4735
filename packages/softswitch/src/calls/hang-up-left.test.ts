import { ManualTime } from '@dialtone/foundation'
import type { StandingLeg } from '@dialtone/sip'
import { expect, it } from 'vitest'
import type { CarrierPeer } from '../ports/switch-directory.ts'
import { hangUpLeft } from './hang-up-left.ts'

function leftLegs(count: number): readonly StandingLeg[] {
  return Array.from({ length: count }, (_, index): StandingLeg => {
    const tags = { callId: String(index), localTag: 'l', remoteTag: 'r', localAddress: '<sip:l@test>;tag=l', remoteAddress: '<sip:r@test>;tag=r' }
    const dialog = { ...tags, remoteTarget: 'sip:r@192.0.2.1', routeSet: [], localSequence: 1, remoteSequence: undefined }
    return { dialog, heardFrom: { transport: 'udp', address: '192.0.2.1', port: 5060 } }
  })
}

it('asks the carrier by his own credentials, which were not written down', () => {
  const credentials = { username: 'us', password: 'secret' }
  const carrier: CarrierPeer = {
    ...{ id: 'pstn', name: 'pstn', partitionId: undefined, address: '192.0.2.1', port: 5060, transport: 'udp', emergency: false, credentials },
  }
  const given: unknown[] = []
  const sip = { hangUp: (...[, , used]: Parameters<Parameters<typeof hangUpLeft>[0]['sip']['hangUp']>) => void given.push(used) }
  const legs = leftLegs(3).map((leg, index) => (index === 0 ? leg : { ...leg, carrierId: index === 1 ? 'pstn' : 'no longer there' }))
  hangUpLeft({ sip, timers: new ManualTime(), directory: { carrier: (id) => (id === 'pstn' ? carrier : undefined) } }, legs)
  expect(given).toEqual([undefined, credentials, undefined])
})

it('hangs up all that a dead switch left, no more than two hundred a second', () => {
  const dialogs = leftLegs(410)
  const timers = new ManualTime()
  const hungUp: StandingLeg[] = []
  hangUpLeft({ sip: { hangUp: (dialog) => void hungUp.push(dialog) }, timers, directory: { carrier: () => undefined } }, dialogs)
  const counts = [0, 900, 1_000].map((laterMs) => {
    timers.advance(laterMs)
    return hungUp.length
  })
  expect(counts).toEqual([20, 200, 400])
  timers.advance(100)
  expect(hungUp).toEqual(dialogs)
})
