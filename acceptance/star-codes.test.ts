import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { expectRecords, recordOf } from './call-records.ts'
import { eventually } from './eventually.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done, type Identified, type SipLogin, Tenant, unique } from './tenant.ts'

interface Office {
  readonly parties: TwoParties
  readonly caller: ScriptedPhone
  readonly callee: ScriptedPhone
  readonly third: ScriptedPhone
}

const phones: ScriptedPhone[] = []
let tenant: Tenant

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

async function openPhone(login: SipLogin): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(tenant.platform, login)
  phones.push(phone)
  await phone.register()
  return phone
}

/** Three users with a phone each: 4000, 4001, 4002. */
async function makeOffice(owner: Tenant = tenant): Promise<Office> {
  const parties = await makeTwoParties(owner)
  const person = await parties.account.createUser('4002')
  const third = await openPhone(await parties.account.createLine(person.userId))
  return { parties, caller: await openPhone(parties.caller.login), callee: await openPhone(parties.callee.login), third }
}

/** Dials a code, and listens until the platform hangs up. */
async function presses(phone: ScriptedPhone, code: string): Promise<void> {
  const call = await phone.call(code)
  expect(await call.finalStatus(), code).toBe(200)
  await call.ended(15_000)
}

async function statusOf(phone: ScriptedPhone, dialed: string): Promise<number> {
  return (await phone.call(dialed)).finalStatus()
}

/** The first phone calls 4001: whose phone rings? */
async function ringsAt({ caller }: Office, phone: ScriptedPhone): Promise<void> {
  const call = await caller.call('4001')
  const ringing = await phone.nextCall()
  await ringing.answer()
  expect(await call.finalStatus()).toBe(200)
  expect(await call.hangUp()).toBe(200)
  await ringing.ended()
}

interface User {
  readonly callHandlingSettings: Readonly<Record<string, unknown>>
  readonly callScreeningSettings: Readonly<Record<string, unknown>>
}

const calleeOf = async ({ parties: { account, callee } }: Office) => done(await account.http.get<User>(`${account.path}/user/${callee.userId}`))

describe('star codes of a partition without rules of its own', () => {
  it('S0-59: *72 and *73 forward for good what is called, with the history of the user; *90 when busy', async () => {
    const office = await makeOffice()
    const { callee, third, parties } = office
    await presses(callee, '*724002')
    expect((await calleeOf(office)).callHandlingSettings).toMatchObject({ callHandlingOptionType: 'ForwardAlways', forwardAlwaysToNumber: '4002' })
    await ringsAt(office, third)
    await presses(callee, '*73')
    await presses(callee, '*904002')
    const busy = await office.caller.call('4001')
    ;(await callee.nextCall()).reject(486)
    const forwarded = await third.nextCall()
    await forwarded.answer()
    expect(await busy.finalStatus()).toBe(200)
    expect(await busy.hangUp()).toBe(200)
    await forwarded.ended()
    const { http, path } = parties.account
    const history = await eventually('the history', 5_000, async () => {
      const { text } = await http.get(`${path}/accounthistorysearch`)
      return text.includes('CALL_FORWARDING') ? text : undefined
    })
    expect(history).toContain(parties.callee.userId)
    await expectRecords(parties.account, ['ANSWERED', 'ANSWERED', 'ANSWERED', 'ANSWERED', 'ANSWERED'])
  })

  it('do not disturb by *78 and *79, who hides refused by *77, a single caller by *60; each is switched back', async () => {
    const office = await makeOffice()
    const { caller, callee } = office
    await presses(callee, '*78')
    expect(await statusOf(caller, '4001')).toBe(486)
    await presses(callee, '*79')
    await presses(callee, '*77')
    expect((await calleeOf(office)).callScreeningSettings).toMatchObject({ anonymousCallScreen: 'BlockWithPrompt' })
    expect(await statusOf(caller, '*674001')).toBe(433)
    await presses(callee, '*87')
    await presses(callee, '*6018015559999')
    expect((await calleeOf(office)).callScreeningSettings).toMatchObject({
      anonymousCallScreen: 'Allow',
      customCallScreenList: [{ telephoneNumber: '18015559999', blockType: 'Block' }],
    })
    await ringsAt(office, callee)
  })

  it('*70 before a number: whoever calls so is busy to others until he hangs up', async () => {
    const office = await makeOffice()
    const { caller, callee, third } = office
    const call = await callee.call('*704002')
    const ringing = await third.nextCall()
    await ringing.answer()
    expect(await call.finalStatus()).toBe(200)
    expect(await statusOf(caller, '4001')).toBe(486)
    expect(await call.hangUp()).toBe(200)
    await ringing.ended()
    await ringsAt(office, callee)
  })

  it('*69 calls who called last, *57 puts that call on record, and an unknown code is refused', async () => {
    const office = await makeOffice()
    const { caller, callee, parties } = office
    expect(await statusOf(callee, '*69')).toBe(480)
    await ringsAt(office, callee)
    const back = await callee.call('*69')
    const ringing = await caller.nextCall()
    await ringing.answer()
    expect(await back.finalStatus()).toBe(200)
    expect(await back.hangUp()).toBe(200)
    await ringing.ended()
    expect(await recordOf(parties.account, back.callId)).toMatchObject({ callFlagType: 'ANSWERED' })
    await presses(callee, '*57')
    await eventually('the traced call', 5_000, async () => {
      const { text } = await parties.account.http.get(`${parties.account.path}/accounthistorysearch`)
      return text.includes('tracedCall') ? text : undefined
    })
    expect(await statusOf(callee, '*10')).toBe(404)
  })
})

describe('rules of a partition', () => {
  it('act as soon as they are set; 911 stays what it is', async () => {
    const manager = { username: `${unique('codes')}@example.com`, password: 'Correct-Horse-7-Battery', firstName: 'Code', lastName: 'Maker' }
    const made = done(await tenant.http.post<Identified>(`${tenant.path}/partition`, { name: unique('Codes'), manager }))
    const own = await Tenant.logIn({ ...inject('platform'), username: manager.username, password: manager.password })
    const office = await makeOffice(own)
    const { caller, callee } = office
    const serviceDialPlanRules = [
      { mask: '*21', actionType: 'DoNotDisturbEnable' },
      { mask: '8xx', actionType: 'TranslateAndReapplyDialPlan', translationMacro: '4001' },
      { mask: '9', actionType: 'DoNotDisturbEnable', endingMaximumLength: 32 },
      { mask: '*5', actionType: 'GroupForwarding' },
    ]
    done(await tenant.http.patch(`/v2/partition/${made.id}`, { serviceDialPlanRules }))
    const call = await caller.call('877')
    const ringing = await callee.nextCall()
    await ringing.answer()
    expect(await call.finalStatus()).toBe(200)
    expect(await call.hangUp()).toBe(200)
    await ringing.ended()
    expect(await statusOf(caller, '*5')).toBe(501)
    expect(await statusOf(caller, '*72')).toBe(404)
    const help = await caller.call('933')
    expect(await help.finalStatus()).toBe(200)
    expect(await help.hangUp()).toBe(200)
    await presses(callee, '*21')
    expect((await calleeOf(office)).callHandlingSettings).toMatchObject({ doNotDisturbEnabled: true })
  })
})
