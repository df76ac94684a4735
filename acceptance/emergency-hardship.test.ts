import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { freePorts } from './phones/free-ports.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { runSipp, sippLogin } from './phones/sipp.ts'
import { makeScriptedPhones, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { type Account, done, type Identified, Tenant, unique, uniqueMac } from './tenant.ts'

interface PsapCall {
  readonly service: string
  readonly callbackNumber?: string
  readonly location?: Readonly<Record<string, string>>
}

let tenant: Tenant
const phones: ScriptedPhone[] = []
const servers: Server[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
  for (const server of servers.splice(0)) server.close()
})

/** What the PSAP got from this number, oldest first. */
async function receivedFrom(number: string): Promise<readonly PsapCall[]> {
  return done(await tenant.http.get<readonly PsapCall[]>('/v2/sandbox/psap-calls')).filter((call) => call.callbackNumber === number)
}

type Login = Parameters<typeof ScriptedPhone.open>[1]

async function open(login: Login): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(tenant.platform, login)
  phones.push(phone)
  return phone
}

async function help(phone: ScriptedPhone, dialed: string): Promise<void> {
  const call = await phone.call(dialed)
  expect([dialed, await call.finalStatus()]).toEqual([dialed, 200])
  expect(await call.hangUp()).toBe(200)
}

/** Everybody of a chosen login who is no user's phone. */
const KINDS: Readonly<Record<string, (account: Account, number: string, login: { sipUsername: string; sipPassword: string }) => Promise<void>>> = {
  "a customer's PBX": async (account, number, login) => {
    const { id } = done(
      await account.http.post<Identified>(`${account.path}/siptrunk_2`, { trunkName: 'PBX', concurrentCalls: 1, localServicesEnabled: false, ...login }),
    )
    done(await account.http.patch(`${account.path}/telephonenumber/${number}`, { referenceType: 'SIP_TRUNK', referenceId: id }))
  },
  'a business line': async (account, number, login) => {
    const body = { name: 'Lobby', callerIdPhoneNumber: number, emergencyCallbackPhoneNumber: number }
    const { id } = done(await account.http.post<Identified>(`${account.path}/business-line`, body))
    done(await account.http.put(`${account.path}/business-line/${id}/sip-credentials`, login))
  },
  'a specialty line': async (account, number, login) => {
    const planId = done(await tenant.http.get<readonly Identified[]>(`${tenant.path}/callingplanproduct`))[0]?.id
    const body = { callerId: number, callingPlanIds: [planId], e911CallbackNumber: number, name: 'Car 1', ...login }
    done(await account.http.post<Identified>(`${account.path}/specialty-line`, body))
  },
}

describe('911 and 933 in hardship', () => {
  it.each(Object.entries(KINDS))('S0-72 S0-78: are answered from %s, with its number and location', async (_kind, make) => {
    const account = await tenant.createAccount()
    const number = await account.addNumber()
    const login = { sipUsername: unique('help-'), sipPassword: 'chosen-by-client' }
    await make(account, number, login)
    const phone = await open(login)
    for (const dialed of ['911', '933', '9911']) await help(phone, dialed)
    const received = await receivedFrom(number)
    expect(received.map(({ service, location }) => [service, location?.['city']])).toEqual([
      ['911', 'Lindon'],
      ['933', 'Lindon'],
      ['911', 'Lindon'],
    ])
  })

  it('S0-76: are answered with every prefix people dial out of habit, the number hidden or not', async () => {
    const parties = await makeTwoParties(tenant, { dialingBehaviorType: 'DIAL_NINE_TEN_DIGIT' })
    const number = await parties.account.addNumber()
    await parties.account.assignNumber(number, parties.caller.userId)
    const phone = await open(parties.caller.login)
    const spellings = ['911', '9911', '9-911', '1911', '*67911', '*679911', '+911', '112']
    for (const dialed of spellings) await help(phone, dialed)
    for (const dialed of ['9933', '*67933']) await help(phone, dialed)
    const received = await receivedFrom(number)
    expect(received.map(({ service }) => service)).toEqual([...spellings.map(() => '911'), '933', '933'])
  })

  it('C-58: are answered while the caller is in another call, which goes on', async () => {
    const parties = await makeTwoParties(tenant)
    const [caller, callee] = await makeScriptedPhones(parties)
    phones.push(caller, callee)
    const talk = await caller.call(parties.callee.extension)
    const answered = await callee.nextCall()
    await answered.answer()
    expect(await talk.finalStatus()).toBe(200)
    await help(caller, '911')
    await help(caller, '933')
    expect(await talk.hangUp()).toBe(200)
    await answered.ended()
  })

  it('C-58 C-50: are answered from a device out of service in an account that is suspended, by a user who may call nobody, and called back there', async () => {
    const parties = await makeTwoParties(tenant)
    const { account, caller } = parties
    const number = await account.addNumber()
    await account.assignNumber(number, caller.userId)
    const macAddress = uniqueMac()
    const login = await account.createLine(caller.userId, { macAddress })
    const devices = done(await account.http.get<readonly { id: string; macAddress: string }[]>(`${account.path}/device`))
    const device = devices.find((each) => each.macAddress.toLowerCase() === macAddress)
    done(await account.http.put(`${account.path}/device/${device?.id ?? ''}`, { status: 'INACTIVE' }))
    done(await account.http.patch(account.path, { status: 'SUSPENDED' }))
    const phone = await open(login)
    const ordinary = await phone.call('12125550199')
    expect(await ordinary.finalStatus()).toBe(403)
    for (const dialed of ['911', '933']) await help(phone, dialed)
    expect(await receivedFrom(number)).toMatchObject([{ service: '911' }, { service: '933' }])
    // It may not even register; the PSAP reaches it where it called from.
    done(await tenant.http.post('/v2/sandbox/inbound-call', { from: '12125550911', to: number, seconds: 1 }))
    const back = await phone.nextCall()
    await back.answer()
    await back.ended()
  })

  it.skipIf(isAbsent('sipp'))('S0-72 S0-75: SIPp is answered and talks, and the PSAP has its number and location', async () => {
    const parties = await makeTwoParties(tenant)
    const number = await parties.account.addNumber()
    await parties.account.assignNumber(number, parties.caller.userId)
    const { login } = parties.caller
    const fields = [login.sipUsername, 'dialtone.local', '911', sippLogin(login)]
    await runSipp(tenant.platform, { scenario: 'call-then-hang-up', port: await freePorts(4), fields, echoes: true }).success()
    expect(await receivedFrom(number)).toMatchObject([{ service: '911', location: { streetNumber: '333', streetName: '520', city: 'Lindon', state: 'UT' } }])
  })
})

