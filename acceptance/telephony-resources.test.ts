import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { carrierTrunk } from './carrier-trunk.ts'
import { eventually } from './eventually.ts'
import { freePorts, trustedFreePorts } from './phones/free-ports.ts'
import { type Kamailio, startKamailio } from './phones/kamailio.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { runSipp } from './phones/sipp.ts'
import { caller, describeAudio, receive } from './phones/sipp-scenario.ts'
import { statusOf } from './phones/sip-text.ts'
import { type Account, done, Tenant, unique } from './tenant.ts'

interface Shown<Data> {
  readonly success: boolean
  readonly message?: string
  readonly data: Data
}
interface Trunk {
  readonly id: string
  readonly status: string
  readonly registration?: { readonly state: string; readonly last_error?: string }
}
interface Gateway {
  readonly gateway_id: string
  readonly trunk_id: string
  readonly status: string
  readonly response_time_ms?: number
  readonly uptime_percent_24h?: number
}

const PASSWORD = 'secure_password_123'
const PORTS_EACH = 10
let tenant: Tenant
let carriers: Kamailio[] = []
let made: string[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(async () => {
  for (const id of made) await tenant.http.delete(`/siptrunk/${id}?force=true`)
  for (const carrier of carriers) await carrier.stop()
  carriers = []
  made = []
})

async function carrierAt(port: number, user: string, transport: 'udp' | 'tcp' = 'udp', password = PASSWORD): Promise<Kamailio> {
  const { sipHost: host, sipPort } = tenant.platform
  const carrier = await startKamailio({ host, port, transport, password }, sipPort, user)
  carriers.push(carrier)
  return carrier
}

/** As a carrier's customer sets it up with `PUT /siptrunk/new`. */
async function makeTrunk(account: Account, port: number, more: Readonly<Record<string, unknown>> = {}): Promise<Trunk> {
  const created = await tenant.http.put<Shown<Trunk>>('/siptrunk/new', carrierTrunk(account, port, more))
  expect([created.status, created.body.data.status]).toEqual([201, 'pending'])
  made.push(created.body.data.id)
  return created.body.data
}

const read = async (id: string): Promise<Trunk> => done(await tenant.http.get<Shown<Trunk>>(`/siptrunk/${id}`)).data
const until = (id: string, what: string, is: (trunk: Trunk) => boolean) =>
  eventually(what, 25_000, async () => {
    const trunk = await read(id)
    return is(trunk) ? trunk : undefined
  })
const gatewayOf = async (trunkId: string): Promise<Gateway> =>
  done(await tenant.http.get<Shown<Gateway>>(`/sipgwping/${trunkId.replace('trunk_', 'gw_')}`)).data

async function phoneOf(account: Account): Promise<{ readonly phone: ScriptedPhone; readonly number: string }> {
  const { userId } = await account.createUser('4001')
  const number = await account.addNumber()
  await account.assignNumber(number, userId)
  const phone = await ScriptedPhone.open(tenant.platform, await account.createLine(userId))
  expect(statusOf(await phone.register())).toBe(200)
  return { phone, number }
}

/** A trunk that is active is called a moment later: until then there is nobody to call. */
function statusOfCall(phone: ScriptedPhone, number: string): Promise<number> {
  return eventually('a carrier to call', 60_000, async () => {
    const status = await (await phone.call(number)).finalStatus()
    return status === 503 ? undefined : status
  })
}

describe.skipIf(isAbsent('kamailio'))('a carrier of the Telephony Resources API is Kamailio', () => {
  it('S3-09 S3-12 S3-14 S3-15 S3-21: register true registers there with digest; pending is active then, and calls go out with digest and come in by the registration', async () => {
    const [port, user] = [await trustedFreePorts(PORTS_EACH), unique('acme')]
    const carrier = await carrierAt(port, user)
    const account = await tenant.createAccount()
    const { phone, number } = await phoneOf(account)
    const trunk = await makeTrunk(account, port, { username: user, password: PASSWORD, register: true, max_channels: 50, codecs: ['G.711', 'G.729'] })
    const active = await until(trunk.id, 'the registration', ({ status }) => status === 'active')
    expect(active.registration?.state).toBe('registered')
    expect(JSON.stringify(active)).not.toContain(PASSWORD)
    expect(await statusOfCall(phone, '12125550100')).toBe(486)
    expect(await statusOfCall(phone, '12125550103')).toBe(603)
    expect(carrier.log()).toMatch(/SAW INVITE \+12125550100 from \d+ to \+12125550100 proxy=Digest username="/)
    // From a port nobody knows, through the carrier, to the Contact we registered: To says for whom.
    const from = await freePorts(30)
    const steps = [
      caller.sendsFirst('INVITE', { body: describeAudio() }),
      receive(100, { optional: true }),
      receive(180, { optional: true }),
      receive(486),
      caller.acknowledgesFirst(1),
    ]
    const calling = runSipp(
      { ...tenant.platform, sipPort: port },
      { scenario: 'from-the-network', steps, port: from, fields: ['12025550199', 'carrier.example', number, ''] },
    )
    ;(await phone.nextCall()).reject(486)
    await calling.success()
    await phone.unregister()
    phone.close()
  }, 90_000)

  it('S3-12: a wrong password is seen in the trunk, which stays pending and is not called; the right one makes it active', async () => {
    const [port, user] = [await trustedFreePorts(PORTS_EACH), unique('acme')]
    await carrierAt(port, user)
    const account = await tenant.createAccount()
    const trunk = await makeTrunk(account, port, { username: user, password: 'wrong-one', register: true })
    const failed = await until(trunk.id, 'the refusal', ({ registration }) => registration?.state === 'failed')
    expect([failed.status, failed.registration?.last_error]).toEqual(['pending', '401: the username or the password is refused'])
    expect((await tenant.http.post<Shown<Trunk>>(`/siptrunk/${trunk.id}`, { password: PASSWORD })).status).toBe(200)
    await until(trunk.id, 'the registration', ({ status, registration }) => status === 'active' && registration?.state === 'registered')
  }, 90_000)

  it('S3-11 S3-62 S3-63: a static peer over TCP is probed, dies, is passed over and returns', async () => {
    const port = await trustedFreePorts(PORTS_EACH)
    const carrier = await carrierAt(port, 'nobody', 'tcp')
    const account = await tenant.createAccount()
    const trunk = await makeTrunk(account, port, { type: 'peer', transport: 'tcp' })
    await until(trunk.id, 'the first answer', ({ status }) => status === 'active')
    const healthy = await eventually('a probe', 10_000, async () => {
      const gateway = await gatewayOf(trunk.id)
      return gateway.response_time_ms === undefined ? undefined : gateway
    })
    expect(healthy).toMatchObject({ status: 'healthy', trunk_id: trunk.id, uptime_percent_24h: 100 })
    await carrier.stop()
    carriers = []
    await eventually('down', 40_000, async () => ((await gatewayOf(trunk.id)).status === 'down' ? true : undefined))
    await carrierAt(port, 'nobody', 'tcp')
    await eventually('back', 60_000, async () => ((await gatewayOf(trunk.id)).status === 'down' ? undefined : true))
    expect((await gatewayOf(trunk.id)).uptime_percent_24h).toBeLessThan(100)
  }, 150_000)

  it('S3-25 S3-28 S3-29: two places by priority: registration and calls go to the second while the first is silent', async () => {
    const [silent, port, user] = [await trustedFreePorts(PORTS_EACH), await trustedFreePorts(PORTS_EACH), unique('acme')]
    const carrier = await carrierAt(port, user)
    const account = await tenant.createAccount()
    const { phone } = await phoneOf(account)
    const trunk = await makeTrunk(account, silent, { username: user, password: PASSWORD, register: true })
    const { sipHost: address } = tenant.platform
    const ips = [
      { address, type: 'signaling', port: silent, priority: 1 },
      { address, type: 'signaling', port, priority: 2 },
    ]
    expect((await tenant.http.put(`/siptrunkips/${trunk.id}`, { ips })).status).toBe(200)
    await eventually('the registration at the second', 60_000, async () => ((await read(trunk.id)).status === 'active' ? true : undefined))
    expect(await statusOfCall(phone, '12125550100')).toBe(486)
    expect(carrier.log()).toContain('SAW INVITE +12125550100')
    const { gateways } = done(await tenant.http.get<Shown<{ gateways: readonly Gateway[] }>>('/sipgwping/all')).data
    expect(gateways.filter((gateway) => gateway.trunk_id === trunk.id).map(({ status }) => status)).toEqual(['down', 'healthy'])
    await phone.unregister()
    phone.close()
  }, 120_000)
})

describe('organisation IPs (S3-85)', () => {
  it('S3-91 S3-93 S3-89 C-09 C-58: a phone outside the whitelist may neither register nor call, but for help; the rule counts, and lets in again', async () => {
    const account = await tenant.createAccount()
    const { userId } = await account.createUser('4001')
    const login = await account.createLine(userId)
    const phone = await ScriptedPhone.open(tenant.platform, login)
    expect(statusOf(await phone.register())).toBe(200)
    const organization_id = `org_${account.id}`
    const elsewhere = await tenant.http.put<Shown<{ id: string }>>('/orgips/new', {
      organization_id,
      ip_address: '198.51.100.0',
      cidr: 24,
      description: 'Office',
    })
    expect([elsewhere.status, elsewhere.body.message]).toEqual([201, 'Organization IP created successfully'])
    // Nobody rings it any more, whatever time its registration had left.
    expect(await account.isRegistered(login.lineId)).toBe(false)
    expect(statusOf(await phone.register())).toBe(403)
    expect(await (await phone.call('12125550100')).finalStatus()).toBe(403)
    const help = await phone.call('933')
    expect(await help.finalStatus()).toBe(200)
    await help.hangUp()
    const here = await tenant.http.put<Shown<{ id: string }>>('/orgips/new', { organization_id, ip_address: tenant.platform.sipHost })
    expect(statusOf(await phone.register())).toBe(200)
    const rule = await eventually('the count', 10_000, async () => {
      const { data } = done(await tenant.http.get<Shown<{ request_count_24h: number; last_seen: string | null }>>(`/orgips/${here.body.data.id}`))
      return data.request_count_24h > 0 ? data : undefined
    })
    expect(rule.last_seen).toMatch(/Z$/)
    expect((await tenant.http.delete(`/orgips/${elsewhere.body.data.id}`)).status).toBe(200)
    expect((await tenant.http.delete(`/orgips/${here.body.data.id}`)).status).toBe(200)
    expect(statusOf(await phone.unregister())).toBe(200)
    phone.close()
  })
})
