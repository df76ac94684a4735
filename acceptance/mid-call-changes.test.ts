import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { recordOf } from './call-records.ts'
import { eventually } from './eventually.ts'
import { hear } from './phones/hear.ts'
import type { IncomingPhoneCall, OutgoingPhoneCall } from './phones/phone-call.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, type TwoParties } from './phones/two-parties.ts'
import { done, type Identified, type Person, type SipLogin, Tenant, unique } from './tenant.ts'

const FAR = '12125550105'
const DTMF = 'application/dtmf-relay'

let tenant: Tenant
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

async function open(login: SipLogin): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(tenant.platform, login)
  phones.push(phone)
  expect(statusOf(await phone.register())).toBe(200)
  return phone
}

interface Office extends TwoParties {
  readonly third: Person & { readonly login: SipLogin }
  readonly phones: Readonly<Record<'caller' | 'callee' | 'third', ScriptedPhone>>
}

async function makeOffice(): Promise<Office> {
  const parties = await makeTwoParties(tenant)
  const person = await parties.account.createUser('4002', { lastName: 'Third' })
  const third = { ...person, login: await parties.account.createLine(person.userId) }
  const [caller, callee] = [await open(parties.caller.login), await open(parties.callee.login)]
  return { ...parties, third, phones: { caller, callee, third: await open(third.login) } }
}

async function talk(from: ScriptedPhone, dialed: string, to: ScriptedPhone): Promise<readonly [OutgoingPhoneCall, IncomingPhoneCall]> {
  const call = await from.call(dialed, { toneHz: CALLER_HZ })
  const answered = await to.nextCall()
  await answered.answer(CALLEE_HZ)
  expect(await call.finalStatus()).toBe(200)
  return [call, answered]
}

describe('what is changed in the middle of a call', () => {
  it('S1-41 C-58: an account that is suspended talks on, holds and resumes, and sends nobody elsewhere; new calls are refused', async () => {
    const { account, phones: at, callee, third } = await makeOffice()
    const [call, answered] = await talk(at.caller, callee.extension, at.callee)
    done(await account.http.patch(account.path, { status: 'SUSPENDED' }))
    expect([await answered.offer('sendonly'), await answered.offer('sendrecv')]).toEqual([200, 200])
    await hear([call.media, CALLEE_HZ], [answered.media, CALLER_HZ])
    expect(await (await at.third.call(callee.extension)).finalStatus()).toBe(403)
    const refer = await answered.request('REFER', [['Refer-To', `<sip:${third.extension}@dialtone.local>`]])
    if (statusOf(refer) === 202) {
      await eventually('the end of the transfer', 5_000, () => answered.notifies.find(({ body }) => /SIP\/2\.0 [3-6]/.test(body)))
      expect(answered.notifies.at(-1)?.body).toContain('403')
    }
    expect([call.endedBy, answered.endedBy]).toEqual([undefined, undefined])
    expect(await call.hangUp()).toBe(200)
    expect((await recordOf(account, call.callId)).callFlagType).toBe('ANSWERED')
  })

  it('S0-47: a number that is given to somebody else leaves its call where it is; the next one rings him', async () => {
    const { account, phones: at, callee, third } = await makeOffice()
    const number = await account.addNumber()
    await account.assignNumber(number, callee.userId)
    const [call, answered] = await talk(at.caller, number, at.callee)
    await account.assignNumber(number, third.userId)
    await hear([call.media, CALLEE_HZ], [answered.media, CALLER_HZ])
    const next = await at.callee.call(number)
    const ringing = await at.third.nextCall()
    await ringing.answer()
    expect(await next.finalStatus()).toBe(200)
    expect([await next.hangUp(), await call.hangUp()]).toEqual([200, 200])
    const [first, second] = [await recordOf(account, call.callId), await recordOf(account, next.callId)]
    expect([first, second]).toMatchObject([{ callFlagType: 'ANSWERED' }, { callFlagType: 'ANSWERED' }])
  })

  it('S1-56 S4-40: a plan that is swapped lets the call go on, which is charged by the plan it began with', async () => {
    const { account, phones: at, caller } = await makeOffice()
    const product = async (name: string, planMinutes: number) =>
      done(await tenant.http.post<Identified>(`${tenant.path}/callingplanproduct`, { name: unique(name), planMinutes, allowOverage: false })).id
    const [first, second] = [await product('First ', 100), await product('Second ', 0)]
    done(await account.http.put(`${account.path}/user/${caller.userId}/callingplanproduct/${first}`))
    const call = await at.caller.call(FAR)
    expect(await call.finalStatus()).toBe(200)
    done(await account.http.put(`${account.path}/user/${caller.userId}/callingplanproduct/${second}`))
    expect(await (await at.caller.call(FAR)).finalStatus()).toBe(402)
    expect(call.endedBy).toBeUndefined()
    expect(await call.hangUp()).toBe(200)
    expect(await recordOf(account, call.callId)).toMatchObject({ callFlagType: 'ANSWERED', callingPlanProductId: first, rateType: 'OnPlanMinutes' })
  })
})

