import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import type { Baresip } from './phones/baresip.ts'
import { hearAtLast } from './phones/hear.ts'
import { PhoneRack } from './phones/phone-rack.ts'
import { isAbsent } from './phones/program-present.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { done, type Person, type SipLogin } from './tenant.ts'

const SPOT = '701'
const HASTY_SPOT = '702'
/** After 10 s and the phones of who parked there, it leads to the third. */
const LEADING_SPOT = '703'

let parties: TwoParties
let third: Person & { readonly login: SipLogin }
const phones = new PhoneRack(() => parties.server)

beforeAll(async () => {
  parties = await makeTwoParties()
  const person = await parties.account.createUser('4002')
  third = { ...person, login: await parties.account.createLine(person.userId) }
  const { http, path } = parties.account
  done(await http.post(`${path}/callpark`, { name: 'Lobby', spotNumber: SPOT }))
  done(await http.post(`${path}/call-parking-spot`, { spotNumber: HASTY_SPOT, timeout: 10 }))
  const overflow = { referenceType: 'END_USER', referenceId: third.userId }
  done(await http.post(`${path}/callpark`, { spotNumber: LEADING_SPOT, timeout: 10, overflow }))
})

afterEach(() => phones.takeDown())

async function talking(): Promise<readonly [caller: Baresip, callee: Baresip]> {
  const [caller, callee] = [await phones.baresip(parties.caller.login, CALLER_HZ), await phones.baresip(parties.callee.login, CALLEE_HZ)]
  await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
  await callee.saw('CALL_INCOMING')
  await callee.accept()
  await Promise.all([caller.saw('CALL_ESTABLISHED'), callee.saw('CALL_ESTABLISHED')])
  await pause(1_000)
  return [caller, callee]
}

async function newRecords(before: number, count: number) {
  await eventually(`${count} records`, 8000, async () => ((await parties.account.callRecords()).length >= before + count ? true : undefined))
  await pause(1000)
  const all = await parties.account.callRecords()
  expect(all).toHaveLength(before + count)
  return all.slice(before)
}

interface Explained {
  readonly decisions: readonly { readonly steps: readonly { readonly rule: string; readonly outcome: string }[] }[]
}

/** What explain would say of a call of the third phone to the spot, now. */
async function explained(dialed: string): Promise<readonly string[]> {
  const body = { from: third.login.sipUsername, to: dialed }
  const { decisions } = done(await parties.tenant.http.post<Explained>(`${parties.tenant.path}/routing/explain`, body))
  return decisions.flatMap(({ steps }) => steps.filter(({ rule }) => rule === 'parking').map(({ outcome }) => outcome))
}

