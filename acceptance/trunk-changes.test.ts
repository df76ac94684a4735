import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { carrierTrunk } from './carrier-trunk.ts'
import { eventually } from './eventually.ts'
import { freePorts, trustedFreePorts } from './phones/free-ports.ts'
import { type Kamailio, startKamailio } from './phones/kamailio.ts'
import type { IncomingPhoneCall, OutgoingPhoneCall } from './phones/phone-call.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { runSipp, type SippRun } from './phones/sipp.ts'
import { callee, caller, describeAudio, isHungUp, receive, type SippStep, wait } from './phones/sipp-scenario.ts'
import { statusOf } from './phones/sip-text.ts'
import { type Account, type CallRecord, done, Tenant, unique } from './tenant.ts'

interface Shown<Data> {
  readonly data: Data
}
interface Trunk {
  readonly id: string
  readonly status: string
  readonly port: number
  readonly registration?: { readonly state: string; readonly last_error?: string }
}
interface Refusal {
  readonly error: { readonly code: string }
}
type Carried = CallRecord & { readonly origCarrier?: string; readonly termCarrier?: string }

const PASSWORD = 'secure_password_123'
const PORTS_EACH = 30
const FAR_AWAY = '12125550142'
/** Refused by the sandbox, and by Kamailio. */
const BUSY = '12125550100'
const TONE = 440

let tenant: Tenant
let carriers: Kamailio[] = []
let trunks: string[] = []
let phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(async () => {
  for (const id of trunks) await tenant.http.delete(`/siptrunk/${id}?force=true`)
  for (const phone of phones) phone.close()
  for (const carrier of carriers) await carrier.stop()
  ;[carriers, trunks, phones] = [[], [], []]
})

async function carrierAt(port: number, user: string): Promise<Kamailio> {
  const { sipHost: host, sipPort } = tenant.platform
  const carrier = await startKamailio({ host, port, password: PASSWORD }, sipPort, user)
  carriers.push(carrier)
  return carrier
}

async function makeTrunk(account: Account, port: number, more: Readonly<Record<string, unknown>>): Promise<string> {
  const { id } = done(await tenant.http.put<Shown<Trunk>>('/siptrunk/new', carrierTrunk(account, port, more))).data
  trunks.push(id)
  return id
}

const change = async (id: string, body: object): Promise<Trunk> => done(await tenant.http.post<Shown<Trunk>>(`/siptrunk/${id}`, body)).data
const read = async (id: string): Promise<Trunk> => done(await tenant.http.get<Shown<Trunk>>(`/siptrunk/${id}`)).data
const isRegistered = (id: string): Promise<Trunk> =>
  eventually('the registration', 25_000, async () => {
    const trunk = await read(id)
    return trunk.status === 'active' && trunk.registration?.state === 'registered' ? trunk : undefined
  })

async function phoneOf(account: Account, extension: string): Promise<{ readonly phone: ScriptedPhone; readonly number: string }> {
  const { userId } = await account.createUser(extension)
  const number = await account.addNumber()
  await account.assignNumber(number, userId)
  const phone = await ScriptedPhone.open(tenant.platform, await account.createLine(userId))
  phones.push(phone)
  expect(statusOf(await phone.register())).toBe(200)
  return { phone, number }
}

const sippAt = (port: number, steps: readonly SippStep[]): SippRun => runSipp(tenant.platform, { scenario: 'changed-trunk', port, steps, timeoutSeconds: 40 })

/** Somebody out there calls by way of the carrier we registered at. */
async function fromOutside(carrierPort: number, to: string, steps: readonly SippStep[]): Promise<SippRun> {
  const dials = [caller.sendsFirst('INVITE', { body: describeAudio() }), receive(100, { optional: true }), receive(180, { optional: true })]
  const fields = ['12025550199', 'carrier.example', to, '']
  return runSipp({ ...tenant.platform, sipPort: carrierPort }, { scenario: 'from-outside', steps: [...dials, ...steps], port: await freePorts(PORTS_EACH), fields, timeoutSeconds: 40 }) // prettier-ignore
}

/** SIPp sends back what it hears: the tone comes back, there and here. */
async function bothHear(call: IncomingPhoneCall | OutgoingPhoneCall): Promise<void> {
  call.media?.forget()
  await eventually('the tone', 10_000, () => (call.media?.toneHeard([TONE]) === TONE ? true : undefined))
}

const recordOf = (account: Account, matches: (record: Carried) => boolean): Promise<Carried> =>
  eventually('the record', 10_000, async () => ((await account.callRecords()) as readonly Carried[]).find(matches))

