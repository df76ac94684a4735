import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectRecords } from './call-records.ts'
import { eventually, pause } from './eventually.ts'
import { hear } from './phones/hear.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done, type Identified, Tenant, unique } from './tenant.ts'

/** Answers and plays 440 Hz until it is hung up on. */
const PSTN = '12125550105'
/** Answers, and hangs up after 2 s. */
const HANGING_UP = '12125550107'

let tenant: Tenant
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

/** Two users; the first one's plan has these terms. */
async function customers(terms: Readonly<Record<string, unknown>>): Promise<TwoParties> {
  const product = done(await tenant.http.post<Identified>(`${tenant.path}/callingplanproduct`, { name: unique('Plan '), ...terms }))
  const parties = await makeTwoParties(tenant)
  done(await parties.account.http.put(`${parties.account.path}/user/${parties.caller.userId}/callingplanproduct/${product.id}`))
  return parties
}

async function phoneOf({ server, account }: TwoParties, { userId }: TwoParties['caller']): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(server, await account.createLine(userId))
  phones.push(phone)
  expect(statusOf(await phone.register())).toBe(200)
  return phone
}

describe('who pays in a call that others have joined (S4-40, RFC 3911)', () => {
  it('what an ended leg had reserved is free while the others talk on', { timeout: 60_000 }, async () => {
    const parties = await customers({ planMinutes: 1, allowOverage: false })
    const [phone, second] = [await phoneOf(parties, parties.caller), await phoneOf(parties, parties.caller)]
    const colleague = await phoneOf(parties, parties.callee)
    const call = await phone.call(HANGING_UP, { toneHz: CALLER_HZ })
    expect(await call.finalStatus()).toBe(200)
    const join = await colleague.call(HANGING_UP, { toneHz: CALLEE_HZ, headers: [['Join', call.replaces]] })
    expect(await join.finalStatus()).toBe(200)
    await pause(3_000)
    await hear([call.media, CALLEE_HZ], [join.media, CALLER_HZ])
    const other = await second.call(PSTN)
    expect(await other.finalStatus()).toBe(200)
    expect(await other.hangUp()).toBe(200)
    expect([call.endedBy, join.endedBy]).toEqual([undefined, undefined])
    await call.hangUp()
    await join.ended()
    const records = await expectRecords(parties.account, ['ANSWERED', 'ANSWERED', 'ANSWERED'])
    expect(records.find(({ dialedNumber, referenceId }) => dialedNumber === HANGING_UP && referenceId === parties.caller.userId)).toMatchObject({
      billCallLengthSeconds: 6,
      rateType: 'OnPlanMinutes',
    })
  })

  it('who has hung up pays no longer for those of the other account who talk on', { timeout: 60_000 }, async () => {
    const terms = { planMinutes: 0, allowOverage: true, overageRatePerMinute: '0.05', rateIntraPartitionAsFree: false }
    const [home, office] = [await customers(terms), await makeTwoParties(tenant)]
    const number = await office.account.addNumber()
    await office.account.assignNumber(number, office.caller.userId)
    const [caller, called, colleague] = [await phoneOf(home, home.caller), await phoneOf(office, office.caller), await phoneOf(office, office.callee)]
    const call = await caller.call(number)
    const ringing = await called.nextCall()
    await ringing.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    const join = await colleague.call(office.caller.extension, { toneHz: CALLER_HZ, headers: [['Join', ringing.replaces]] })
    expect(await join.finalStatus()).toBe(200)
    expect(await call.hangUp()).toBe(200)
    await hear([ringing.media, CALLER_HZ], [join.media, CALLEE_HZ])
    await pause(8_000)
    await join.hangUp()
    await ringing.ended()
    const [record] = await expectRecords(home.account, ['ANSWERED'])
    expect(record).toMatchObject({ billCallLengthSeconds: 6, rateType: 'OnPlanRated', cost: 0.005 })
    const [termination] = await eventually('the records', 5_000, async () => {
      const records = await office.account.callRecords()
      return records.length === 2 ? records : undefined
    })
    expect(termination?.actualCallLengthSeconds).toBeLessThan(6)
  })
})
