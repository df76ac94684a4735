import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectRecords } from './call-records.ts'
import { eventually } from './eventually.ts'
import { hear } from './phones/hear.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf, valueOf } from './phones/sip-text.ts'
import { CALLEE_HZ, CALLER_HZ } from './phones/two-parties.ts'
import { type Account, type CallRecord, done, type Identified, type Person, type SipLogin, Tenant, unique } from './tenant.ts'

interface Decision {
  readonly accountId: string
  readonly result: { readonly kind: string }
  readonly payers?: readonly unknown[]
}
interface Told {
  readonly decisions: readonly Decision[]
  readonly outcome?: unknown
}
type Someone = Person & { readonly phone: ScriptedPhone; readonly number: string }

/** An account of two people, each with a phone, a number and a plan. */
interface Site {
  readonly account: Account
  readonly one: Someone
  readonly other: Someone
}

/** Answers and plays 440 Hz until it is hung up on. */
const PSTN = '12125550105'

let tenant: Tenant
/** Every minute that leaves an account costs five cents, also one to another account. */
let productId: string
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
  const terms = { planMinutes: 0, allowOverage: true, overageRatePerMinute: '0.05', rateIntraPartitionAsFree: false }
  productId = done(await tenant.http.post<Identified>(`${tenant.path}/callingplanproduct`, { name: unique('Plan '), ...terms })).id
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

async function openPhone(login: Pick<SipLogin, 'sipUsername' | 'sipPassword'>): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(tenant.platform, login)
  phones.push(phone)
  expect(statusOf(await phone.register())).toBe(200)
  return phone
}

async function makeSite(): Promise<Site> {
  const account = await tenant.createAccount()
  const someone = async (extension: string): Promise<Someone> => {
    const person = await account.createUser(extension)
    await givePlan(account, 'END_USER', person.userId)
    const number = await account.addNumber()
    await account.assignNumber(number, person.userId)
    return { ...person, number, phone: await openPhone(await account.createLine(person.userId)) }
  }
  return { account, one: await someone('4000'), other: await someone('4001') }
}

const givePlan = async ({ http, path }: Account, referenceType: string, referenceId: string) =>
  done(await http.put(`${path}/callingplan`, { referenceType, referenceId, callingPlanProductId: productId, callingPlanType: 'NEW_CALLING_PLAN' }))

const sendOn = async ({ account }: Site, { userId }: Someone, forwardAlwaysToNumber: string) =>
  done(await account.http.patch(`${account.path}/user/${userId}`, { callHandlingSettings: { callHandlingOptionType: 'ForwardAlways', forwardAlwaysToNumber } }))

/** A PBX with one call path that calls of a number of its own go to. */
async function addPbx({ http, path }: Account, number: string, more: Readonly<Record<string, unknown>> = {}) {
  const login = { sipUsername: unique('pbx-'), sipPassword: 'chosen-by-client' }
  const { id } = done(await http.post<Identified>(`${path}/siptrunk_2`, { trunkName: 'PBX', concurrentCalls: 1, ...login, ...more }))
  done(await http.patch(`${path}/telephonenumber/${number}`, { referenceType: 'SIP_TRUNK', referenceId: id }))
  return { id, login }
}

async function talk(from: ScriptedPhone, dialed: string, to: ScriptedPhone): Promise<{ readonly callId: string; readonly diversion: string }> {
  const call = await from.call(dialed, { toneHz: CALLER_HZ })
  const ringing = await to.nextCall()
  const diversion = valueOf(ringing.invite, 'diversion')
  await ringing.answer(CALLEE_HZ)
  expect(await call.finalStatus()).toBe(200)
  await hear([call.media, CALLEE_HZ], [ringing.media, CALLER_HZ])
  expect(await call.hangUp()).toBe(200)
  await ringing.ended()
  return { callId: call.callId, diversion }
}

const explain = async (from: ScriptedPhone, to: string) =>
  done(await tenant.http.post<Told & { then: readonly (Told & { after: string })[] }>(`${tenant.path}/routing/explain`, { from: from.login.sipUsername, to }))

