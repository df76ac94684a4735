import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SipResponse } from '@dialtone/sip'
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

/** What a response tells, without what differs by chance: the nonce, and what it repeats of the request. */
function told(response: SipResponse | undefined, name: string): unknown {
  const nonceless = (text: string) => text.replace(/nonce="[^"]*"/, 'nonce')
  const challenges = [...(response?.headers('proxy-authenticate') ?? []), ...(response?.headers('www-authenticate') ?? [])].map(nonceless)
  expect(challenges.length, name).toBeGreaterThan(0)
  return { statusCode: response?.statusCode, reasonPhrase: response?.reasonPhrase, challenges, body: response?.bodyText }
}

describe('credentials', () => {
  it('a call with a wrong password and one of a user nobody has get the same challenge, and neither is a call (RFC 3261 22)', async () => {
    const alice = await rig.unregisteredPhone('alice-desk')
    const nobody = await rig.unregisteredPhone('nobody-desk')
    const body = (await rig.ear()).description()
    const wrong = await alice.call('2003', body, { password: 'wrong' }).saw('rejected')
    const unknown = await nobody.call('2003', body).saw('rejected')
    expect(wrong.statusCode).toBe(407)
    expect(told(unknown.response, 'unknown')).toEqual(told(wrong.response, 'wrong'))
    expect(rig.switch.statistics.callsStarted).toBe(0)
  })

  it('a registration with a wrong password and one of a user nobody has get the same challenge, and neither binds (RFC 3261 10.3)', async () => {
    const alice = await rig.unregisteredPhone('alice-desk')
    const nobody = await rig.unregisteredPhone('nobody-desk')
    const wrong = await alice.register(300, 'wrong')
    const unknown = await nobody.register()
    expect(wrong.statusCode).toBe(401)
    expect(told(unknown, 'unknown')).toEqual(told(wrong, 'wrong'))
    expect([rig.switch.statistics.bindings, rig.saved.length, rig.registrations.length]).toEqual([0, 0, 0])
  })
})
