import { afterEach, describe, expect, inject, it } from 'vitest'
import { eventually } from './eventually.ts'
import { HttpClient } from './http-client.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { type Account, done, type SipLogin, Tenant, unique, uniqueMac } from './tenant.ts'

const FAR_AWAY = '12125550199'
const phones: ScriptedPhone[] = []
afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

async function registered(login: SipLogin | { sipUsername: string; sipPassword: string }, transport: 'udp' | 'tcp' = 'udp'): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(inject('platform'), login, { transport })
  phones.push(phone)
  expect(statusOf(await phone.register())).toBe(200)
  return phone
}

const inbound = async (tenant: Tenant, to: string) => done(await tenant.http.post('/v2/sandbox/inbound-call', { from: FAR_AWAY, to, seconds: 2 }))

/** A provider of his own: his partition has no carrier. */
async function newProvider(): Promise<Tenant> {
  const owner = await Tenant.logIn()
  const manager = { username: `${unique('provider')}@example.com`, password: 'Correct-Horse-7-Battery', firstName: 'P', lastName: 'P' }
  done(await owner.http.post(`${owner.path}/partition`, { name: unique('Provider'), manager }))
  return Tenant.logIn({ ...inject('platform'), username: manager.username, password: manager.password })
}

describe('who the guides are written for', () => {
  it('S1-01 S4-01: a provider without a carrier of his own, with what is published and ids of his own, calls and is called by the carrier of the platform', async () => {
    const http = new HttpClient(inject('platform').httpUrl)
    for (const path of ['/docs', '/openapi.json']) expect([path, (await http.get(path)).status]).toEqual([path, 200])
    const provider = await newProvider()
    const shared = await Tenant.logIn()
    expect(provider.partitionId).not.toBe(shared.partitionId)
    expect(done(await provider.http.get(`${provider.path}/carrier-trunk`))).toEqual([])
    const account = await provider.createAccount()
    const user = await account.createUser('4000')
    const number = await account.addNumber()
    await account.assignNumber(number, user.userId)
    const phone = await registered(await account.createLine(user.userId))
    const call = await phone.call(FAR_AWAY)
    expect([await call.finalStatus(), await call.hangUp()]).toEqual([200, 200])
    await inbound(provider, number)
    const ringing = await phone.nextCall()
    await ringing.answer()
    await ringing.ended()
  })

  it('S1-17: an IP phone, an analog adapter and a softphone of one user ring together, and each of them calls', async () => {
    const provider = await Tenant.logIn()
    const account = await provider.createAccount()
    const [user, other] = [await account.createUser('4000'), await account.createUser('4001')]
    const colleague = await registered(await account.createLine(other.userId))
    const types = ['VVX400', 'SPA112', 'CCSoftphone']
    const lines = await Promise.all(types.map((deviceTypeId) => account.createLine(user.userId, { deviceTypeId })))
    const all = await Promise.all(lines.map((line) => registered(line)))
    const call = await colleague.call('4000')
    const ringing = await Promise.all(all.map((phone) => phone.nextCall()))
    await ringing[2]?.answer()
    expect(await call.finalStatus()).toBe(200)
    await call.hangUp()
    for (const phone of all) {
      const own = await phone.call('4001')
      await (await colleague.nextCall()).answer()
      expect(await own.finalStatus()).toBe(200)
      await own.hangUp()
    }
  })
})

describe('the specialty-line guide as a whole', () => {
  it('S2-43 S4-09: lines made by the provider, adapters configured by one partner, installed by another, on broadband or LTE', async () => {
    const provider = await Tenant.logIn()
    const account = await provider.createAccount()
    const number = await account.addNumber()
    const [plan] = done(await provider.http.get<readonly { id: string }[]>(`${provider.path}/callingplanproduct`))
    const sipUsername = unique('elevator-')
    expect(done(await provider.http.post('/v2/rpc/specialty-line/validate-sip-username', { username: sipUsername }))).toBe(true)
    const macAddress = uniqueMac()
    const device = { macAddress, deviceType: 'SIP_8_Port_MTA', portNumber: 1 }
    const line = done(
      await account.http.post<{ id: string; deviceId: string; sipUsername: string; sipPassword: string }>(`${account.path}/specialty-line`, {
        ...{
          name: 'Elevator',
          callerId: number,
          e911CallbackNumber: number,
          callingPlanIds: [plan?.id],
          sipUsername,
          sipPassword: 'as-the-guide-has-it',
          ...device,
        },
      }),
    )
    done(await account.http.patch(`${account.path}/telephonenumber/${number}`, { referenceType: 'SPECIALTY_LINE', referenceId: line.id }))
    await partnersWork(account, macAddress)
    const broadband = await registered(line)
    await eventually('registered', 5000, async () => ((await account.isRegistered(line.deviceId)) ? true : undefined))
    await inbound(provider, number)
    const first = await broadband.nextCall()
    await first.answer()
    await first.ended()
    // The path is lost without a word, and the adapter comes again over the other one.
    phones.splice(phones.indexOf(broadband), 1)
    broadband.close()
    const cellular = await registered(line, 'tcp')
    await inbound(provider, number)
    const second = await cellular.nextCall()
    await second.answer()
    await second.ended()
  })

  /** One configures and sees no login; the one on site gets the login and changes nothing. */
  async function partnersWork(account: Account, macAddress: string): Promise<void> {
    const { tenant } = account
    const partner = async (permissions: Readonly<Record<string, string>>) =>
      tenant.http.withToken(done(await tenant.http.post<{ key: string }>(`${tenant.path}/apikey`, { name: 'Partner', permissions })).key)
    const [configures, installs] = [await partner({ EU_Device: 'EDIT' }), await partner({ EU_Device: 'READ', SipCredentials: 'READ' })]
    const item = `${account.path}/device/${macAddress}/configuration`
    const set = await configures.put(item, { settings: { resync_seconds: 3600, parameters: { 'lte.failover': '1', 'lte.apn_password': 'Tr0mbone' } } })
    expect([set.status, set.text.includes('Tr0mbone')]).toEqual([200, false])
    const [unseen, seen] = [await configures.get(`${item}/preview`), await installs.get(`${item}/preview`)]
    expect([unseen.status, unseen.text.includes('as-the-guide-has-it')]).toEqual([200, false])
    expect([seen.status, seen.text.includes('as-the-guide-has-it')]).toEqual([200, true])
    expect((await installs.put(item, { settings: {} })).status).toBe(403)
  }
})