describe('who has to know', () => {
  interface NotificationEvent {
    readonly triggerType: string
    readonly status: string
    readonly smsNotificationRecipients: readonly object[]
    readonly emailNotificationRecipients: readonly object[]
    readonly webhookNotificationRecipients: readonly { readonly status: string }[]
  }

  /** A receiver that never answers, and one that wants nothing any more. */
  async function receiver(behavior: 'silent' | 'gone'): Promise<string> {
    const server = createServer((_request, response) => void (behavior === 'gone' ? response.writeHead(410).end() : undefined))
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/911`
  }

  async function withContacts(behavior: 'silent' | 'gone'): Promise<TwoParties & { readonly number: string }> {
    const parties = await makeTwoParties(tenant)
    const number = await parties.account.addNumber()
    await parties.account.assignNumber(number, parties.caller.userId)
    const contacts = { smsRecipients: ['+18015550100'], emailRecipients: ['frontdesk@example.com'], webhookUrls: [await receiver(behavior)] }
    done(await tenant.http.post(`${parties.account.path}/emergency-notification`, contacts))
    return { ...parties, number }
  }

  const eventsOf = async ({ account }: TwoParties) =>
    done(await tenant.http.get<readonly NotificationEvent[]>(`${account.path}/emergency-notifications/events`))

  it('S0-73 S0-74 S0-77: is told by SMS, e-mail and webhook at once, each with its delivery: PARTIAL when one of them is gone', async () => {
    const parties = await withContacts('gone')
    const phone = await open(parties.caller.login)
    await help(phone, '911')
    const [event] = await eventually('the deliveries', 10_000, async () => {
      const found = await eventsOf(parties)
      return found[0]?.webhookNotificationRecipients[0]?.status === 'FAILED' ? found : undefined
    })
    expect(event).toMatchObject({
      triggerType: 'EMERGENCY_CALL',
      status: 'PARTIAL',
      smsNotificationRecipients: [{ recipient: '18015550100', status: 'SENT' }],
      emailNotificationRecipients: [{ recipient: 'frontdesk@example.com', status: 'SENT' }],
      webhookNotificationRecipients: [{ status: 'FAILED', attempts: 1 }],
    })
  })

  it('S0-73: never delays the call: it is answered while a receiver of the webhook says nothing, and SMS and e-mail are out', async () => {
    const parties = await withContacts('silent')
    const phone = await open(parties.caller.login)
    const call = await phone.call('911')
    expect(await call.finalStatus(2000)).toBe(200)
    const [event] = await eventually('the event', 4000, async () => {
      const found = await eventsOf(parties)
      return found.length > 0 ? found : undefined
    })
    expect(event).toMatchObject({ smsNotificationRecipients: [{ status: 'SENT' }], emailNotificationRecipients: [{ status: 'SENT' }] })
    expect(event?.webhookNotificationRecipients).toMatchObject([{ status: 'PENDING' }])
    expect(await call.hangUp()).toBe(200)
  })
})

describe('the compliance list', () => {
  interface Compliance {
    readonly totalRecords: number
    readonly endpointCount: number
    readonly endpoints: readonly { readonly endpointId: string; readonly accountId: string; readonly reasons: readonly string[] }[]
  }

  it('S0-78: names the lines that could not say where they are, of the account and of the partition, until they can', async () => {
    const { account, caller, callee } = await makeTwoParties(tenant)
    const listed = async (path: string) => done(await tenant.http.get<Compliance>(`${path}/emergency/compliance?limit=1000`))
    const before = await listed(account.path)
    expect(before).toMatchObject({ totalRecords: 2, endpointCount: 2 })
    for (const each of before.endpoints) expect(each.reasons).toEqual(['NoCallbackNumber', 'NoLocation'])
    await account.assignNumber(await account.addNumber(), caller.userId)
    const after = await listed(account.path)
    expect(after.endpoints.map((each) => each.endpointId)).toEqual([callee.login.lineId])
    const ours = (await listed(tenant.path)).endpoints.filter((each) => each.accountId === account.id)
    expect(ours).toEqual(after.endpoints)
  })
})
