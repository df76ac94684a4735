import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done, Tenant } from './tenant.ts'

const PSTN = '12125550105'

let tenant: Tenant
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})
afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

async function phoneOf({ server }: TwoParties, { login }: TwoParties['caller']): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(server, login)
  phones.push(phone)
  expect(statusOf(await phone.register())).toBe(200)
  return phone
}

describe('the fraud guard of an account', () => {
  it('S0-78: trips at the third call at once, refuses the PSTN with 403, tells, lets 911 and the own account go, and is reset', async () => {
    const parties = await makeTwoParties(tenant)
    const { account, caller, callee } = parties
    done(await account.http.put(`${account.path}/fraud-guard`, { maxConcurrentCalls: 2, notifyEmails: ['noc@example.com'] }))
    const [phone, other] = [await phoneOf(parties, caller), await phoneOf(parties, callee)]
    const calls = [await phone.call(PSTN), await phone.call(PSTN)]
    for (const call of calls) expect(await call.finalStatus()).toBe(200)
    expect(await (await phone.call(PSTN)).finalStatus()).toBe(403)
    for (const call of calls) await call.hangUp()
    expect(await (await other.call(PSTN)).finalStatus()).toBe(403)
    const help = await phone.call('911')
    expect(await help.finalStatus()).toBe(200)
    await help.hangUp()
    const inside = await phone.call(callee.extension)
    await (await other.nextCall()).answer()
    expect(await inside.finalStatus()).toBe(200)
    await inside.hangUp()
    const guard = await eventually('the trip', 5000, async () => {
      const view = done(await account.http.get<Record<string, unknown>>(`${account.path}/fraud-guard`))
      return view['tripped'] === true ? view : undefined
    })
    expect(guard).toMatchObject({ trippedReason: 'CONCURRENT_CALLS', source: 'ACCOUNT' })
    const records = await eventually('6 records', 10_000, async () => {
      const found = await account.callRecords()
      return found.length >= 6 ? found : undefined
    })
    const refused = records.filter((record) => record.disconnectType === 'Unauthorized')
    expect(refused.map((record) => [record.cost, (record as { reasonCode?: string }).reasonCode])).toEqual([
      [0, 'FraudGuardTripped'],
      [0, 'FraudGuardTripped'],
    ])
    done(await account.http.post(`${account.path}/fraud-guard/reset`))
    const again = await phone.call(PSTN)
    expect(await again.finalStatus()).toBe(200)
    await again.hangUp()
  })

  it('counts calls that phones forward as outbound: the caller inside hears 403, the forwarded leg has its record', async () => {
    const parties = await makeTwoParties(tenant)
    const { account, caller, callee } = parties
    const settings = { callHandlingOptionType: 'ForwardAlways', forwardAlwaysToNumber: PSTN }
    done(await account.http.patch(`${account.path}/user/${callee.userId}`, { callHandlingSettings: settings }))
    done(await account.http.put(`${account.path}/fraud-guard`, { maxCallsPerMinute: 1 }))
    const phone = await phoneOf(parties, caller)
    const first = await phone.call(callee.extension)
    expect(await first.finalStatus()).toBe(200)
    await first.hangUp()
    expect(await (await phone.call(callee.extension)).finalStatus()).toBe(403)
    const records = await eventually('records of both calls', 10_000, async () => {
      const found = await account.callRecords()
      return found.length >= 4 ? found : undefined
    })
    const legs = records.map((record) => [record.legType, record.callFlagType, record.referenceId === callee.userId])
    expect(legs.filter(([type]) => type === 'Forward')).toEqual([
      ['Forward', 'ANSWERED', true],
      ['Forward', 'OTHER', true],
    ])
    expect(legs.filter(([type]) => type === 'Origination')).toHaveLength(2)
  })
})
