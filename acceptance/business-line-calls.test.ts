import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectRecords } from './call-records.ts'
import { hear } from './phones/hear.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { CALLEE_HZ, CALLER_HZ } from './phones/two-parties.ts'
import { type Account, done, type Identified, Tenant, unique } from './tenant.ts'

/** An account of its own: a caller at 4000, a guard at 4001 to forward to, and business lines with a number. */
interface Building {
  readonly account: Account
  readonly caller: ScriptedPhone
  readonly guard: ScriptedPhone
  readonly guardNumber: string
  readonly number: string
}

let tenant: Tenant
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

async function makeBuilding(): Promise<Building> {
  const account = await tenant.createAccount()
  const [callerUser, guardUser] = [await account.createUser('4000'), await account.createUser('4001')]
  const [number, guardNumber] = [await account.addNumber(), await account.addNumber()]
  await account.assignNumber(guardNumber, guardUser.userId)
  const [caller, guard] = [await openPhone(await account.createLine(callerUser.userId)), await openPhone(await account.createLine(guardUser.userId))]
  return { account, caller, guard, guardNumber, number }
}

async function openPhone(login: { readonly sipUsername: string; readonly sipPassword: string }): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(tenant.platform, login)
  phones.push(phone)
  await phone.register()
  return phone
}

/** A business line, with a phone when one is wanted. */
async function createDoor({ account }: Building, name: string): Promise<string> {
  return done(await account.http.post<Identified>(`${account.path}/business-line`, { name })).id
}
async function phoneAt({ account }: Building, lineId: string): Promise<ScriptedPhone> {
  const login = { sipUsername: unique('door-'), sipPassword: 'chosen-by-client' }
  done(await account.http.put(`${account.path}/business-line/${lineId}/sip-credentials`, login))
  return openPhone(login)
}

const pointTo = async ({ account, number }: Building, referenceType: string, referenceId: string) =>
  done(await account.http.patch(`${account.path}/telephonenumber/${number}`, { referenceType, referenceId }))
const handle = async ({ account }: Building, lineId: string, handling: Readonly<Record<string, unknown>>) =>
  done(await account.http.put(`${account.path}/business-line/${lineId}/call-handling`, { activeCallHandling: 'RING_LINE', ...handling }))
const toGuard = ({ guardNumber }: Building) => ({ '@type': 'ForwardRingFailoverAction', forwardToPhoneNumber: guardNumber })

/** The number is called, and the guard gets the call. */
async function reachesGuard({ caller, guard, number }: Building): Promise<void> {
  const call = await caller.call(number, { toneHz: CALLER_HZ })
  const ringing = await guard.nextCall(9000)
  await ringing.answer(CALLEE_HZ)
  expect(await call.finalStatus()).toBe(200)
  await hear([call.media, CALLEE_HZ], [ringing.media, CALLER_HZ])
  expect(await call.hangUp()).toBe(200)
  await ringing.ended()
}

