import { randomBytes } from 'node:crypto'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { hear } from './phones/hear.ts'
import { RtpEndpoint } from './phones/rtp-endpoint.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties } from './phones/two-parties.ts'
import { type Account, done, type Identified, Tenant, unique } from './tenant.ts'

interface PsapCall {
  readonly service: string
  readonly callbackNumber?: string
  readonly location?: Readonly<Record<string, string>>
}

let tenant: Tenant
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

async function open(login: Parameters<typeof ScriptedPhone.open>[1]): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(tenant.platform, login)
  phones.push(phone)
  expect(statusOf(await phone.register())).toBe(200)
  return phone
}

/** What the PSAP got from this number, oldest first. */
async function receivedFrom(number: string): Promise<readonly PsapCall[]> {
  return done(await tenant.http.get<readonly PsapCall[]>('/v2/sandbox/psap-calls')).filter((call) => call.callbackNumber === number)
}

async function numberOf(account: Account, userId: string): Promise<string> {
  const number = await account.addNumber()
  await account.assignNumber(number, userId)
  return number
}

describe('911 in the middle of other things (C-58)', () => {
  it('S0-72 S0-78: from a phone that speaks nothing but SRTP, and hides who calls', async () => {
    const { account, caller } = await makeTwoParties(tenant)
    const number = await numberOf(account, caller.userId)
    const phone = await open(caller.login)
    const media = await RtpEndpoint.open('127.0.0.1')
    const key = randomBytes(30).toString('base64')
    const secure = `${media.describe().replace('RTP/AVP', 'RTP/SAVP').trimEnd()}\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}\r\n`
    const call = await phone.call('911', { description: secure, headers: [['Privacy', 'id']] })
    expect(await call.finalStatus()).toBe(200)
    expect(call.final?.body).toMatch(/m=audio [1-9]\d* RTP\/SAVP/)
    expect(call.final?.body).toContain('a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:')
    expect(await call.hangUp()).toBe(200)
    media.close()
    expect(await receivedFrom(number)).toMatchObject([{ service: '911', location: { city: 'Lindon' } }])
  })

  it('S0-72 S0-78: from a PBX all of whose paths are taken; other calls have to wait', async () => {
    const { account, callee } = await makeTwoParties(tenant)
    const login = { sipUsername: unique('pbx-'), sipPassword: 'chosen-by-client' }
    const { id } = done(await account.http.post<Identified>(`${account.path}/siptrunk_2`, { trunkName: 'PBX', concurrentCalls: 1, ...login }))
    const number = await account.addNumber()
    done(await account.http.patch(`${account.path}/telephonenumber/${number}`, { referenceType: 'SIP_TRUNK', referenceId: id }))
    const [pbx, other] = [await open(login), await open(callee.login)]
    const talk = await pbx.call(await numberOf(account, callee.userId))
    const answered = await other.nextCall()
    await answered.answer()
    expect(await talk.finalStatus()).toBe(200)
    expect(await (await pbx.call(callee.extension)).finalStatus()).toBe(503)
    const help = await pbx.call('911')
    expect(await help.finalStatus()).toBe(200)
    expect([await help.hangUp(), await talk.hangUp()]).toEqual([200, 200])
    await answered.ended()
    expect(await receivedFrom(number)).toMatchObject([{ service: '911' }])
  })

  it('S0-49: nobody breaks in, neither a colleague nor the highest page; other phones hear it, and afterwards it is as before', async () => {
    const { account, caller, callee } = await makeTwoParties(tenant)
    await numberOf(account, caller.userId)
    const person = await account.createUser('4002')
    const [phone, other, pager] = [await open(caller.login), await open(callee.login), await open(await account.createLine(person.userId))]
    const members = [caller.userId, callee.userId]
    const all = done(await account.http.post<Identified>(`${account.path}/group`, { name: 'All', type: 'USER', subType: 'ANY_USER', memberIds: members }))
    done(await account.http.post(`${account.path}/grouppaging`, { name: 'All', type: 'EMERGENCY', extension: '4900', groupIds: [all.id] }))
    const help = await phone.call('911')
    expect(await help.finalStatus()).toBe(200)
    expect(await (await pager.call(caller.extension)).finalStatus()).toBe(486)
    const page = await pager.call('4900')
    const heard = await other.nextCall()
    await heard.answer()
    expect(await page.finalStatus()).toBe(200)
    expect(await page.hangUp()).toBe(200)
    expect(await help.hangUp()).toBe(200)
    const again = await pager.call(caller.extension)
    const ringing = await phone.nextCall()
    expect(ringing.from).toContain('4002')
    await ringing.answer()
    expect(await again.finalStatus()).toBe(200)
    expect(await again.hangUp()).toBe(200)
  })

  it('RFC 3891 RFC 5589: while an attended transfer is under way, which is finished meanwhile; the call for help itself is sent nowhere', async () => {
    const { account, caller, callee } = await makeTwoParties(tenant)
    const number = await numberOf(account, caller.userId)
    const person = await account.createUser('4002')
    const [phone, first, second] = [await open(caller.login), await open(callee.login), await open(await account.createLine(person.userId))]
    const held = await phone.call(callee.extension)
    const atFirst = await first.nextCall()
    await atFirst.answer(CALLEE_HZ)
    expect([await held.finalStatus(), await held.offer('sendonly')]).toEqual([200, 200])
    const asked = await phone.call('4002')
    const atSecond = await second.nextCall()
    await atSecond.answer(CALLER_HZ)
    expect(await asked.finalStatus()).toBe(200)
    const help = await phone.call('911')
    expect(await help.finalStatus()).toBe(200)
    const sent = await help.request('REFER', [['Refer-To', '<sip:4002@dialtone.local>']])
    expect(statusOf(sent)).toBe(403)
    const refer = await held.request('REFER', [['Refer-To', `<sip:4002@dialtone.local?Replaces=${encodeURIComponent(asked.replaces)}>`]])
    expect(statusOf(refer)).toBe(202)
    await hear([atFirst.media, CALLER_HZ], [atSecond.media, CALLEE_HZ])
    expect(help.endedBy).toBeUndefined()
    expect(await help.hangUp()).toBe(200)
    expect(await atFirst.hangUp()).toBe(200)
    await eventually('the end at the other', 5_000, () => atSecond.endedBy)
    expect(await receivedFrom(number)).toMatchObject([{ service: '911' }])
  })
})
