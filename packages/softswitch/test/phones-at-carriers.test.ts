import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SwitchRig } from './switch-rig.ts'
import { ALICE_NUMBER, passwordOf, peer } from './switch-tenants.ts'
import { expectNothingLeft } from './talk.ts'
import type { TestPhone } from './test-phone.ts'

let rig: SwitchRig
let alice: TestPhone

beforeEach(async () => {
  rig = await SwitchRig.start()
  alice = await rig.phone('alice-desk')
})

afterEach(async () => {
  try {
    await expectNothingLeft(rig)
  } finally {
    await rig.stop()
  }
})

const description = async () => (await rig.ear()).description()

describe('a phone at the address of a carrier', () => {
  it.each(['partition-1', undefined])('is a phone: it is challenged, calls extensions and is billed as itself (carrier of %s)', async (partitionId) => {
    rig.directory.peers.push({ ...peer('shares-the-address', alice.port, false), partitionId })
    const bob = await rig.phone('bob-desk')
    const call = alice.call('2002', await description())
    ;(await bob.nextCall()).invite.reject(486)
    expect((await call.saw('rejected')).statusCode).toBe(486)
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ callingLineId: 'alice-desk' })
  })

  it('is asked for its password, and refused with a wrong one', async () => {
    rig.directory.peers.push(peer('shares-the-address', alice.port, false))
    const call = alice.call('2002', await description(), { password: `not ${passwordOf('alice-desk')}` })
    expect((await call.saw('rejected')).statusCode).toBe(407)
  })

  it('gets help', async () => {
    rig.directory.peers.push(peer('shares-the-address', alice.port, false))
    const call = alice.call('911', await description())
    const psap = await rig.psap.nextCall()
    call.cancel()
    await psap.saw('cancelled')
    await rig.closed(1)
    expect(rig.records[0]).toMatchObject({ callingLineId: 'alice-desk' })
  })

  it('known by a number is one where it is registered; elsewhere that is the caller of a carrier', async () => {
    const [number, line] = ['18015550177', rig.directory.lines.get('alice-desk')]
    if (line === undefined) throw new Error('no line')
    rig.directory.lines.set(number, line)
    const from = [['From', `<sip:${number}@carrier.example>`]] as const
    const brought = rig.pstn.callIn(ALICE_NUMBER, await description(), from)
    ;(await alice.nextCall()).invite.reject(486)
    expect((await brought.saw('rejected')).statusCode).toBe(486)
    rig.directory.peers.push(peer('shares-the-address', alice.port, false))
    expect((await alice.callIn(ALICE_NUMBER, await description(), from).saw('rejected')).statusCode).toBe(407)
    await rig.closed(1)
    rig.directory.lines.delete(number)
  })
})