describe('a number that points at a business line', () => {
  it('S1-104 S1-105: RING_LINE rings it; FORWARD sends all its calls on', async () => {
    const building = await makeBuilding()
    const door = await createDoor(building, 'Door')
    const phone = await phoneAt(building, door)
    await pointTo(building, 'BUSINESS_LINE', door)
    const call = await building.caller.call(building.number)
    const ringing = await phone.nextCall()
    await ringing.answer()
    expect(await call.finalStatus()).toBe(200)
    expect(await call.hangUp()).toBe(200)
    await handle(building, door, { activeCallHandling: 'FORWARD', forwardToPhoneNumber: building.guardNumber })
    await reachesGuard(building)
    await expectRecords(building.account, ['ANSWERED', 'ANSWERED'])
  })

  it('S1-107 S1-109 S1-110: without a phone, busy, and after a limited time its calls go where each reason says; busy from the start', async () => {
    const building = await makeBuilding()
    const door = await createDoor(building, 'Door')
    await pointTo(building, 'BUSINESS_LINE', door)
    const refused = await building.caller.call(building.number)
    expect(await refused.finalStatus()).toBe(486)
    await handle(building, door, { unregisteredFailoverAction: toGuard(building) })
    await reachesGuard(building)
    const phone = await phoneAt(building, door)
    await handle(building, door, { busyFailoverAction: toGuard(building) })
    const busy = reachesGuard(building)
    ;(await phone.nextCall()).reject(486)
    await busy
    const ringTimeoutConfiguration = { '@type': 'LimitedRingTimeoutConfiguration', timeoutSeconds: 2, noAnswerAction: toGuard(building) }
    await handle(building, door, { ringTimeoutConfiguration })
    const silent = reachesGuard(building)
    const ringing = await phone.nextCall()
    ringing.ring()
    await ringing.cancelled()
    await silent
  })

  it('S1-106: without call waiting a line that talks is busy for the second caller', async () => {
    const building = await makeBuilding()
    const door = await createDoor(building, 'Door')
    const phone = await phoneAt(building, door)
    await pointTo(building, 'BUSINESS_LINE', door)
    await handle(building, door, { callWaitingEnabled: false })
    const first = await building.caller.call(building.number)
    const talking = await phone.nextCall()
    await talking.answer()
    expect(await first.finalStatus()).toBe(200)
    const second = await building.guard.call(building.number)
    expect(await second.finalStatus()).toBe(486)
    expect(await first.hangUp()).toBe(200)
    await talking.ended()
  })
})

describe('a number that points at a hunt group of business lines', () => {
  it('S1-18 S1-99: LINEAR asks the lines in order; what comes after depends on why nobody took the call', async () => {
    const building = await makeBuilding()
    const doors = [await createDoor(building, 'Door 1'), await createDoor(building, 'Door 2')]
    const [one, two] = [await phoneAt(building, doors[0] ?? ''), await phoneAt(building, doors[1] ?? '')]
    const group = `${building.account.path}/business-line-hunt-group`
    const members = doors.map((businessLineId, sequenceOrder) => ({ businessLineId, sequenceOrder }))
    const huntingConfiguration = { '@type': 'LinearHuntingConfiguration', ringTimeoutSeconds: 3, members }
    const { id } = done(await building.account.http.post<Identified>(group, { name: 'Doors', huntingConfiguration }))
    await pointTo(building, 'BUSINESS_LINE_HUNT_GROUP', id)
    const failover = async (reason: string, action: Readonly<Record<string, unknown>>) =>
      done(await building.account.http.put(`${group}/${id}/failover-action/${reason}`, action))
    await failover('NO_ANSWER', { '@type': 'ForwardFailoverAction', forwardToPhoneNumber: building.guardNumber })
    // Both are busy: nothing is said for that, so the caller hears busy.
    const refused = await building.caller.call(building.number)
    ;(await one.nextCall()).reject(486)
    ;(await two.nextCall()).reject(486)
    expect(await refused.finalStatus()).toBe(486)
    // One rings in vain, the other one is busy: nobody answered.
    const guarded = reachesGuard(building)
    const atOne = await one.nextCall()
    atOne.ring()
    await atOne.cancelled()
    ;(await two.nextCall()).reject(486)
    await guarded
    await expectRecords(building.account, ['ANSWERED', 'BUSY'])
  })

  it('S1-18 S1-99: SIMULTANEOUS rings all of them; a forward that is switched on takes every call', async () => {
    const building = await makeBuilding()
    const doors = [await createDoor(building, 'Door 1'), await createDoor(building, 'Door 2')]
    const [one, two] = [await phoneAt(building, doors[0] ?? ''), await phoneAt(building, doors[1] ?? '')]
    const group = `${building.account.path}/business-line-hunt-group`
    const huntingConfiguration = { '@type': 'SimultaneousHuntingConfiguration', ringTimeoutSeconds: 20, members: doors }
    const body = { name: 'Doors', huntingConfiguration }
    const { id } = done(await building.account.http.post<Identified>(group, body))
    await pointTo(building, 'BUSINESS_LINE_HUNT_GROUP', id)
    const call = await building.caller.call(building.number)
    const [atOne, atTwo] = [await one.nextCall(), await two.nextCall()]
    await atTwo.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    await atOne.cancelled()
    expect(await call.hangUp()).toBe(200)
    const codes = done(await building.account.http.get<{ constraintValue: readonly string[] }>(`${group}/${id}/forward-configuration/*/constraints/star-code`))
    const night = { name: 'Night', starCode: codes.constraintValue[0], forwardConfigurationType: 'FIXED', forwardToPhoneNumber: building.guardNumber }
    const forward = done(await building.account.http.post<Identified>(`${group}/${id}/forward-configuration`, night))
    done(await building.account.http.put(`${group}/${id}`, { ...body, activeForwardConfigurationId: forward.id }))
    await reachesGuard(building)
  })
})

