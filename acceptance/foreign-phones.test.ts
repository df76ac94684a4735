import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { type Account, done, type Person, type SipLogin, Tenant, unique } from './tenant.ts'

const platform = inject('platform')
/** The victim has these, and the intruder has nothing under such names. */
const [EXTENSION, SPOT, ROOM, GROUP, QUEUE] = ['4710', '4771', '4772', '4773', '4774'] as const
/** Nobody has them. */
const NOBODYS = ['4790', '4791', '4792', '4793', '4794'] as const
/** The digits before an extension that lead to its voicemail box. */
const VOICEMAIL = '*55'

type Owner = Person & { readonly login: SipLogin }

let victim: Owner
let intruder: ScriptedPhone
let watched: ScriptedPhone

beforeAll(async () => {
  const owner = await Tenant.logIn()
  const [attacked, attacking] = [await partitionOf(owner, 'attacked'), await partitionOf(owner, 'attacking')]
  const account = await attacked.createAccount()
  victim = await personOf(account, EXTENSION)
  const make = async (path: string, body: object) => done(await account.http.post<{ id: string }>(`${account.path}/${path}`, body))
  await make('callpark', { name: 'Lobby', spotNumber: SPOT })
  await make('conference-room', { name: 'Room', extension: ROOM })
  const group = await make('group', { name: 'All', type: 'USER', memberIds: [victim.userId] })
  await make('grouppaging', { name: 'Paging', type: 'STANDARD', extension: GROUP, groupIds: [group.id] })
  await make('call-queue', { name: 'Queue', extension: QUEUE, agents: [{ userId: victim.userId }] })
  watched = await ScriptedPhone.open(platform, victim.login)
  expect(statusOf(await watched.register())).toBe(200)
  intruder = await ScriptedPhone.open(platform, (await personOf(await attacking.createAccount(), '4000')).login)
  expect(statusOf(await intruder.register())).toBe(200)
})
afterAll(() => {
  watched.close()
  intruder.close()
})

async function partitionOf(owner: Tenant, name: string): Promise<Tenant> {
  const manager = { username: `${unique(name)}@example.com`, password: 'Correct-Horse-7-Battery', firstName: name, lastName: 'Operator' }
  done(await owner.http.post(`${owner.path}/partition`, { name: unique(name), manager }))
  return Tenant.logIn({ ...platform, username: manager.username, password: manager.password })
}

async function personOf(account: Account, extension: string): Promise<Owner> {
  const person = await account.createUser(extension, {}, 'kept')
  return { ...person, login: await account.createLine(person.userId) }
}

/** A SIP user name of the same form as the victim's, and nobody's. */
const nobodysName = (): string => `${victim.login.sipUsername.slice(0, -6)}${randomInt(100_000, 999_999)}`

/** How a call of the intruder ends: every status but 100, which comes or does not by how long it takes. */
async function dialed(target: string, phone = intruder): Promise<readonly number[]> {
  const call = await phone.call(target)
  try {
    await call.finalStatus()
    return call.statuses.filter((status) => status !== 100)
  } finally {
    if (call.final !== undefined && statusOf(call.final) === 200) await call.hangUp()
    call.close()
  }
}

async function subscribed(target: string, event: string, accept: string): Promise<number | undefined> {
  const headers = [['Contact', intruder.contact], ['Event', event], ['Accept', accept], ['Expires', '60']] as const // prettier-ignore
  return statusOf(await intruder.request('SUBSCRIBE', `sip:${target}@dialtone.local`, target, headers))
}

describe('S0-02: a phone of one tenant, at what another one has, hears what it hears of what nobody has', () => {
  it.each([
    ['an extension', () => [EXTENSION, NOBODYS[0]]],
    ['the voicemail box of an extension', () => [`${VOICEMAIL}${EXTENSION}`, `${VOICEMAIL}${NOBODYS[0]}`]],
    ['a parking spot', () => [SPOT, NOBODYS[1]]],
    ['a conference room', () => [ROOM, NOBODYS[2]]],
    ['a paging group', () => [GROUP, NOBODYS[3]]],
    ['a queue', () => [QUEUE, NOBODYS[4]]],
    ['the SIP user name of a line', () => [victim.login.sipUsername, nobodysName()]],
    ['the id of a line', () => [victim.login.lineId, 'nobody-at-all']],
  ] as const)('calling %s', async (_what, targets) => {
    const [theirs = '', nobodys = ''] = targets()
    const [ofVictim, ofNobody] = [await dialed(theirs), await dialed(nobodys)]
    expect(ofVictim).toEqual(ofNobody)
    expect(ofVictim.at(-1)).toBeGreaterThanOrEqual(400)
  })

  it.each([
    ['dialog', 'application/dialog-info+xml'],
    ['presence', 'application/pidf+xml'],
    ['message-summary', 'application/simple-message-summary'],
  ])('asking to be told of its %s', async (event, accept) => {
    for (const [theirs, nobodys] of [
      [EXTENSION, NOBODYS[0]],
      [victim.login.sipUsername, nobodysName()],
    ] as const)
      // prettier-ignore
      expect(await subscribed(theirs, event, accept), theirs).toBe(await subscribed(nobodys, event, accept))
    expect(JSON.stringify(intruder.notifies)).not.toContain(victim.login.sipUsername)
  })

  it('while its own people reach it', async () => {
    for (const target of [ROOM, `${VOICEMAIL}${EXTENSION}`]) expect((await dialed(target, watched)).at(-1), target).toBe(200)
    const headers = [['Contact', watched.contact], ['Event', 'message-summary'], ['Accept', 'application/simple-message-summary'], ['Expires', '60']] as const // prettier-ignore
    expect(statusOf(await watched.request('SUBSCRIBE', `sip:${EXTENSION}@dialtone.local`, EXTENSION, headers))).toBe(200)
  })

  it('and the phone of the other one has rung at no time', async () => {
    await expect(watched.nextCall(500)).rejects.toThrow('a call at')
  })
})
