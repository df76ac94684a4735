import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectRecords } from './call-records.ts'
import { hear } from './phones/hear.ts'
import type { IncomingPhoneCall } from './phones/phone-call.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { CALLEE_HZ, CALLER_HZ } from './phones/two-parties.ts'
import { type Account, done, type Identified, Tenant, unique } from './tenant.ts'

interface Trunk {
  readonly id: string
  readonly sipUsername: string
  readonly sipPassword: string
}

/** An account of its own: a caller at 4000, an operator at 4001 to forward to, and two PBXs. */
interface Site {
  readonly account: Account
  readonly caller: ScriptedPhone
  readonly operator: ScriptedPhone
  readonly operatorId: string
  readonly number: string
  readonly east: Trunk
  readonly west: Trunk
}

let tenant: Tenant
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

async function openPhone(login: { readonly sipUsername: string; readonly sipPassword: string }): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(tenant.platform, login)
  phones.push(phone)
  await phone.register()
  return phone
}

async function makeSite(): Promise<Site> {
  const account = await tenant.createAccount()
  const [callerUser, operatorUser] = [await account.createUser('4000'), await account.createUser('4001')]
  const number = await account.addNumber()
  const [caller, operator] = [await openPhone(await account.createLine(callerUser.userId)), await openPhone(await account.createLine(operatorUser.userId))]
  const create = async (name: string): Promise<Trunk> => {
    const login = { sipUsername: unique('pbx-'), sipPassword: 'chosen-by-client' }
    const body = { trunkName: unique(name), concurrentCalls: 1, ...login }
    const { id } = done(await account.http.post<Identified>(`${account.path}/siptrunk_2`, body))
    return { id, ...login }
  }
  const [east, west] = [await create('east'), await create('west')]
  return { account, caller, operator, operatorId: operatorUser.userId, number, east, west }
}

const pointTo = async ({ account, number }: Site, referenceType: string, referenceId: string) =>
  done(await account.http.patch(`${account.path}/telephonenumber/${number}`, { referenceType, referenceId }))
const setRules = async ({ account }: Site, trunk: Trunk, rules: Readonly<Record<string, unknown>>) =>
  done(await account.http.put(`${account.path}/siptrunk_2/${trunk.id}/forward`, { forwardOnFailure: [], forwardOnCapacityExceeded: [], ...rules }))
const to = (referenceType: string, referenceId?: string) => ({ referenceType, referenceId })

/** The caller talks to whoever answers there, both hear each other. */
async function talks({ caller, number }: Site, answers: ScriptedPhone): Promise<void> {
  const call = await caller.call(number, { toneHz: CALLER_HZ })
  const ringing = await answers.nextCall()
  await ringing.answer(CALLEE_HZ)
  expect(await call.finalStatus()).toBe(200)
  await hear([call.media, CALLEE_HZ], [ringing.media, CALLER_HZ])
  expect(await call.hangUp()).toBe(200)
  await ringing.ended()
}

/** Another call holds the only call path of the PBX. */
async function occupy({ operator, number }: Site, pbx: ScriptedPhone): Promise<{ readonly end: () => Promise<void> }> {
  const call = await operator.call(number)
  const ringing: IncomingPhoneCall = await pbx.nextCall()
  await ringing.answer()
  expect(await call.finalStatus()).toBe(200)
  return {
    end: async () => {
      expect(await call.hangUp()).toBe(200)
      await ringing.ended()
    },
  }
}

describe("forward rules of a customer's trunk", () => {
  it('a PBX that is not there: its calls go on in order, to the next PBX, then to a user; busy is an answer', async () => {
    const site = await makeSite()
    await pointTo(site, 'SIP_TRUNK', site.east.id)
    const refused = await site.caller.call(site.number)
    expect(await refused.finalStatus()).toBe(480)
    await setRules(site, site.east, { forwardOnFailure: [to('SIP_TRUNK', site.west.id), to('END_USER', site.operatorId)] })
    await talks(site, site.operator)
    const west = await openPhone(site.west)
    await talks(site, west)
    const east = await openPhone(site.east)
    const failing = talks(site, west)
    ;(await east.nextCall()).reject(503)
    await failing
    const busy = await site.caller.call(site.number)
    ;(await east.nextCall()).reject(486)
    expect(await busy.finalStatus()).toBe(486)
    await expectRecords(site.account, ['ANSWERED', 'ANSWERED', 'ANSWERED', 'BUSY', 'MISSED'])
  })

  it('S1-117: a call beyond the call paths goes where forwardOnCapacityExceeded says; forwardAlways takes every call', async () => {
    const site = await makeSite()
    await pointTo(site, 'SIP_TRUNK', site.east.id)
    const east = await openPhone(site.east)
    await setRules(site, site.east, { forwardOnCapacityExceeded: [to('SIP_TRUNK', site.west.id), to('BUSY')] })
    const west = await openPhone(site.west)
    const held = await occupy(site, east)
    await talks(site, west)
    await west.unregister()
    const refused = await site.caller.call(site.number)
    expect(await refused.finalStatus()).toBe(486)
    await held.end()
    await talks(site, east)
    await setRules(site, site.east, { forwardAlways: { enabled: true, ...to('END_USER', site.operatorId) } })
    await talks(site, site.operator)
  })
})

describe('a group of trunks', () => {
  it('tries its PBXs in order, then its own rules: unreachable, full', async () => {
    const site = await makeSite()
    const body = {
      name: unique('both'),
      sipTrunksIds: [site.east.id, site.west.id],
      unreachableForward: [to('END_USER', site.operatorId)],
      capacityForward: [to('BUSY')],
    }
    const { id } = done(await site.account.http.post<Identified>(`${site.account.path}/siptrunkgroup`, body))
    await pointTo(site, 'SIP_TRUNK_GROUP', id)
    await talks(site, site.operator)
    const west = await openPhone(site.west)
    await talks(site, west)
    const east = await openPhone(site.east)
    await talks(site, east)
    const held = await occupy(site, east)
    await talks(site, west)
    const alsoHeld = await occupy({ ...site, operator: await openPhone(await site.account.createLine(site.operatorId)) }, west)
    const refused = await site.caller.call(site.number)
    expect(await refused.finalStatus()).toBe(486)
    await alsoHeld.end()
    await held.end()
  })
})