describe.skipIf(isAbsent('baresip'))('a call parking spot', () => {
  it('S0-51 S0-59: a blind transfer parks a call there, dialing the spot fetches it, and the records tell both parts', async () => {
    const before = (await parties.account.callRecords()).length
    const [caller, callee] = await talking()
    expect(await explained(SPOT)).toEqual(['nobody waits here, and the phone has no call to park'])
    await callee.command('transfer', `sip:${SPOT}@dialtone.local`)
    await callee.saw('CALL_CLOSED')
    await pause(3_000)
    expect(caller.events.some(({ type }) => type === 'CALL_CLOSED')).toBe(false)
    expect(caller.lastToneHeard(TONES_HZ), 'music').toBeUndefined()
    expect(await explained(SPOT)).toEqual(['fetches who waits'])
    const fetcher = await phones.baresip(third.login, PSTN_HZ)
    await fetcher.dial(`sip:${SPOT}@dialtone.local`)
    await fetcher.saw('CALL_ESTABLISHED')
    await hearAtLast([caller, PSTN_HZ], [fetcher, CALLER_HZ])
    await fetcher.hangUp()
    await caller.saw('CALL_CLOSED')
    const records = await newRecords(before, 2)
    for (const record of records) expect(record.callFlagType).toBe('ANSWERED')
    expect(records.map((record) => record.dialedNumber).toSorted()).toEqual(['4001', SPOT])
  })

  it('S0-59: a phone that puts a call on hold and dials the spot parks it; the other phone gives it back by dialing the same', async () => {
    const before = (await parties.account.callRecords()).length
    const [caller, callee] = await talking()
    await callee.command('hold')
    await pause(500)
    await callee.dial(`sip:${SPOT}@dialtone.local`)
    await eventually('both calls of the phone are over', 10_000, async () =>
      callee.events.filter(({ type }) => type === 'CALL_CLOSED').length >= 2 ? true : undefined,
    )
    expect(caller.events.some(({ type }) => type === 'CALL_CLOSED')).toBe(false)
    await callee.dial(`sip:${SPOT}@dialtone.local`)
    await hearAtLast([caller, CALLEE_HZ], [callee, CALLER_HZ])
    await caller.hangUp()
    const records = await newRecords(before, 3)
    for (const record of records) expect(record.callFlagType).toBe('ANSWERED')
  })

  it('S0-59: nobody fetches it for the time of the spot: it rings at who parked it', async () => {
    const before = (await parties.account.callRecords()).length
    const [caller, callee] = await talking()
    const parked = callee.events.length
    await callee.command('transfer', `sip:${HASTY_SPOT}@dialtone.local`)
    await callee.saw('CALL_CLOSED', { from: parked })
    await callee.saw('CALL_INCOMING', { from: parked, timeoutMs: 20_000 })
    await callee.accept()
    await hearAtLast([caller, CALLEE_HZ], [callee, CALLER_HZ])
    await callee.hangUp()
    await caller.saw('CALL_CLOSED')
    for (const record of await newRecords(before, 2)) expect(record.callFlagType).toBe('ANSWERED')
  })

  it('S0-59 S1-16: it comes back to every phone of who parked it, though he does not want to be disturbed; whichever answers has it', async () => {
    const before = (await parties.account.callRecords()).length
    const { account, callee: person } = parties
    const other = await phones.baresip(await account.createLine(person.userId, { lineNumber: 2 }), PSTN_HZ)
    const [caller, callee] = await talking()
    const parked = [callee.events.length, other.events.length]
    done(await account.http.patch(`${account.path}/user/${person.userId}`, { callHandlingSettings: { doNotDisturbEnabled: true } }))
    await callee.command('transfer', `sip:${HASTY_SPOT}@dialtone.local`)
    await callee.saw('CALL_CLOSED', { from: parked[0] ?? 0 })
    await Promise.all([callee, other].map((phone, index) => phone.saw('CALL_INCOMING', { from: parked[index] ?? 0, timeoutMs: 20_000 })))
    await other.accept()
    await hearAtLast([caller, PSTN_HZ], [other, CALLER_HZ])
    done(await account.http.patch(`${account.path}/user/${person.userId}`, { callHandlingSettings: { doNotDisturbEnabled: false } }))
    await other.hangUp()
    await caller.saw('CALL_CLOSED')
    for (const record of await newRecords(before, 2)) expect(record.callFlagType).toBe('ANSWERED')
  })

  it('S0-51 S0-59: when who parked it does not answer it goes where the spot leads; the spot is free then', async () => {
    const before = (await parties.account.callRecords()).length
    const [caller, callee] = await talking()
    const [parked, answering] = [callee.events.length, await phones.baresip(third.login, PSTN_HZ)]
    await callee.command('transfer', `sip:${LEADING_SPOT}@dialtone.local`)
    await callee.saw('CALL_CLOSED')
    await callee.saw('CALL_INCOMING', { from: parked, timeoutMs: 20_000 })
    await answering.saw('CALL_INCOMING', { timeoutMs: 40_000 })
    expect(await explained(LEADING_SPOT)).toEqual(['nobody waits here, and the phone has no call to park'])
    await answering.accept()
    await hearAtLast([caller, PSTN_HZ], [answering, CALLER_HZ])
    await answering.hangUp()
    await caller.saw('CALL_CLOSED')
    for (const record of await newRecords(before, 2)) expect(record.callFlagType).toBe('ANSWERED')
  })

  it('S0-59: who hangs up while parked frees the spot: the next phone that dials it hears that it is empty', async () => {
    const before = (await parties.account.callRecords()).length
    const [caller, callee] = await talking()
    await callee.command('transfer', `sip:${SPOT}@dialtone.local`)
    await callee.saw('CALL_CLOSED')
    await caller.hangUp()
    const fetcher = await phones.baresip(third.login, PSTN_HZ)
    await fetcher.dial(`sip:${SPOT}@dialtone.local`)
    await fetcher.saw('CALL_CLOSED')
    const records = await newRecords(before, 3)
    expect(records).toContainEqual(expect.objectContaining({ dialedNumber: SPOT, reasonCode: 'SpotEmpty' }))
  })
})
