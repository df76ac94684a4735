import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import type { Baresip } from './phones/baresip.ts'
import type { IncomingPhoneCall } from './phones/phone-call.ts'
import { PhoneRack } from './phones/phone-rack.ts'
import { isAbsent } from './phones/program-present.ts'
import { type Account, done, type Identified, type SipLogin, Tenant } from './tenant.ts'

const TONES_HZ = [440, 620, 1000] as const
const [PLAIN_HZ, SECURE_HZ, OTHER_HZ] = TONES_HZ
const ROOM = '7000'
const PAGE = '4900'

let tenant: Tenant
const phones = new PhoneRack(() => tenant.platform)

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(() => phones.takeDown())

interface House {
  readonly account: Account
  readonly userIds: readonly string[]
  readonly logins: readonly SipLogin[]
}

/** Three users at 4000, 4001 and 4002. */
async function makeHouse(): Promise<House> {
  const account = await tenant.createAccount()
  const [userIds, logins]: [string[], SipLogin[]] = [[], []]
  for (const extension of ['4000', '4001', '4002']) {
    const { userId } = await account.createUser(extension)
    userIds.push(userId)
    logins.push(await account.createLine(userId))
  }
  return { account, userIds, logins }
}

function loginOf({ logins }: House, index: number): SipLogin {
  const login = logins[index]
  if (login === undefined) throw new Error('no login')
  return login
}

/** A phone that speaks SRTP and nothing else. */
function secretive(house: House, index: number, toneHz: number = SECURE_HZ, answer: 'auto' | 'manual' = 'auto'): Promise<Baresip> {
  return phones.baresip(loginOf(house, index), toneHz, { srtp: 'demanded', answer })
}

async function hears(call: Pick<IncomingPhoneCall, 'media'>, tonesHz: readonly number[]): Promise<void> {
  const heard = (): readonly number[] => call.media?.tonesHeard(TONES_HZ) ?? []
  await eventually(
    () => `to hear ${tonesHz.join(' and ')} Hz, not ${heard().join(' and ')}`,
    10_000,
    () => (JSON.stringify(heard()) === JSON.stringify(tonesHz) ? true : undefined),
  )
}

