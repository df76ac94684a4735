import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { Platform } from './platform.ts'
import { Account, done, type Identified, type SipLogin, Tenant } from './tenant.ts'

const QUEUE = '4700'

interface Status {
  readonly callsWaiting: number
  readonly callbacksWaiting: number
}

let platform: Platform
let parties: TwoParties
let third: SipLogin
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  platform = await Platform.start()
  parties = await makeTwoParties(await Tenant.logIn(platform.address))
  third = await parties.account.createLine((await parties.account.createUser('4002')).userId)
})

afterAll(async () => {
  closePhones()
  await platform.discard()
})

async function openPhone(login: SipLogin): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(platform.address, login)
  phones.push(phone)
  await phone.register()
  return phone
}

function closePhones(): void {
  for (const phone of phones.splice(0)) phone.close()
}

/** The account, after whichever start. */
const account = async () => new Account(await Tenant.logIn(platform.address), parties.account.id)

describe('what users expect to be kept over kill -9', () => {
  it('S0-50: the place of who is to be called back; *69: who called last', { timeout: 90_000 }, async () => {
    const { http, path } = parties.account
    const agentId = parties.callee.userId
    const { id } = done(
      await http.post<Identified>(`${path}/call-queue`, { name: 'Support', extension: QUEUE, agents: [{ userId: agentId }], callbackEnabled: true }),
    )
    done(await http.put(`${path}/call-queue/${id}/agent/${agentId}`, { state: 'PAUSED' }))
    const [caller, other] = [await openPhone(parties.caller.login), await openPhone(third)]
    const ring = await caller.call('4002')
    await (await other.nextCall()).answer()
    expect(await ring.finalStatus()).toBe(200)
    await ring.hangUp()
    const waiting = await caller.call(QUEUE)
    expect(await waiting.finalStatus()).toBe(200)
    await waiting.media.press(waiting.final?.body ?? '', '1')
    await waiting.ended(20_000)
    const statusPath = `${path}/call-queue/${id}/status`
    expect(done(await http.get<Status>(statusPath))).toMatchObject({ callsWaiting: 0, callbacksWaiting: 1 })

    await platform.kill9()
    closePhones()
    await platform.start()

    const again = await account()
    expect(done(await again.http.get<Status>(statusPath))).toMatchObject({ callsWaiting: 0, callbacksWaiting: 1 })
    const [callerAgain, agentAgain, otherAgain] = [await openPhone(parties.caller.login), await openPhone(parties.callee.login), await openPhone(third)]
    const back = await otherAgain.call('*69')
    await (await callerAgain.nextCall()).answer()
    expect(await back.finalStatus(), '*69').toBe(200)
    await back.hangUp()
    done(await again.http.put(`${path}/call-queue/${id}/agent/${agentId}`, { state: 'AVAILABLE' }))
    await (await agentAgain.nextCall(15_000)).answer()
    const calledBack = await callerAgain.nextCall(15_000)
    await calledBack.answer()
    await eventually('the place to be given up', 5_000, async () => (done(await again.http.get<Status>(statusPath)).callbacksWaiting === 0 ? true : undefined))
    await calledBack.hangUp()
  })
})
