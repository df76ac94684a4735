import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { isAbsent } from './phones/program-present.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties } from './phones/two-parties.ts'
import { Platform } from './platform.ts'
import { Account, Tenant } from './tenant.ts'

let platform: Platform
const phones: Baresip[] = []

beforeAll(async () => {
  platform = await Platform.start()
})

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

afterAll(async () => {
  await platform.discard()
})

describe.skipIf(isAbsent('baresip'))('a server that dies in a call (kill -9)', () => {
  it('S0-52: both phones are hung up by the next start, without waiting for any of their timers, and the call has one record', async () => {
    const parties = await makeTwoParties(await Tenant.logIn(platform.address))
    const caller = await Baresip.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ })
    const callee = await Baresip.start(parties.server, parties.callee.login, { toneHz: CALLEE_HZ })
    phones.push(caller, callee)
    await Promise.all([caller.registered(), callee.registered()])
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    await callee.saw('CALL_INCOMING')
    await callee.accept()
    await Promise.all([caller.saw('CALL_ESTABLISHED'), callee.saw('CALL_ESTABLISHED')])
    expect([await caller.toneHeard([CALLEE_HZ]), await callee.toneHeard([CALLER_HZ])]).toEqual([CALLEE_HZ, CALLER_HZ])
    await platform.kill9()
    await platform.start()
    await Promise.all([caller.saw('CALL_CLOSED', { timeoutMs: 5000 }), callee.saw('CALL_CLOSED', { timeoutMs: 5000 })])
    const account = new Account(await Tenant.logIn(platform.address), parties.account.id)
    const records = await eventually('the record', 5000, async () => {
      const all = await account.callRecords()
      return all.length > 0 ? all : undefined
    })
    expect(records.map(({ callFlagType }) => callFlagType)).toEqual(['ANSWERED'])
  })

  it.each(['udp', 'tcp'] as const)(
    'S0-52: while a phone rings over %s, it is silent again with the next start, its caller hears that it failed, and the call has one record',
    async (transport) => {
      const parties = await makeTwoParties(await Tenant.logIn(platform.address))
      const caller = await Baresip.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ })
      const callee = await Baresip.start(parties.server, parties.callee.login, { toneHz: CALLEE_HZ, transport })
      phones.push(caller, callee)
      await Promise.all([caller.registered(), callee.registered()])
      await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
      await Promise.all([callee.saw('CALL_INCOMING'), caller.saw('CALL_RINGING')])
      await platform.kill9()
      await platform.start()
      const [told, silent] = await Promise.all([caller.saw('CALL_CLOSED', { timeoutMs: 5000 }), callee.saw('CALL_CLOSED', { timeoutMs: 5000 })])
      expect(told.param).toMatch(/^500/)
      expect(silent.param).not.toBe('')
      const account = new Account(await Tenant.logIn(platform.address), parties.account.id)
      const records = await eventually('the record', 5000, async () => {
        const all = await account.callRecords()
        return all.length > 0 ? all : undefined
      })
      expect(records).toHaveLength(1)
      expect(records[0]?.callFlagType).not.toBe('ANSWERED')
    },
  )
})