async function traceOf({ http, path }: Account, sipCallId: string): Promise<Told> {
  return eventually('the trace', 8_000, async () => {
    const found = done(await tenant.http.get<{ results: readonly Identified[] }>(`${tenant.path}/calls?sipCallId=${sipCallId}`)).results
    const traces = await Promise.all(found.map(async ({ id }) => done(await http.get<Told>(`${path}/calls/${id}/trace`))))
    return traces.find(({ outcome }) => outcome !== undefined)
  })
}

const decided = ({ decisions }: Told) => decisions.map(({ accountId, result, payers }) => [accountId, result.kind, payers])
/** What it was, where it led, and whose plan paid how much. */
const charged = (records: readonly CallRecord[]) =>
  records.map(({ legType, callFlagType, termNumber, referenceId, rateType, cost }) => [legType, callFlagType, termNumber, referenceId, rateType, cost > 0])

describe('a call that one account sends on to another', () => {
  it('S0-50 S0-53: hunt group, queue, PBX of another account: each pays for what it sent on, as was explained', { timeout: 60_000 }, async () => {
    const [home, office, plant] = [await makeSite(), await makeSite(), await makeSite()]
    const [groupNumber, plantNumber] = [await office.account.addNumber(), await plant.account.addNumber()]
    const trunk = await addPbx(plant.account, plantNumber)
    const pbx = await openPhone(trunk.login)
    const { http, path } = office.account
    await givePlan(office.account, 'ACCOUNT', office.account.id)
    const agents = [{ userId: office.other.userId }]
    const toPlant = { referenceType: 'TELEPHONE', referenceId: plantNumber }
    const queue = { name: 'Support', extension: '4101', agents, maxWaitTime: 10, ringTimeout: 5, overflow: toPlant }
    const { id: queueId } = done(await http.post<Identified>(`${path}/call-queue`, queue))
    const overflow = { referenceType: 'CALL_QUEUE', referenceId: queueId }
    const group = { name: 'Sales', extension: '4100', strategy: 'LINEAR', members: [{ userId: office.one.userId }], overflow }
    const { id: groupId } = done(await http.post<Identified>(`${path}/hunt-group`, group))
    done(await http.patch(`${path}/telephonenumber/${groupNumber}`, { referenceType: 'HUNT_GROUP', referenceId: groupId }))
    const explained = await explain(home.one.phone, groupNumber)
    const call = await home.one.phone.call(groupNumber, { toneHz: CALLER_HZ })
    ;(await office.one.phone.nextCall()).reject(486)
    expect(await call.finalStatus()).toBe(200)
    const atAgent = await office.other.phone.nextCall()
    atAgent.ring()
    const atPbx = await pbx.nextCall(20_000)
    // An answering service has to know for whom it answers.
    expect(valueOf(atPbx.invite, 'diversion')).toContain(`sip:+${groupNumber}@`)
    await atAgent.cancelled()
    await atPbx.answer(CALLEE_HZ)
    await hear([call.media, CALLEE_HZ], [atPbx.media, CALLER_HZ])
    const second = await home.other.phone.call(plantNumber)
    expect(await second.finalStatus()).toBe(486)
    expect(await call.hangUp()).toBe(200)
    await atPbx.ended()
    const [origination, refused] = await expectRecords(home.account, ['ANSWERED', 'OTHER'])
    expect(charged([origination, refused].flatMap((record) => record ?? []))).toEqual([
      ['Origination', 'ANSWERED', groupNumber, home.one.userId, 'OnPlanRated', true],
      ['Origination', 'OTHER', plantNumber, home.other.userId, 'OnPlanMinutes', false],
    ])
    expect(refused?.disconnectType).toBe('Capacity')
    expect(charged(await expectRecords(office.account, ['ANSWERED', 'FORWARDED']))).toEqual([
      ['Termination', 'FORWARDED', groupNumber, undefined, 'Free', false],
      ['Forward', 'ANSWERED', plantNumber, undefined, 'OnPlanRated', true],
    ])
    expect(charged(await expectRecords(plant.account, ['ANSWERED', 'OTHER']))[0]).toEqual(
      ['Termination', 'ANSWERED', plantNumber, trunk.id, 'SipTrunkInbound', false], // prettier-ignore
    )
    const after = explained.then.find((one) => one.after === 'busy') ?? { decisions: [] }
    const foreseen = [...decided(explained), ...decided(after)]
    expect(decided(await traceOf(home.account, call.callId)).slice(0, foreseen.length)).toEqual(foreseen)
  })

  it('comes back to the account it is from: who dialed pays for the way out, who sent it on for the way back', { timeout: 60_000 }, async () => {
    const [home, office] = [await makeSite(), await makeSite()]
    await sendOn(office, office.one, home.other.number)
    const explained = await explain(home.one.phone, office.one.number)
    const { callId, diversion } = await talk(home.one.phone, office.one.number, home.other.phone)
    expect(diversion).toMatch(new RegExp(`sip:\\+${office.one.number}@.*reason=unconditional`))
    expect(decided(await traceOf(home.account, callId))).toEqual(decided(explained))
    expect(charged(await expectRecords(home.account, ['ANSWERED', 'ANSWERED']))).toEqual([
      ['Origination', 'ANSWERED', office.one.number, home.one.userId, 'OnPlanRated', true],
      ['Termination', 'ANSWERED', home.other.number, home.other.userId, 'Free', false],
    ])
    expect(charged(await expectRecords(office.account, ['ANSWERED', 'FORWARDED']))).toEqual([
      ['Termination', 'FORWARDED', office.one.number, office.one.userId, 'Free', false],
      ['Forward', 'ANSWERED', home.other.number, office.one.userId, 'OnPlanRated', true],
    ])
  })

  it('comes back to the account that sent it on, to somebody else there: both ways are paid', { timeout: 60_000 }, async () => {
    const [home, office, plant] = [await makeSite(), await makeSite(), await makeSite()]
    await sendOn(office, office.one, plant.one.number)
    await sendOn(plant, plant.one, office.other.number)
    const { diversion } = await talk(home.one.phone, office.one.number, office.other.phone)
    expect(diversion).toContain(`sip:+${plant.one.number}@`)
    expect(charged(await expectRecords(office.account, ['ANSWERED', 'ANSWERED', 'FORWARDED']))).toEqual([
      ['Termination', 'FORWARDED', office.one.number, office.one.userId, 'Free', false],
      ['Forward', 'ANSWERED', plant.one.number, office.one.userId, 'OnPlanRated', true],
      ['Termination', 'ANSWERED', office.other.number, office.other.userId, 'Free', false],
    ])
    expect(charged(await expectRecords(plant.account, ['ANSWERED', 'FORWARDED']))).toEqual([
      ['Termination', 'FORWARDED', plant.one.number, plant.one.userId, 'Free', false],
      ['Forward', 'ANSWERED', office.other.number, plant.one.userId, 'OnPlanRated', true],
    ])
  })

  it(
    'rings beside the own phone in the account it is from, and in a third one: whose phone answers has the record, and the leg there is paid',
    { timeout: 60_000 },
    async () => {
      const [home, office, plant] = [await makeSite(), await makeSite(), await makeSite()]
      const forwardToNumberList = [home.other.number, plant.one.number, plant.other.number]
      const simultaneousRingCallHandling = { forwardToNumberList, forwardToTimedNumberList: null, noAnswerCallHandling: { type: 'Busy', timeout: 20 } }
      const callHandlingSettings = { callHandlingOptionType: 'SimultaneousRing', simultaneousRingCallHandling }
      done(await office.account.http.patch(`${office.account.path}/user/${office.one.userId}`, { callHandlingSettings }))
      for (const [site, someone] of [
        [home, home.other],
        [plant, plant.other],
      ] as const) {
        const call = await home.one.phone.call(office.one.number, { toneHz: CALLER_HZ })
        const all = [office.one, home.other, plant.one, plant.other]
        const rung = await Promise.all(all.map(async ({ phone }) => phone.nextCall()))
        const answering = rung[all.indexOf(someone)]
        await answering?.answer(CALLEE_HZ)
        expect(await call.finalStatus()).toBe(200)
        await Promise.all(rung.filter((each) => each !== answering).map(async (each) => each.cancelled()))
        await hear([call.media, CALLEE_HZ])
        expect(await call.hangUp()).toBe(200)
        await answering?.ended()
        const records = await eventually('the record of who answered', 10_000, async () => {
          const found = (await site.account.callRecords()).filter(({ legType }) => legType === 'Termination')
          return found.length === 1 ? found : undefined
        })
        expect(charged(records)).toEqual([['Termination', 'ANSWERED', someone.number, someone.userId, 'Free', false]])
      }
      expect(charged(await expectRecords(home.account, ['ANSWERED', 'ANSWERED', 'ANSWERED'])).filter(([legType]) => legType === 'Origination')).toEqual(
        [0, 1].map(() => ['Origination', 'ANSWERED', office.one.number, home.one.userId, 'OnPlanRated', true]),
      )
      const legs = charged(
        await eventually('8 records', 10_000, async () => {
          const found = await office.account.callRecords()
          return found.length === 8 ? found : undefined
        }),
      )
      expect(legs.filter(([legType, , , , , isPaid]) => legType === 'Forward' && isPaid === true).map(([, , termNumber]) => termNumber)).toEqual([
        home.other.number,
        plant.other.number,
      ])
    },
  )

  it('goes round in a circle: 483 at the first number it comes to again, as was explained, and nobody pays', async () => {
    const [home, office, plant] = [await makeSite(), await makeSite(), await makeSite()]
    await sendOn(office, office.one, plant.one.number)
    await sendOn(plant, plant.one, office.one.number)
    const explained = await explain(home.one.phone, office.one.number)
    expect(explained.decisions.map(({ result }) => result.kind)).toEqual(['on-net', 'on-net', 'on-net', 'reject'])
    const call = await home.one.phone.call(office.one.number)
    expect(await call.finalStatus()).toBe(483)
    expect(decided(await traceOf(home.account, call.callId))).toEqual(decided(explained))
    for (const [{ account }, flags] of [
      [home, ['OTHER']],
      [office, ['FORWARDED', 'OTHER', 'OTHER']],
      [plant, ['FORWARDED', 'OTHER']],
    ] as const)
      expect((await expectRecords(account, flags)).map(({ cost }) => cost).every((cost) => cost === 0)).toBe(true)
  })
})

