import { createSocket, type Socket } from 'node:dgram'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { carrierTrunk } from './carrier-trunk.ts'
import { eventually } from './eventually.ts'
import { trustedFreePorts } from './phones/free-ports.ts'
import { type Kamailio, startKamailio } from './phones/kamailio.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { type Account, done, type Identified, Tenant, unique } from './tenant.ts'

interface Shown<Data> {
  readonly data: Data
}
interface Trunk {
  readonly id: string
  readonly status: string
  readonly registration?: { readonly state: string; readonly last_error?: string }
}
interface Alert {
  readonly event: string
  readonly data: { readonly carrierTrunkId: string; readonly status?: string; readonly before?: string; readonly reason?: string }
}

const PASSWORD = 'secure_password_123'
const PORTS_EACH = 10
const BUSY = '12125550100'

let tenant: Tenant
let receiver: Server
let webhook: string
const alerts: Alert[] = []
const trunks: string[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
  receiver = createServer((request, response) => {
    let text = ''
    request.on('data', (piece: Buffer) => (text += piece.toString('utf8')))
    request.on('end', () => {
      alerts.push(JSON.parse(text) as Alert)
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  const events = ['gateway.*', 'carrier.*']
  webhook = `${tenant.path}/webhook/${done(await tenant.http.post<Identified>(`${tenant.path}/webhook`, { url, secret: 'of-the-receiver-of-alerts', events })).id}`
})

afterAll(async () => {
  for (const id of trunks) await tenant.http.delete(`/siptrunk/${id}?force=true`)
  await tenant.http.delete(webhook)
  receiver.close()
})

async function makeTrunk(account: Account, port: number, more: Readonly<Record<string, unknown>>): Promise<string> {
  const { id } = done(await tenant.http.put<Shown<Trunk>>('/siptrunk/new', carrierTrunk(account, port, more))).data
  trunks.push(id)
  return id
}

const read = async (id: string): Promise<Trunk> => done(await tenant.http.get<Shown<Trunk>>(`/siptrunk/${id}`)).data
const until = (id: string, what: string, is: (trunk: Trunk) => boolean): Promise<Trunk> =>
  eventually(what, 25_000, async () => {
    const trunk = await read(id)
    return is(trunk) ? trunk : undefined
  })
/** An event of the trunk at the webhook. */
const heard = (id: string, event: string, before?: string): Promise<Alert> =>
  eventually(`${event} at the webhook`, 25_000, () =>
    alerts.find((alert) => `trunk_${alert.data.carrierTrunkId}` === id && alert.event === event && (before === undefined || alert.data.before === before)),
  )

describe.skipIf(isAbsent('kamailio'))('a carrier we are registered at', () => {
  it('its power fails: the trunk says so, calls go by the other carrier; it returns, is registered at again at once and gets the calls', async () => {
    const { sipHost: host, sipPort } = tenant.platform
    const [port, otherPort, user] = [await trustedFreePorts(PORTS_EACH), await trustedFreePorts(PORTS_EACH), unique('acme')]
    let carrier: Kamailio = await startKamailio({ host, port, password: PASSWORD }, sipPort, user)
    const other = await startKamailio({ host, port: otherPort, password: PASSWORD }, sipPort, 'nobody')
    const account = await tenant.createAccount()
    const [id, otherId] = await Promise.all([
      makeTrunk(account, port, { priority: 1, username: user, password: PASSWORD, register: true }),
      makeTrunk(account, otherPort, { priority: 2, username: 'static', password: PASSWORD }),
    ])
    const { userId } = await account.createUser('4001')
    await account.assignNumber(await account.addNumber(), userId)
    const phone = await ScriptedPhone.open(tenant.platform, await account.createLine(userId))
    expect(statusOf(await phone.register())).toBe(200)
    const callsOf = (at: Kamailio): number => at.log().match(/SAW INVITE/g)?.length ?? 0
    const calls = async (): Promise<void> => expect(await (await phone.call(BUSY)).finalStatus()).toBe(486)

    await until(id, 'the registration', ({ registration, status }) => registration?.state === 'registered' && status === 'active')
    await until(otherId, 'the other carrier', ({ status }) => status === 'active')
    // A trunk that is active is called a moment later.
    await eventually('a call by the first carrier', 10_000, async () => {
      await calls()
      return callsOf(carrier) > 0 ? true : undefined
    })
    const callsBefore = callsOf(other)

    await carrier.kill9()
    const lost = await until(id, 'the loss', ({ registration }) => registration?.state === 'failed')
    expect([lost.status, lost.registration?.last_error]).toEqual(['active', '408: no answer'])
    await calls()
    expect(callsOf(other)).toBeGreaterThan(callsBefore)
    const callsOfOther = callsOf(other)

    carrier = await startKamailio({ host, port, password: PASSWORD }, sipPort, user)
    const back = await until(id, 'the registration again', ({ registration }) => registration?.state === 'registered')
    expect(back.registration?.last_error).toBeUndefined()
    expect(carrier.log()).toMatch(/SAW REGISTER/)
    await calls()
    expect([callsOf(carrier) > 0, callsOf(other)]).toEqual([true, callsOfOther])
    expect((await heard(id, 'gateway.down')).data).toMatchObject({ status: 'down', reason: 'no answer in time' })
    for (const event of ['carrier.registered', 'carrier.registrationfailed']) await heard(id, event)
    await heard(id, 'gateway.degraded', 'down')
    await heard(id, 'gateway.healthy', 'degraded')
    await phone.unregister()
    phone.close()
    await Promise.all([carrier.stop(), other.stop()])
  }, 60_000)
})

/** A gateway that only answers OPTIONS, as late as it is told. */
class SlowGateway {
  delayMs = 0
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (bytes, from) => {
      const head = bytes
        .toString('latin1')
        .split('\r\n')
        .filter((line) => /^(via|from|to|call-id|cseq):/i.test(line))
      const answer = ['SIP/2.0 200 OK', ...head, 'Content-Length: 0', '', ''].join('\r\n')
      setTimeout(() => this.#isOpen && socket.send(answer, from.port, from.address), this.delayMs)
    })
  }

  #isOpen = true

  static async at(host: string, port: number): Promise<SlowGateway> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(port, host, resolve))
    return new SlowGateway(socket)
  }

  close(): void {
    this.#isOpen = false
    this.#socket.close()
  }
}

describe('a gateway that our own pings find slow', () => {
  it('the alert reaches a webhook with what it was before and why, and the news that it is well again follows', async () => {
    const port = await trustedFreePorts(PORTS_EACH)
    const gateway = await SlowGateway.at(tenant.platform.sipHost, port)
    gateway.delayMs = 1_200
    const id = await makeTrunk(await tenant.createAccount(), port, { type: 'peer' })
    expect((await heard(id, 'gateway.degraded', 'healthy')).data).toMatchObject({ status: 'degraded', reason: '200 OK' })
    gateway.delayMs = 0
    await heard(id, 'gateway.healthy', 'degraded')
    gateway.close()
  }, 40_000)
})