describe('a number that points at a call group', () => {
  it('C-39: rings everybody in it', async () => {
    const building = await makeBuilding()
    const other = await building.account.createUser('4002')
    const phone = await openPhone(await building.account.createLine(other.userId))
    const users = done(await building.account.http.get<readonly { id: string; extension: string }[]>(`${building.account.path}/user`))
    const memberIds = users.filter(({ extension }) => extension !== '4000').map(({ id }) => id)
    const { id } = done(await building.account.http.post<Identified>(`${building.account.path}/group`, { name: 'Staff', type: 'USER', memberIds }))
    await pointTo(building, 'CALL_GROUP', id)
    const call = await building.caller.call(building.number)
    const [atGuard, atOther] = [await building.guard.nextCall(), await phone.nextCall()]
    await atOther.answer()
    expect(await call.finalStatus()).toBe(200)
    await atGuard.cancelled()
    expect(await call.hangUp()).toBe(200)
  })
})

describe("the star code of a hunt group's forward", () => {
  it('S1-99: dialed from a phone it sends all calls of the group elsewhere, and back again; VARIABLE with the number behind it', async () => {
    const building = await makeBuilding()
    const door = await createDoor(building, 'Door')
    const phone = await phoneAt(building, door)
    const group = `${building.account.path}/business-line-hunt-group`
    const huntingConfiguration = { '@type': 'SimultaneousHuntingConfiguration', ringTimeoutSeconds: 20, members: [door] }
    const { id } = done(await building.account.http.post<Identified>(group, { name: 'Doors', huntingConfiguration }))
    await pointTo(building, 'BUSINESS_LINE_HUNT_GROUP', id)
    const forwards = `${group}/${id}/forward-configuration`
    const codes = done(await building.account.http.get<{ constraintValue: readonly string[] }>(`${forwards}/*/constraints/star-code`))
    const [fixed = '', variable = ''] = codes.constraintValue
    const create = async (starCode: string, forwardConfigurationType: string, forwardToPhoneNumber: string) =>
      done(await building.account.http.post<Identified>(forwards, { name: starCode, starCode, forwardConfigurationType, forwardToPhoneNumber }))
    const night = await create(fixed, 'FIXED', building.guardNumber)
    await create(variable, 'VARIABLE', '18015550199')
    const dials = async (digits: string): Promise<void> => {
      const call = await building.caller.call(digits)
      expect(await call.finalStatus()).toBe(200)
      await call.ended(10_000)
    }
    const active = async () => done(await building.account.http.get<{ activeForwardConfigurationId?: string }>(`${group}/${id}`)).activeForwardConfigurationId
    await dials(fixed)
    expect(await active()).toBe(night.id)
    await reachesGuard(building)
    await dials(fixed)
    expect(await active()).toBeUndefined()
    const call = await building.caller.call(building.number)
    const ringing = await phone.nextCall()
    await ringing.answer()
    expect(await call.finalStatus()).toBe(200)
    expect(await call.hangUp()).toBe(200)
    await dials(`${variable}${building.guardNumber}`)
    await reachesGuard(building)
    const refused = await building.caller.call(`${variable}911`)
    expect(await refused.finalStatus()).toBe(404)
  })
})
