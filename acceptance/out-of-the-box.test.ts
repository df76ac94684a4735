import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectRecords } from './call-records.ts'
import { carrierTrunk } from './carrier-trunk.ts'
import { eventually } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import type { DigestLogin } from './phones/digest-answer.ts'
import { trustedFreePorts } from './phones/free-ports.ts'
import { hearAtLast } from './phones/hear.ts'
import { type Kamailio, startKamailio } from './phones/kamailio.ts'
import { isAbsent } from './phones/program-present.ts'
import type { ServerAddress } from './phones/sip-socket.ts'
import { runSipp } from './phones/sipp.ts'
import { callee, caller, describeAudio, isHungUp, receive, type SippStep } from './phones/sipp-scenario.ts'
import { CALLEE_HZ, CALLER_HZ } from './phones/two-parties.ts'
import { type Account, type CallRecord, done, Tenant, unique, uniqueMac } from './tenant.ts'

const PASSWORD = 'secret-at-the-carrier'
const PORTS_EACH = 30
const FAR_AWAY = '12125550142'
const OUTSIDE_CALLER = '2125550199'

interface Shown {
  readonly id: string
  readonly status: string
  readonly provisioning_url: string
  readonly registration?: { readonly state: string }
}
type Carried = CallRecord & { readonly origCarrier?: string; readonly termCarrier?: string }

let tenant: Tenant
let account: Account
const trunks: string[] = []
const phones: Baresip[] = []
let carrier: Kamailio

beforeAll(async () => {
  tenant = await Tenant.logIn()
  account = await tenant.createAccount()
})
afterAll(async () => {
  for (const phone of phones) await phone.stop()
  for (const id of trunks) await tenant.http.delete(`/siptrunk/${id}?force=true`)
  await carrier.stop()
})

const shown = async (path: string): Promise<Shown> => done(await tenant.http.get<{ readonly data: Shown }>(path)).data

/** What the makers of two phones write into their files, and where. */
const MAKES = {
  yealink: {
    model: 'yealink_t54w',
    userAgent: (mac: string) => `Yealink SIP-T54W 96.86.0.70 ${mac}`,
    file: (mac: string) => `${mac}.cfg`,
    read: (text: string) => {
      const value = (name: string): string => new RegExp(`^account\\.1\\.${name.replaceAll('.', '\\.')} = (.*)$`, 'm').exec(text)?.[1] ?? ''
      return [value('sip_server.1.address'), value('sip_server.1.port'), value('user_name'), value('password')]
    },
  },
  grandstream: {
    model: 'GXP2170',
    userAgent: (mac: string) => `Grandstream Model HW GXP2170 SW 1.0.11.64 DevId ${mac}`,
    file: (mac: string) => `cfg${mac}.xml`,
    read: (text: string) => {
      const value = (number: number): string => new RegExp(`<P${number}>([^<]*)</P${number}>`).exec(text)?.[1] ?? ''
      const [host = '', port = ''] = value(47).split(':')
      return [host, port, value(36), value(34)]
    },
  },
} as const

/** A phone as it comes out of its box: the operator writes down its MAC and whose it is, it fetches its file and does what that says. */
async function unpack(
  make: keyof typeof MAKES,
  extension: string,
  toneHz: number,
): Promise<{ readonly phone: Baresip; readonly deviceId: string; readonly userId: string }> {
  const { model, userAgent, file, read } = MAKES[make]
  const { userId } = await account.createUser(extension)
  const mac = uniqueMac()
  const body = { mac_address: mac, organization_id: `org_${account.id}`, user_id: `user_${userId}`, model, manufacturer: make }
  const lines = [{ line_number: 1, extension, label: extension, type: 'primary' }]
  const device = done(await tenant.http.put<{ readonly data: Shown }>('/devices/phone', { ...body, lines })).data
  const fetched = await fetch(`${device.provisioning_url}${file(mac)}`, { headers: { 'user-agent': userAgent(mac) } })
  expect([make, fetched.status]).toEqual([make, 200])
  const [sipHost = '', port = '', sipUsername = '', sipPassword = ''] = read(await fetched.text())
  const server: ServerAddress = { sipHost, sipPort: Number(port) }
  const login: DigestLogin = { sipUsername, sipPassword }
  const phone = await Baresip.start(server, login, { toneHz, domain: sipHost })
  phones.push(phone)
  await phone.registered()
  return { phone, deviceId: device.id, userId }
}

async function addCarrier(port: number, more: Readonly<Record<string, unknown>>): Promise<string> {
  const { id } = done(await tenant.http.put<{ readonly data: Shown }>('/siptrunk/new', carrierTrunk(account, port, more))).data
  trunks.push(id)
  return id
}

