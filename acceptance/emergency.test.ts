import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { eventually } from './eventually.ts'
import { done, Tenant } from './tenant.ts'

interface PsapCall {
  readonly callbackNumber?: string
  readonly location?: Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

const DIALING_BEHAVIORS = ['SEVEN_DIGIT', 'TEN_DIGIT', 'OPEN_DIAL_PLAN', 'DIAL_NINE_SEVEN_DIGIT', 'DIAL_NINE_TEN_DIGIT', 'OPEN_DIAL_PLAN_TEN_DIGIT']

let tenant: Tenant
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

async function psapCalls(): Promise<readonly PsapCall[]> {
  const body = done(await tenant.http.get<readonly PsapCall[] | { calls: readonly PsapCall[] }>('/v2/sandbox/psap-calls'))
  return 'calls' in body ? body.calls : body
}

/** Dials and waits for the answer; returns what the answering point wrote down. */
async function emergencyCall(parties: TwoParties, dialed: string): Promise<PsapCall> {
  const before = new Set((await psapCalls()).map((call) => JSON.stringify(call)))
  const phone = await ScriptedPhone.open(parties.server, parties.caller.login)
  phones.push(phone)
  const call = await phone.call(dialed)
  expect([dialed, await call.finalStatus()]).toEqual([dialed, 200])
  const received = await eventually('the call at the PSAP', 5000, async () => (await psapCalls()).find((candidate) => !before.has(JSON.stringify(candidate))))
  expect(await call.hangUp()).toBe(200)
  return received
}

describe('911', () => {
  it.each(DIALING_BEHAVIORS)('S0-72 S0-76: is answered by the PSAP with dialing behaviour %s, dialed as it is', async (dialingBehaviorType) => {
    const parties = await makeTwoParties(tenant, { dialingBehaviorType })
    for (const dialed of ['911', '933']) await emergencyCall(parties, dialed)
  })

  it('S0-75 S0-78: carries callback number and location, and is in the call records', async () => {
    const parties = await makeTwoParties(tenant)
    const number = await parties.account.addNumber()
    await parties.account.assignNumber(number, parties.caller.userId)
    const received = await emergencyCall(parties, '911')
    const text = JSON.stringify(received)
    expect(text).toContain(number.slice(1))
    expect(text).toMatch(/"333"/)
    expect(text).toMatch(/"Lindon"/i)
    const [record] = await eventually('its record', 5000, async () => {
      const records = await parties.account.callRecords()
      return records.length > 0 ? records : undefined
    })
    expect(record).toMatchObject({ termCallCategory: 'Emergency', dialedNumber: '911', callFlagType: 'ANSWERED' })
  })

  it('S1-95: uses the emergency number of the line before the caller id of the user', async () => {
    const parties = await makeTwoParties(tenant)
    const [callerId, ofTheLine] = [await parties.account.addNumber(), await parties.account.addNumber()]
    await parties.account.assignNumber(callerId, parties.caller.userId)
    done(await parties.account.http.patch(`${parties.account.path}/deviceline/${parties.caller.login.lineId}`, { emergencyNumber: ofTheLine }))
    const text = JSON.stringify(await emergencyCall(parties, '911'))
    expect(text).toContain(ofTheLine.slice(1))
    expect(text).not.toContain(callerId.slice(1))
  })

  it('S1-95: falls back to the caller id of the user', async () => {
    const parties = await makeTwoParties(tenant)
    const callerId = await parties.account.addNumber()
    await parties.account.assignNumber(callerId, parties.caller.userId)
    expect(JSON.stringify(await emergencyCall(parties, '933'))).toContain(callerId.slice(1))
  })

  it('S0-78: works for a user without any number, and from an account that is suspended (C-58)', async () => {
    const parties = await makeTwoParties(tenant)
    await emergencyCall(parties, '911')
    done(await parties.account.http.patch(parties.account.path, { status: 'SUSPENDED' }))
    await emergencyCall(parties, '911')
    const phone = await ScriptedPhone.open(parties.server, parties.caller.login)
    phones.push(phone)
    const ordinary = await phone.call('12125550199')
    expect(await ordinary.finalStatus()).toBeGreaterThanOrEqual(400)
  })

  it('933 is the verification service: categorised as such and free', async () => {
    const parties = await makeTwoParties(tenant)
    await emergencyCall(parties, '933')
    const [record] = await eventually('its record', 5000, async () => {
      const records = await parties.account.callRecords()
      return records.length > 0 ? records : undefined
    })
    expect(record).toMatchObject({ termCallCategory: 'EmergencyServicesVerification', rateType: 'Free' })
  })
})
