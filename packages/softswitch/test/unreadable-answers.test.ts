import { afterEach, beforeEach, describe, it } from 'vitest'
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

const UNKNOWN = [['Require', 'x-unheard-of']] as const

describe('an answer that requires what nobody here knows (RFC 3261 8.2.4, 13.2.2.4)', () => {
  it('of a carrier is hung up, and the next carrier asked', async () => {
    const alice = await rig.unregisteredPhone('alice-desk')
    const call = alice.call('12125550142', (await rig.ear()).description())
    const first = await rig.pstn.nextCall()
    first.invite.answer({ body: (await rig.ear()).description(), headers: UNKNOWN })
    await first.saw('bye')
    const second = await rig.backup.nextCall()
    second.invite.answer({ body: (await rig.ear()).description() })
    await call.saw('answered')
    call.leg.bye()
    await second.saw('bye')
    await rig.closed(1)
  })

  it('of a PSAP connects all the same (C-58)', async () => {
    const alice = await rig.unregisteredPhone('alice-desk')
    const call = alice.call('911', (await rig.ear()).description())
    const help = await rig.psap.nextCall()
    help.invite.answer({ body: (await rig.ear()).description(), headers: UNKNOWN })
    await call.saw('answered')
    call.leg.bye()
    await help.saw('bye')
    await rig.closed(1)
  })
})
