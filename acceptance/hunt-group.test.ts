import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectRecords } from './call-records.ts'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { hear } from './phones/hear.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { CALLEE_HZ, CALLER_HZ, TONES_HZ } from './phones/two-parties.ts'
import { type Account, done, type Identified, type Person, type SipLogin, Tenant } from './tenant.ts'

type Phoned = Person & { readonly login: SipLogin }

let tenant: Tenant
const phones: ScriptedPhone[] = []
const baresips: Baresip[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close()
  await Promise.all(baresips.splice(0).map((phone) => phone.stop()))
})

/** An account of its own with a caller at 4000 and members from 4001 on, each with a registered phone. */
async function makeTeam(members: number): Promise<{ account: Account; people: readonly Phoned[]; caller: ScriptedPhone; desks: readonly ScriptedPhone[] }> {
  const account = await tenant.createAccount()
  const people: Phoned[] = []
  for (let index = 0; index <= members; index++) {
    const person = await account.createUser(String(4000 + index))
    people.push({ ...person, login: await account.createLine(person.userId) })
  }
  const all = await Promise.all(people.map(({ login }) => ScriptedPhone.open(tenant.platform, login)))
  phones.push(...all)
  for (const phone of all) await phone.register()
  const [caller, ...desks] = all
  if (caller === undefined) throw new Error('nobody to call')
  return { account, people, caller, desks }
}

const membersOf = (people: readonly Phoned[]) => people.slice(1).map(({ userId }) => ({ userId }))

async function createGroup(account: Account, body: Readonly<Record<string, unknown>>): Promise<string> {
  return done(await account.http.post<Identified>(`${account.path}/hunt-group`, { name: 'Sales', extension: '4100', ...body })).id
}

describe('a hunt group', () => {
  it('S0-53: SIMULTANEOUS rings every member; one declines, one answers, and the record names who', async () => {
    const { account, people, caller, desks } = await makeTeam(3)
    await createGroup(account, { strategy: 'SIMULTANEOUS', members: membersOf(people) })
    const call = await caller.call('4100', { toneHz: CALLER_HZ })
    const ringing = await Promise.all(desks.map((desk) => desk.nextCall()))
    for (const each of ringing) each.ring()
    await call.saw(180)
    ringing[0]?.reject(603)
    await ringing[1]?.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    await ringing[2]?.cancelled()
    await hear([call.media, CALLEE_HZ], [ringing[1]?.media, CALLER_HZ])
    expect(await call.hangUp()).toBe(200)
    const [record] = await expectRecords(account, ['ANSWERED'])
    expect(record).toMatchObject({ dialedNumber: '4100', callType: 'OUTBOUND' })
  })

  it('S0-48 S0-54: a number leads to the group; SEQUENTIAL tries one after the other, each with its own time, then the overflow', async () => {
    const { account, people, caller, desks } = await makeTeam(3)
    const [, first, second, last] = people
    const id = await createGroup(account, {
      strategy: 'SEQUENTIAL',
      members: [{ userId: first?.userId, ringTimeout: 5 }, { userId: second?.userId }],
      ringTimeout: 30,
      overflow: { referenceType: 'END_USER', referenceId: last?.userId },
    })
    const number = await account.addNumber()
    done(await account.http.patch(`${account.path}/telephonenumber/${number}`, { referenceType: 'HUNT_GROUP', referenceId: id }))
    const [one, two, three] = desks
    const call = await caller.call(number)
    const startedAtMs = Date.now()
    const atOne = await one?.nextCall()
    atOne?.ring()
    const atTwo = await two?.nextCall(9000)
    expect(Date.now() - startedAtMs).toBeGreaterThan(4500)
    await atOne?.cancelled()
    atTwo?.ring()
    atTwo?.reject(486)
    const atThree = await three?.nextCall()
    await atThree?.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    await hear([call.media, CALLEE_HZ])
    expect(await call.hangUp()).toBe(200)
  })

  it('S0-55: ROUND_ROBIN distributes calls evenly; C-57 LONGEST_IDLE asks whoever has not talked for longest', async () => {
    const { account, people, caller, desks } = await makeTeam(3)
    const id = await createGroup(account, { strategy: 'ROUND_ROBIN', members: membersOf(people) })
    const takes = async (index: number): Promise<void> => {
      const call = await caller.call('4100')
      const ringing = await desks[index]?.nextCall()
      await ringing?.answer()
      expect(await call.finalStatus()).toBe(200)
      expect(await call.hangUp()).toBe(200)
      await ringing?.ended()
    }
    for (const index of [0, 1, 2, 0]) await takes(index)
    done(await account.http.patch(`${account.path}/hunt-group/${id}`, { strategy: 'LONGEST_IDLE' }))
    for (const index of [1, 2, 0]) await takes(index)
  })

  it('C-57: LINEAR passes over who is not registered and who is busy; when all are, the caller hears busy', async () => {
    const { account, people, caller, desks } = await makeTeam(3)
    await createGroup(account, { strategy: 'LINEAR', members: membersOf(people) })
    await desks[0]?.unregister()
    await eventually('the first to be gone', 5000, async () => ((await account.isRegistered(people[1]?.login.lineId ?? '')) ? undefined : true))
    const call = await caller.call('4100')
    ;(await desks[1]?.nextCall())?.reject(486)
    ;(await desks[2]?.nextCall())?.reject(486)
    expect(await call.finalStatus()).toBe(486)
    const [record] = await expectRecords(account, ['BUSY'])
    expect(record).toMatchObject({ dialedNumber: '4100', disconnectType: 'Busy' })
  })
})

describe.skipIf(isAbsent('baresip'))('a hunt group of baresips', () => {
  it('S0-53: both ring; who answers is heard, the other one falls silent', async () => {
    const account = await tenant.createAccount()
    const people = await Promise.all(['4000', '4001', '4002'].map((extension) => account.createUser(extension)))
    const logins = []
    for (const { userId } of people) logins.push(await account.createLine(userId))
    await createGroup(account, { strategy: 'SIMULTANEOUS', members: people.slice(1).map(({ userId }) => ({ userId })) })
    for (const [index, login] of logins.entries()) baresips.push(await Baresip.start(tenant.platform, login, { toneHz: index === 0 ? CALLER_HZ : CALLEE_HZ }))
    await Promise.all(baresips.map((phone) => phone.registered()))
    const [caller, one, other] = baresips
    await caller?.dial('sip:4100@dialtone.local')
    await Promise.all([one?.saw('CALL_INCOMING'), other?.saw('CALL_INCOMING')])
    await other?.accept()
    await Promise.all([caller?.saw('CALL_ESTABLISHED'), other?.saw('CALL_ESTABLISHED'), one?.saw('CALL_CLOSED')])
    await pause(2500)
    await caller?.hangUp()
    await other?.saw('CALL_CLOSED')
    expect(await caller?.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    expect(await other?.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
  })
})
