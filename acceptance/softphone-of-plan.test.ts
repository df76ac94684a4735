import { afterEach, beforeEach, expect, it } from 'vitest'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done } from './tenant.ts'

interface Softphone {
  readonly status: string
  readonly deviceTypeId: string
  readonly isRegistered: boolean
}
interface SoftphoneLogin {
  readonly sipUsername: string
  readonly sipPassword: string
}

let parties: TwoParties
const phones: ScriptedPhone[] = []

beforeEach(async () => {
  parties = await makeTwoParties()
})
afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

async function open(login: SoftphoneLogin, transport: 'udp' | 'ws'): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(parties.server, login, { transport })
  phones.push(phone)
  return phone
}

it.each(['ADVANCED', 'PROFESSIONAL'])(
  'S1-96: with the %s plan a user has the app without a device: it registers, rings with his desk phone, calls as he, and goes with the plan',
  async (userProductPlan) => {
    const { account, callee } = parties
    const user = `${account.path}/user/${callee.userId}`
    const app = async () => done(await account.http.get<Softphone>(`${user}/softphone`))
    const devices = async () => done(await account.http.get<{ devices: readonly unknown[] }>(user)).devices.length
    expect(await app()).toMatchObject({ status: 'NOT_INCLUDED' })
    expect((await account.http.post(`${user}/softphone/credentials`, {})).status).toBe(400)
    const emailAddress = `${callee.userId}@example.com`
    done(await account.http.patch(user, { userProductPlan, username: emailAddress, emailAddress }))
    expect(await app()).toMatchObject({ status: 'APPLIED', deviceTypeId: 'CCSoftphone', isRegistered: false })
    // His desk phone is his only device.
    expect(await devices()).toBe(1)

    const login = done(await account.http.post<SoftphoneLogin>(`${user}/softphone/credentials`, {}))
    const [caller, desk, softphone] = [await open(parties.caller.login, 'udp'), await open(callee.login, 'udp'), await open(login, 'ws')]
    for (const phone of [caller, desk, softphone]) expect(statusOf(await phone.register())).toBe(200)
    expect(await app()).toMatchObject({ isRegistered: true })
    const call = await caller.call(callee.extension)
    const [atDesk, atApp] = await Promise.all([desk.nextCall(), softphone.nextCall()])
    atDesk.ring()
    await atApp.answer()
    expect(await call.finalStatus()).toBe(200)
    await atDesk.cancelled()
    await call.hangUp()
    // And it calls as its user.
    const outgoing = await softphone.call(parties.caller.extension)
    const ringing = await caller.nextCall()
    expect(ringing.from).toContain(callee.extension)
    ringing.reject(486)
    expect(await outgoing.finalStatus()).toBe(486)

    done(await account.http.patch(user, { userProductPlan: 'STANDARD' }))
    expect(await app()).toMatchObject({ status: 'NOT_INCLUDED', isRegistered: false })
    expect(statusOf(await softphone.register())).toBe(401)
  },
)
