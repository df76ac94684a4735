import { ManualTime } from '@dialtone/foundation'
import type { StandingLeg } from '@dialtone/sip'
import { expect, it } from 'vitest'
import { hangUpLeft } from './hang-up-left.ts'

it('hangs up all that a dead switch left, no more than two hundred a second', () => {
  const dialogs = Array.from({ length: 410 }, (_, index): StandingLeg => {
    const tags = { callId: String(index), localTag: 'l', remoteTag: 'r', localAddress: '<sip:l@test>;tag=l', remoteAddress: '<sip:r@test>;tag=r' }
    const dialog = { ...tags, remoteTarget: 'sip:r@192.0.2.1', routeSet: [], localSequence: 1, remoteSequence: undefined }
    return { dialog, heardFrom: { transport: 'udp', address: '192.0.2.1', port: 5060 } }
  })
  const timers = new ManualTime()
  const hungUp: StandingLeg[] = []
  hangUpLeft({ sip: { hangUp: (dialog) => void hungUp.push(dialog) }, timers }, dialogs)
  const counts = [0, 900, 1_000].map((laterMs) => {
    timers.advance(laterMs)
    return hungUp.length
  })
  expect(counts).toEqual([20, 200, 400])
  timers.advance(100)
  expect(hungUp).toEqual(dialogs)
})