describe.skipIf(isAbsent('baresip'))('a phone that speaks SRTP alone (RFC 4568) has all that others have', () => {
  it('is called by a phone that speaks RTP', async () => {
    const house = await makeHouse()
    const callee = await secretive(house, 1)
    const caller = await phones.scripted(loginOf(house, 0))
    const call = await caller.call('4001', { toneHz: PLAIN_HZ })
    expect(await call.finalStatus()).toBe(200)
    await hears(call, [SECURE_HZ])
    await pause(1_000)
    expect(await call.hangUp()).toBe(200)
    await callee.saw('CALL_CLOSED')
    expect(callee.lastTonesHeard(TONES_HZ)).toEqual([PLAIN_HZ])
  })

  it('meets others in a conference room', async () => {
    const house = await makeHouse()
    done(await house.account.http.post(`${house.account.path}/conference-room`, { name: 'Monday', extension: ROOM }))
    const secure = await secretive(house, 0)
    await secure.dial(`sip:${ROOM}@dialtone.local`)
    await secure.saw('CALL_ESTABLISHED')
    const other = await phones.scripted(loginOf(house, 1))
    const call = await other.call(ROOM, { toneHz: PLAIN_HZ })
    await hears(call, [SECURE_HZ])
    await pause(1_500)
    await secure.hangUp()
    await hears(call, [])
    expect(await call.hangUp()).toBe(200)
    expect(secure.lastTonesHeard(TONES_HZ)).toEqual([PLAIN_HZ])
  })

  it('is listened to, and listens', async () => {
    const house = await makeHouse()
    const { account } = house
    done(await account.http.put(`${account.path}/call-supervision`, { enabled: true, notice: 'TONE' }))
    const [agent, supervisor] = [await secretive(house, 1), await secretive(house, 2, OTHER_HZ)]
    const customer = await (await phones.scripted(loginOf(house, 0))).call('4001', { toneHz: PLAIN_HZ })
    expect(await customer.finalStatus()).toBe(200)
    await hears(customer, [SECURE_HZ])
    const live = done(await account.http.get<{ results: readonly { id: string }[] }>(`${account.path}/calls`))
    done(await account.http.post(`${account.path}/calls/${live.results[0]?.id ?? ''}/supervise`, { supervisor: '4002', mode: 'BARGE' }))
    await supervisor.saw('CALL_ESTABLISHED')
    await hears(customer, [SECURE_HZ, OTHER_HZ])
    await pause(1_500)
    expect(await customer.hangUp()).toBe(200)
    await Promise.all([agent.saw('CALL_CLOSED'), supervisor.saw('CALL_CLOSED')])
    expect([agent.lastTonesHeard(TONES_HZ), supervisor.lastTonesHeard(TONES_HZ)]).toEqual([
      [PLAIN_HZ, OTHER_HZ],
      [PLAIN_HZ, SECURE_HZ],
    ])
  })

  it('is paged', async () => {
    const house = await makeHouse()
    const { account } = house
    const memberIds = [loginOf(house, 1).lineId]
    const group = done(await account.http.post<Identified>(`${account.path}/group`, { name: 'Phones', type: 'DEVICE', subType: 'PAGING_DEVICE', memberIds }))
    done(await account.http.post(`${account.path}/grouppaging`, { name: 'All', type: 'STANDARD', extension: PAGE, groupIds: [group.id] }))
    const secure = await secretive(house, 1)
    const call = await (await phones.scripted(loginOf(house, 0))).call(PAGE, { toneHz: PLAIN_HZ })
    await secure.saw('CALL_ESTABLISHED')
    await pause(2_500)
    expect(await call.hangUp()).toBe(200)
    await secure.saw('CALL_CLOSED')
    expect(secure.lastTonesHeard(TONES_HZ)).toEqual([PLAIN_HZ])
  })

  it('is asked to press 1 before a call is put through to it', async () => {
    const house = await makeHouse()
    const { account, userIds } = house
    const findMeFollowMeCallHandling = { findMeEndpoints: [{ toNumber: '4002', timeout: 15, confirmAnswer: true }], timeoutType: 'Busy' }
    const callHandlingSettings = { callHandlingOptionType: 'FindMeFollowMe', findMeFollowMeCallHandling }
    done(await account.http.patch(`${account.path}/user/${userIds[1] ?? ''}`, { callHandlingSettings }))
    const secure = await secretive(house, 2)
    const call = await (await phones.scripted(loginOf(house, 0))).call('4001', { toneHz: PLAIN_HZ })
    await secure.saw('CALL_ESTABLISHED')
    await pause(1_500)
    expect(call.final).toBeUndefined()
    await secure.command('sndcode', '1')
    expect(await call.finalStatus()).toBe(200)
    await hears(call, [SECURE_HZ])
    await pause(1_000)
    expect(await call.hangUp()).toBe(200)
    await secure.saw('CALL_CLOSED')
    expect(secure.lastTonesHeard(TONES_HZ)).toEqual([PLAIN_HZ])
  })

  it('is called back when a call was made for it', async () => {
    const house = await makeHouse()
    const { account } = house
    const secure = await secretive(house, 1)
    const other = await phones.scripted(loginOf(house, 0))
    done(await account.http.post(`${account.path}/calls`, { from: house.userIds[1], to: '4000' }))
    await secure.saw('CALL_ESTABLISHED')
    const call = await other.nextCall()
    await call.answer(PLAIN_HZ)
    await hears(call, [SECURE_HZ])
    await pause(1_000)
    await secure.hangUp()
    await call.ended()
    expect(secure.lastTonesHeard(TONES_HZ)).toEqual([PLAIN_HZ])
  })
})