describe.skipIf(isAbsent('kamailio') || isAbsent('sipp'))('a trunk that changes while somebody talks over it', () => {
  it('S3-22 S3-24: is deleted only by force; then we are registered there no longer and call it no more, and who talks talks on, to a right record', async () => {
    const [port, user] = [await trustedFreePorts(PORTS_EACH), unique('acme')]
    const carrier = await carrierAt(port, user)
    const account = await tenant.createAccount()
    const { phone, number } = await phoneOf(account, '4001')
    const id = await makeTrunk(account, port, { username: user, password: PASSWORD, register: true })
    await isRegistered(id)
    const talking = await fromOutside(port, number, [caller.hears(200), caller.sends('ACK', { sequence: 1 }), ...isHungUp])
    const call = await phone.nextCall()
    await call.answer(TONE)
    await bothHear(call)
    const refused = await tenant.http.delete<Refusal>(`/siptrunk/${id}`)
    expect([refused.status, refused.body.error.code]).toEqual([409, 'TrunkHasActiveCalls'])
    expect((await read(id)).registration?.state).toBe('registered')
    expect((await tenant.http.delete(`/siptrunk/${id}?force=true`)).status).toBe(200)
    // With digest, and so twice.
    await eventually('the end of the registration', 10_000, () => (carrier.log().match(/SAW REGISTER .* expires=0/g)?.length === 2 ? true : undefined))
    await (await fromOutside(port, number, [receive(480), caller.acknowledgesFirst(1)])).success()
    expect(await (await phone.call(BUSY)).finalStatus()).toBe(486)
    expect(carrier.log()).not.toContain(`SAW INVITE +${BUSY}`)
    await bothHear(call)
    expect(await call.hangUp()).toBe(200)
    await talking.success()
    expect(await recordOf(account, ({ callType }) => callType === 'INBOUND')).toMatchObject({ callFlagType: 'ANSWERED', origCarrier: id.replace('trunk_', '') })
  }, 90_000)

  it('S3-17 S3-18: another host, login and status hold for the calls that come; those that are there go on where they are and end from there', async () => {
    const [old, moved] = [await trustedFreePorts(PORTS_EACH), await trustedFreePorts(PORTS_EACH)]
    const account = await tenant.createAccount()
    const [{ phone: ann }, { phone: ben }] = [await phoneOf(account, '4001'), await phoneOf(account, '4002')]
    const id = await makeTrunk(account, old, { type: 'peer', ping_interval: 0 })
    await change(id, { status: 'active' })
    const hold = [callee.isAskedAgain(), callee.answersAgain(200, describeAudio('recvonly', 2)), receive('ACK')]
    const first = sippAt(old, [callee.isCalled(), callee.answersTalk(), receive('ACK'), ...hold, wait(300), ...callee.hangsUp(1)])
    const call = await ann.call(FAR_AWAY, { toneHz: TONE })
    expect(await call.finalStatus()).toBe(200)
    await bothHear(call)
    expect(await change(id, { port: moved, username: 'new', password: 'another-password-1' })).toMatchObject({ port: moved, status: 'active' })
    const second = sippAt(moved, [callee.isCalled(), callee.answersTalk(), receive('ACK'), ...isHungUp])
    const other = await ben.call(FAR_AWAY, { toneHz: TONE })
    expect(await other.finalStatus()).toBe(200)
    await bothHear(call)
    expect((await change(id, { status: 'inactive' })).status).toBe('inactive')
    // The account has no carrier of its own then, and calls by those of the platform.
    expect(await (await ann.call(BUSY)).finalStatus()).toBe(486)
    await bothHear(other)
    expect(await other.hangUp()).toBe(200)
    await second.success()
    expect(await call.offer('sendonly')).toBe(200)
    await call.ended()
    await first.success()
    for (const { callId } of [call, other])
      expect(await recordOf(account, ({ sipCallIds }) => sipCallIds.includes(callId))).toMatchObject({
        ...{ callType: 'OUTBOUND', callFlagType: 'ANSWERED', termCarrier: id.replace('trunk_', '') },
      })
  }, 90_000)

  it('S3-12 S3-17: moved and renamed while it is registered: the old carrier is told goodbye with the old login, the new one has the new; a dead one holds nothing up', async () => {
    const [old, moved, user, other] = [await trustedFreePorts(PORTS_EACH), await trustedFreePorts(PORTS_EACH), unique('acme'), unique('other')]
    const [before, after] = [await carrierAt(old, user), await carrierAt(moved, other)]
    const account = await tenant.createAccount()
    const { phone, number } = await phoneOf(account, '4001')
    const id = await makeTrunk(account, old, { username: user, password: PASSWORD, register: true })
    await isRegistered(id)
    await change(id, { port: moved, username: other })
    await eventually('the registration at the new place', 25_000, () => (/SAW REGISTER .* expires=3600/.test(after.log()) ? true : undefined))
    expect(before.log()).toMatch(new RegExp(`SAW REGISTER .* to ${user} .* expires=0`))
    await isRegistered(id)
    const calling = await fromOutside(moved, number, [receive(486), caller.acknowledgesFirst(1)])
    ;(await phone.nextCall()).reject(486)
    await calling.success()
    // It dies; what was known of it says nothing of the next place.
    await after.kill9()
    carriers = carriers.filter((carrier) => carrier !== after)
    await eventually('the loss', 30_000, async () => ((await read(id)).registration?.state === 'failed' ? true : undefined))
    const movedAtMs = performance.now()
    await change(id, { port: old, username: user })
    await eventually('a call at the place before', 30_000, async () => {
      await (await phone.call(BUSY)).finalStatus()
      return before.log().includes(`SAW INVITE +${BUSY}`) ? true : undefined
    })
    expect(performance.now() - movedAtMs).toBeLessThan(10_000)
  }, 120_000)
})