describe('what is done in the middle of a call', () => {
  it('S1-16: *11 brings a call that is on hold to another phone of the user, and the two hear each other', async () => {
    const { account, phones: at, callee } = await makeOffice()
    const cell = await open(await account.createLine(callee.userId, { lineNumber: 2 }))
    const call = await at.caller.call(callee.extension, { toneHz: CALLER_HZ })
    const [answered, beside] = [await at.callee.nextCall(), await cell.nextCall()]
    await answered.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    await beside.cancelled()
    expect(await answered.offer('sendonly')).toBe(200)
    const pulled = await cell.call('*11', { toneHz: PSTN_HZ })
    expect(await pulled.finalStatus()).toBe(200)
    await answered.ended()
    await hear([call.media, PSTN_HZ], [pulled.media, CALLER_HZ])
    expect(await pulled.hangUp()).toBe(200)
    await call.ended()
  })

  it('S0-59: in a conference somebody holds, a third joins, and who began it leaves: the others hear each other', async () => {
    const { account, phones: at } = await makeOffice()
    done(await account.http.post(`${account.path}/conference-room`, { name: 'Monday', extension: '4500', entryTone: false }))
    const host = await at.caller.call('4500', { toneHz: CALLER_HZ })
    expect(await host.finalStatus()).toBe(200)
    const second = await at.callee.call('4500', { toneHz: CALLEE_HZ })
    expect(await second.finalStatus()).toBe(200)
    await hear([host.media, CALLEE_HZ], [second.media, CALLER_HZ])
    expect(await second.offer('sendonly')).toBe(200)
    const third = await at.third.call('4500', { toneHz: PSTN_HZ })
    expect(await third.finalStatus()).toBe(200)
    expect(await host.hangUp()).toBe(200)
    expect(await second.offer('sendrecv')).toBe(200)
    await hear([second.media, PSTN_HZ], [third.media, CALLEE_HZ])
    expect([await second.hangUp(), await third.hangUp()]).toEqual([200, 200])
  })

  it('S0-50: an agent who logs out by code in the middle of his call talks on, and has none afterwards', { timeout: 60_000 }, async () => {
    const { account, phones: at, callee, third } = await makeOffice()
    const overflow = { referenceType: 'END_USER', referenceId: third.userId }
    const queue = done(
      await account.http.post<Identified>(`${account.path}/call-queue`, { name: 'Support', extension: '4100', agents: [{ userId: callee.userId }], overflow }),
    )
    const call = await at.caller.call('4100', { toneHz: CALLER_HZ })
    const answered = await at.callee.nextCall(15_000)
    await answered.answer(CALLEE_HZ)
    await hear([call.media, CALLEE_HZ], [answered.media, CALLER_HZ])
    expect(await answered.offer('sendonly')).toBe(200)
    const code = await at.callee.call('*46')
    expect(await code.finalStatus()).toBe(200)
    await code.ended()
    expect(await answered.offer('sendrecv')).toBe(200)
    await hear([call.media, CALLEE_HZ], [answered.media, CALLER_HZ])
    const status = done(await account.http.get<{ agents: readonly { state: string }[] }>(`${account.path}/call-queue/${queue.id}/status`))
    expect(status.agents[0]?.state).toBe('LOGGED_OUT')
    expect(await call.hangUp()).toBe(200)
    const next = await at.caller.call('4100')
    await (await at.third.nextCall()).answer()
    expect(await next.finalStatus()).toBe(200)
    expect(await next.hangUp()).toBe(200)
  })

  it('S0-57: a directory with two people of the same name offers both, each by the extension; the second key calls the second', async () => {
    const { account, phones: at } = await makeOffice()
    const twin = await account.createUser('4003', { lastName: 'Third' })
    const other = await open(await account.createLine(twin.userId))
    const components = [
      { id: 'in', type: 'INCOMING' },
      { id: 'x', type: 'DIRECTORY', introPrompt: '', invalidSelectionPrompt: '', directoryDialType: 'NAME' },
    ]
    const mappings = [{ fromIvrComponentId: 'in', toIvrComponentId: 'x' }]
    const ivr = done(await account.http.post<Identified>(`${account.path}/ivr`, { name: 'Names', ivrComponents: components, ivrComponentMappings: mappings }))
    const number = await account.addNumber()
    done(await account.http.patch(`${account.path}/telephonenumber/${number}`, { referenceType: 'IVR', referenceId: ivr.id }))
    for (const [choice, phone] of [
      ['1', at.third],
      ['2', other],
    ] as const) {
      const call = await at.caller.call(number)
      expect(await call.finalStatus()).toBe(200)
      for (const key of ['8', '4', '4', choice]) expect(await call.info(DTMF, `Signal=${key}\r\nDuration=160\r\n`)).toBe(200)
      await (await phone.nextCall()).answer()
      expect(await call.hangUp()).toBe(200)
    }
  })
})