describe('a trunk of another account', () => {
  it('pays by its own plan for what it sends on, and its own call that comes back to it takes a second path', { timeout: 60_000 }, async () => {
    const [office, plant] = [await makeSite(), await makeSite()]
    const number = await plant.account.addNumber()
    const trunk = await addPbx(plant.account, number)
    await givePlan(plant.account, 'SIP_TRUNK', trunk.id)
    const rules = { forwardOnFailure: [{ referenceType: 'TELEPHONE', referenceId: PSTN }], forwardOnCapacityExceeded: [] }
    done(await plant.account.http.put(`${plant.account.path}/siptrunk_2/${trunk.id}/forward`, rules))
    const explained = await explain(office.one.phone, number)
    const call = await office.one.phone.call(number)
    expect(await call.finalStatus()).toBe(200)
    await call.hangUp()
    expect(charged(await expectRecords(plant.account, ['ANSWERED', 'FORWARDED']))).toEqual([
      ['Termination', 'FORWARDED', number, trunk.id, 'SipTrunkInbound', false],
      ['Forward', 'ANSWERED', PSTN, trunk.id, 'OnPlanRated', true],
    ])
    expect(decided(await traceOf(office.account, call.callId))).toEqual(decided(explained))
    const pbx = await openPhone(trunk.login)
    await sendOn(office, office.other, number)
    const back = await pbx.call(office.other.number)
    expect(await back.finalStatus()).toBe(486)
  })

  it('is reached by its number alone: neither its extensions nor a reference of another account lead there', async () => {
    const [office, plant] = [await makeSite(), await makeSite()]
    const trunk = await addPbx(plant.account, await plant.account.addNumber(), { extensionPatterns: ['21XX'] })
    const pbx = await openPhone(trunk.login)
    const strange = await office.one.phone.call('2150')
    expect(await strange.finalStatus()).toBe(404)
    const overflow = { referenceType: 'SIP_TRUNK', referenceId: trunk.id }
    const { http, path } = office.account
    expect((await http.post(`${path}/hunt-group`, { name: 'Sales', extension: '4100', strategy: 'LINEAR', members: [], overflow })).status).toBe(404)
    expect((await http.post(`${path}/call-queue`, { name: 'Support', extension: '4101', agents: [], overflow })).status).toBe(404)
    expect((await http.patch(`${path}/telephonenumber/${office.other.number}`, overflow)).status).toBe(404)
    await talk(plant.one.phone, '2150', pbx)
  })
})
