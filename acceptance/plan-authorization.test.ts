import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectOneRecord } from './call-records.ts'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { hear } from './phones/hear.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf, valueOf } from './phones/sip-text.ts'
import { CALLER_HZ, makeTwoParties, PSTN_HZ, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { type Account, done, type Identified, Tenant, unique } from './tenant.ts'

/** Answers and plays 440 Hz until it is hung up on. */
const PSTN = '12125550105'

let tenant: Tenant
const phones: { stop: () => Promise<void> }[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})
afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

/** Two users; the first one's plan has these terms. */
async function customers(terms: Readonly<Record<string, unknown>>): Promise<TwoParties> {
  const product = done(await tenant.http.post<Identified>(`${tenant.path}/callingplanproduct`, { name: unique('Plan '), ...terms }))
  const parties = await makeTwoParties(tenant)
  const { account, caller } = parties
  done(await account.http.put(`${account.path}/user/${caller.userId}/callingplanproduct/${product.id}`))
  return parties
}

async function phoneOf({ server, caller }: TwoParties): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(server, caller.login)
  phones.push({ stop: () => Promise.resolve(phone.close()) })
  expect(statusOf(await phone.register())).toBe(200)
  return phone
}

async function secondsRemaining(account: Account, userId: string): Promise<number> {
  const plans = done(
    await account.http.get<readonly { secondsRemaining: number }[]>(`${account.path}/callingplan?referenceType=END_USER&referenceId=${userId}`),
  )
  return plans[0]?.secondsRemaining ?? Number.NaN
}

interface Trace {
  readonly events: readonly { readonly type: string; readonly detail: Readonly<Record<string, unknown>> }[]
}

describe('calls and the plan that pays for them', () => {
  it('S4-40: without minutes and overage the PSTN is refused with 402 before it rings; 911, toll-free numbers and the own account still go', async () => {
    const parties = await customers({ planMinutes: 0, allowOverage: false })
    const phone = await phoneOf(parties)
    const refused = await phone.call(PSTN)
    expect(await refused.finalStatus()).toBe(402)
    expect(refused.statuses.filter((status) => status > 100 && status < 200)).toEqual([])
    expect(refused.final === undefined ? '' : valueOf(refused.final, 'reason')).toMatch(/^Q\.850;cause=21/)
    const record = await expectOneRecord(parties.account, 'OTHER')
    expect(record).toMatchObject({
      disconnectType: 'Unauthorized',
      cost: 0,
      actualCallLengthSeconds: 0,
      reasonCode: 'PlanMinutesExhausted',
      callType: 'OUTBOUND',
    })
    for (const dialed of ['911', '933', '18005550105']) {
      const call = await phone.call(dialed)
      expect([dialed, await call.finalStatus()]).toEqual([dialed, 200])
      await call.hangUp()
    }
    const inside = await phone.call(parties.callee.extension)
    expect(await inside.finalStatus()).not.toBe(402)
  })

  it('S4-40: with overage the same call goes, and costs its started six seconds', async () => {
    const parties = await customers({ planMinutes: 0, allowOverage: true, overageRatePerMinute: '0.05' })
    const phone = await phoneOf(parties)
    const call = await phone.call(PSTN, { toneHz: CALLER_HZ })
    expect(await call.finalStatus()).toBe(200)
    await hear([call.media, PSTN_HZ])
    await call.hangUp()
    const record = await expectOneRecord(parties.account, 'ANSWERED')
    expect(record).toMatchObject({ rateType: 'OnPlanRated', billCallLengthSeconds: 6, cost: 0.005, ratePerMinute: 0.05, inPlan: false })
  })

  it('S4-39: what the product does not sell is refused with 403: 411, the operator, countries without overage', async () => {
    const phone = await phoneOf(await customers({ planMinutes: 5, allowOverage: false, allow411: false, allowOperator: false }))
    for (const dialed of ['411', '0', '011442079460105']) {
      const call = await phone.call(dialed)
      expect([dialed, await call.finalStatus()]).toEqual([dialed, 403])
    }
  })

  it('S4-40: of 30 calls at once on 10 minutes no second is given to two', async () => {
    const parties = await customers({ planMinutes: 10, allowOverage: false })
    const phone = await phoneOf(parties)
    const calls: Awaited<ReturnType<ScriptedPhone['call']>>[] = []
    // Slower than what the edge takes for a flood; all of them go on at once.
    for (let made = 0; made < 30; made++) {
      calls.push(await phone.call(PSTN))
      await pause(150)
    }
    const statuses = await Promise.all(calls.map((call) => call.finalStatus(20_000)))
    expect(statuses.toSorted((a, b) => a - b)).toEqual([...Array.from({ length: 10 }, () => 200), ...Array.from({ length: 20 }, () => 402)])
    await Promise.all(calls.filter((_, index) => statuses[index] === 200).map((call) => call.hangUp()))
    const records = await eventually('30 records', 15_000, async () => {
      const found = await parties.account.callRecords()
      return found.length === 30 ? found : undefined
    })
    const used = records.reduce((sum, record) => sum + record.billCallLengthSeconds, 0)
    expect(used).toBeGreaterThanOrEqual(60)
    expect([await secondsRemaining(parties.account, parties.caller.userId), records.reduce((sum, record) => sum + record.cost, 0)]).toEqual([600 - used, 0])
    // What was reserved and not used is there again.
    const next = await phone.call(PSTN)
    expect(await next.finalStatus()).toBe(200)
    await next.hangUp()
  })
})

describe.skipIf(isAbsent('baresip'))('a call whose minutes are used up', () => {
  it('S4-40: is ended by the platform in that second, after both were told, and its record is exact', { timeout: 100_000 }, async () => {
    const parties = await customers({ planMinutes: 1, allowOverage: false })
    const phone = await Baresip.start(parties.server, parties.caller.login, { transport: 'udp', toneHz: CALLER_HZ, toneSeconds: 90 })
    phones.push(phone)
    await phone.registered()
    await phone.dial(`sip:${PSTN}@dialtone.local`)
    const established = await phone.saw('CALL_ESTABLISHED')
    const closed = await phone.saw('CALL_CLOSED', { timeoutMs: 75_000 })
    expect(closed.atMs - established.atMs).toBeGreaterThan(59_000)
    expect(closed.atMs - established.atMs).toBeLessThan(61_500)
    expect(await phone.toneHeard(TONES_HZ)).toBe(PSTN_HZ)
    // The last second is words, and nothing of the other party.
    expect(phone.lastToneHeard(TONES_HZ)).toBeUndefined()
    const record = await expectOneRecord(parties.account, 'ANSWERED')
    const { events } = done(await parties.account.http.get<Trace>(`${parties.account.path}/calls/${record.sessionId}/trace`))
    expect(events.filter(({ type }) => type === 'announced').map(({ detail }) => [detail['name'], detail['code']])).toEqual([['minutes-used-up', 'Told']])
    expect(record).toMatchObject({ actualCallLengthSeconds: 60, billCallLengthSeconds: 60, rateType: 'OnPlanMinutes', inPlan: true, cost: 0 })
    expect(record).toMatchObject({ disconnectType: 'SystemHangUp', reasonCode: 'MinutesUsedUp' })
    expect(await secondsRemaining(parties.account, parties.caller.userId)).toBe(0)
    await phone.dial(`sip:${PSTN}@dialtone.local`)
    const refused = await eventually('402', 5000, () => (phone.log.includes('SIP/2.0 402') ? true : undefined))
    expect(refused).toBe(true)
  })
})
