import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { freePorts, trustedFreePorts } from './phones/free-ports.ts'
import { type Kamailio, startKamailio } from './phones/kamailio.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { runSipp } from './phones/sipp.ts'
import { caller, describeAudio, isHungUp, receive } from './phones/sipp-scenario.ts'
import { statusOf } from './phones/sip-text.ts'
import { type Identity, selfSigned, TlsDoor } from './phones/tls-door.ts'
import { localAddress, Platform, WORK_FOLDER } from './platform.ts'
import { done, Tenant, unique } from './tenant.ts'

interface Shown<Data> {
  readonly data: Data
}
interface Trunk {
  readonly id: string
  readonly status: string
  readonly registration?: { readonly state: string; readonly last_error?: string }
}

const PASSWORD = 'secure_password_123'
const BUSY = '12125550100'
const host = localAddress()
const TLS_HOST = '127.0.0.11'

describe.skipIf(isAbsent('kamailio') || isAbsent('sipp'))('a carrier we are registered at over TLS', () => {
  const user = unique('acme')
  let platform: Platform
  let tenant: Tenant
  let carrier: Kamailio
  let carrierPort: number
  let door: TlsDoor
  let identities: Record<'first' | 'renewed' | 'stranger', Identity>

  beforeAll(async () => {
    mkdirSync(WORK_FOLDER, { recursive: true })
    const folder = mkdtempSync(join(WORK_FOLDER, 'trunk-tls-lost-'))
    const made = (name: string): Identity => selfSigned(folder, name, `IP:${TLS_HOST}`)
    identities = { first: made('first'), renewed: made('renewed'), stranger: made('stranger') }
    const authorities = join(folder, 'authorities.pem')
    writeFileSync(authorities, identities.first.cert + identities.renewed.cert)
    platform = await Platform.start({ environment: { DIALTONE_SIP_TLS_CA: authorities } })
    tenant = await Tenant.logIn(platform.address)
    carrierPort = await trustedFreePorts(10)
    carrier = await startKamailio({ host, port: carrierPort, transport: 'tcp', password: PASSWORD, platformHost: TLS_HOST }, 0, user)
    door = await TlsDoor.open({ host: TLS_HOST, onward: { host, port: carrierPort } }, identities.first)
  })
  afterAll(async () => {
    await door.close()
    await platform.discard()
    await carrier.stop()
  })

  it('S3-11 RFC 5626 3.2: its calls come over the connection; it dies, returns with a certificate nobody vouches for, then with one somebody does', async () => {
    const account = await tenant.createAccount()
    const trunk = { name: unique('TLS '), organization_id: `org_${account.id}`, type: 'carrier', host: TLS_HOST, port: door.port, transport: 'tls' }
    const login = { username: user, password: PASSWORD, register: true, ping_interval: 1 }
    const { id } = done(await tenant.http.put<Shown<Trunk>>('/siptrunk/new', { ...trunk, ...login })).data
    const until = (what: string, is: (trunk: Trunk) => boolean): Promise<Trunk> =>
      eventually(what, 30_000, async () => {
        const { data } = done(await tenant.http.get<Shown<Trunk>>(`/siptrunk/${id}`))
        return is(data) ? data : undefined
      })
    const gatewayUntil = (status: string) =>
      eventually(`the gateway to be ${status}`, 30_000, async () => {
        const { data } = done(await tenant.http.get<Shown<{ status: string }>>(`/sipgwping/${id.replace('trunk_', 'gw_')}`))
        return data.status === status ? true : undefined
      })
    const isRegistered = ({ status, registration }: Trunk): boolean => status === 'active' && registration?.state === 'registered'
    await until('the registration', isRegistered)
    const { userId } = await account.createUser('4001')
    const number = await account.addNumber()
    await account.assignNumber(number, userId)
    const phone = await ScriptedPhone.open(platform.address, await account.createLine(userId))
    expect(statusOf(await phone.register())).toBe(200)
    const callOut = (): Promise<number> =>
      eventually('a carrier to call', 30_000, async () => {
        const status = await (await phone.call(BUSY)).finalStatus()
        return status === 503 ? undefined : status
      })
    const callIn = async (): Promise<void> => {
      const steps = [
        caller.sendsFirst('INVITE', { body: describeAudio() }),
        receive(100, { optional: true }),
        receive(180, { optional: true }),
        caller.hears(200),
        caller.sends('ACK', { sequence: 1, headers: ['[routes]'] }),
        ...isHungUp,
      ]
      const run = { scenario: 'from-the-network', steps, port: await freePorts(30), transport: 'tcp' as const }
      const calling = runSipp({ ...platform.address, sipPort: carrierPort }, { ...run, fields: ['12025550199', 'carrier.example', number, ''] })
      const call = await phone.nextCall()
      await call.answer()
      await call.hangUp()
      await calling.success()
    }
    expect(await callOut()).toBe(486)
    await callIn()

    await door.close()
    await until('the loss', ({ registration }) => registration?.state === 'failed')
    await gatewayUntil('down')
    expect(await (await phone.call(BUSY)).finalStatus()).toBe(503)
    door = await door.renewed(identities.stranger)
    const requestsSeen = (): number => carrier.log().match(/SAW (REGISTER|OPTIONS|INVITE)/g)?.length ?? 0
    const seen = requestsSeen()
    await eventually('a few tries', 20_000, () => (door.refused > 2 ? true : undefined))
    expect([requestsSeen(), (await until('the state', () => true)).registration?.state]).toEqual([seen, 'failed'])

    door = await door.renewed(identities.renewed)
    await until('the registration again', isRegistered)
    await gatewayUntil('healthy')
    expect(await callOut()).toBe(486)
    await callIn()
    await phone.unregister()
    phone.close()
  }, 150_000)
})