const rings: readonly SippStep[] = [
  caller.sendsFirst('INVITE', { body: describeAudio() }),
  receive(100, { optional: true }),
  receive(180, { optional: true }),
  caller.hears(200),
  caller.sends('ACK', { sequence: 1 }),
  ...isHungUp,
]

describe.skipIf(isAbsent('baresip') || isAbsent('kamailio') || isAbsent('sipp'))('two phones out of the box and two carriers', () => {
  it('S3-01 S3-10 S3-46: work by the operations of this surface: among themselves, out by both carriers, in by registration and by address', async () => {
    const { sipHost: host, sipPort } = tenant.platform
    const [registeredPort, fixedPort, user] = [await trustedFreePorts(PORTS_EACH), await trustedFreePorts(PORTS_EACH), unique('acme')]
    carrier = await startKamailio({ host, port: registeredPort, password: PASSWORD }, sipPort, user)
    const registered = await addCarrier(registeredPort, { name: unique('Registered '), priority: 1, username: user, password: PASSWORD, register: true })
    const fixed = await addCarrier(fixedPort, { name: unique('Fixed '), priority: 2, ping_interval: 0 })
    done(await tenant.http.post(`/siptrunk/${fixed}`, { status: 'active' }))
    const ann = await unpack('yealink', '4001', CALLER_HZ)
    const bob = await unpack('grandstream', '4002', CALLEE_HZ)
    const number = await account.addNumber()
    await account.assignNumber(number, bob.userId)
    await eventually('the first carrier', 20_000, async () => {
      const { status, registration } = await shown(`/siptrunk/${registered}`)
      return status === 'active' && registration?.state === 'registered' ? true : undefined
    })
    await eventually('its gateway', 20_000, async () =>
      (await shown(`/sipgwping/${registered.replace('trunk_', 'gw_')}`)).status === 'healthy' ? true : undefined,
    )
    for (const { deviceId } of [ann, bob])
      await eventually('the phone', 10_000, async () => ((await shown(`/devices/${deviceId}?include=status`)).status === 'online' ? true : undefined))

    await ann.phone.dial(`sip:4002@${host}`)
    await bob.phone.saw('CALL_INCOMING')
    await bob.phone.accept()
    await hearAtLast([ann.phone, CALLEE_HZ], [bob.phone, CALLER_HZ])
    await ann.phone.hangUp()
    await bob.phone.saw('CALL_CLOSED')

    // The first carrier cannot; who answers at the second sends back what it hears.
    const answering = runSipp(tenant.platform, { scenario: 'second-carrier', port: fixedPort, steps: [callee.isCalled(), callee.answersTalk(), receive('ACK'), ...isHungUp], timeoutSeconds: 60 }) // prettier-ignore
    let from = ann.phone.events.length
    await ann.phone.dial(`sip:${FAR_AWAY}@${host}`)
    await ann.phone.saw('CALL_ESTABLISHED', { from })
    await hearAtLast([ann.phone, CALLER_HZ])
    await ann.phone.hangUp()
    await answering.success()
    expect(carrier.log()).toMatch(new RegExp(`SAW INVITE \\+?${FAR_AWAY} .* proxy=Digest username="${user}"`))

    const outside = (port: number, throughPort: number) =>
      runSipp({ ...tenant.platform, sipPort: throughPort }, { scenario: 'from-outside', steps: rings, port, fields: [OUTSIDE_CALLER, 'carrier.example', number, ''], timeoutSeconds: 60 }) // prettier-ignore
    for (const [port, throughPort] of [
      [await trustedFreePorts(PORTS_EACH), registeredPort],
      [fixedPort, sipPort],
    ] as const) {
      from = bob.phone.events.length
      const calling = outside(port, throughPort)
      await bob.phone.saw('CALL_INCOMING', { from })
      await bob.phone.accept()
      await bob.phone.saw('CALL_ESTABLISHED', { from })
      await hearAtLast([bob.phone, CALLEE_HZ])
      await bob.phone.hangUp()
      await calling.success()
    }

    const records = (await expectRecords(account, ['ANSWERED', 'ANSWERED', 'ANSWERED', 'ANSWERED'])) as readonly Carried[]
    const [first, second] = [registered, fixed].map((id) => id.replace('trunk_', ''))
    const ways = records.map(({ callType, origCarrier = '', termCarrier = '' }) => [callType, origCarrier, termCarrier])
    expect(ways).toEqual([
      ['OUTBOUND', '', ''],
      ['OUTBOUND', '', second],
      ['INBOUND', first, ''],
      ['INBOUND', second, ''],
    ])
  }, 240_000)
})
