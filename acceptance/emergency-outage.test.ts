import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { CALLER_HZ, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { Platform } from './platform.ts'
import { Account, done, Tenant } from './tenant.ts'

/** What the sandbox PSTN plays into calls it makes. */
const SANDBOX_HZ = 1000

let platform: Platform
let tenant: Tenant
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  platform = await Platform.start()
  tenant = await Tenant.logIn(platform.address)
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

afterAll(async () => {
  await platform.discard()
})

interface Numbered extends TwoParties {
  readonly number: string
}

/** The caller wants no calls at all, and has a number. */
async function undisturbed(): Promise<Numbered> {
  const parties = await makeTwoParties(tenant)
  const { account, caller } = parties
  const number = await account.addNumber()
  await account.assignNumber(number, caller.userId)
  done(await account.http.patch(`${account.path}/user/${caller.userId}`, { callHandlingSettings: { doNotDisturbEnabled: true } }))
  return { ...parties, number }
}

async function phoneOf(parties: TwoParties): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(platform.address, parties.caller.login)
  phones.push(phone)
  return phone
}

async function helped(phone: ScriptedPhone, dialed = '911'): Promise<void> {
  const call = await phone.call(dialed)
  expect(await call.finalStatus()).toBe(200)
  expect(await call.hangUp()).toBe(200)
}

const callIn = async (to: string) => done(await tenant.http.post('/v2/sandbox/inbound-call', { from: '12125550911', to, seconds: 3 }))

describe('the PSAP calls back', () => {
  it('RFC 7090: a call to the callback number rings the phone that dialed 911, do not disturb or not, across a restart too; before, it does not', async () => {
    const parties = await undisturbed()
    const phone = await phoneOf(parties)
    expect((await phone.register()).startLine).toContain('200')
    await callIn(parties.number)
    await expect(phone.nextCall(1500)).rejects.toThrow('a call at')
    await helped(phone)
    await callIn(parties.number)
    const first = await phone.nextCall()
    await first.answer(CALLER_HZ)
    await first.ended()

    await platform.stop()
    await platform.start()
    tenant = await Tenant.logIn(platform.address)
    const again = await phoneOf(parties)
    expect((await again.register()).startLine).toContain('200')
    await callIn(parties.number)
    const second = await again.nextCall()
    await second.answer(CALLER_HZ)
    await second.ended()
  })

  it.skipIf(isAbsent('baresip'))('rings baresip, and both hear each other', async () => {
    const parties = await undisturbed()
    const phone = await Baresip.start(platform.address, parties.caller.login, { toneHz: CALLER_HZ, answer: 'auto' })
    try {
      await phone.registered()
      await phone.dial('sip:911@dialtone.local')
      await phone.saw('CALL_ESTABLISHED')
      await phone.hangUp()
      await phone.saw('CALL_CLOSED')
      const from = phone.events.length
      await callIn(parties.number)
      await phone.saw('CALL_ESTABLISHED', { from })
      await phone.saw('CALL_CLOSED', { from })
      expect(await phone.toneHeard([CALLER_HZ, SANDBOX_HZ, 440])).toBe(SANDBOX_HZ)
    } finally {
      await phone.stop()
    }
  })
})

/** The database as it is when its disk hangs: it is there, and answers nothing. */
function databaseProcesses(): readonly number[] {
  const postmaster = platform.databaseProcessId()
  if (postmaster === undefined) throw new Error('no database process')
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8')
  return [postmaster, ...children.split(' ').filter((text) => text !== '').map(Number)] // prettier-ignore
}

describe('while the database answers nothing', () => {
  it('C-58 S0-78: 911 and 933 are answered from memory; who has to know is told afterwards', async () => {
    const parties = await undisturbed()
    const account = new Account(tenant, parties.account.id)
    done(await tenant.http.post(`${account.path}/emergency-notification`, { emailRecipients: ['frontdesk@example.com'] }))
    const phone = await phoneOf(parties)
    expect((await phone.register()).startLine).toContain('200')
    const stopped = databaseProcesses()
    for (const id of stopped) process.kill(id, 'SIGSTOP')
    const asked = tenant.http.get(account.path).then(() => 'answered')
    try {
      await helped(phone, '911')
      await helped(phone, '933')
      expect(await Promise.race([asked, pause(50).then(() => 'waits for the database')])).toBe('waits for the database')
    } finally {
      for (const id of stopped) process.kill(id, 'SIGCONT')
    }
    expect(await asked).toBe('answered')
    const events = await eventually('both notifications', 20_000, async () => {
      const found = done(await tenant.http.get<readonly { triggerType: string; status: string }[]>(`${account.path}/emergency-notifications/events`))
      return found.length >= 2 ? found : undefined
    })
    expect(new Map(events.map(({ triggerType, status }) => [triggerType, status]))).toEqual(
      new Map([
        ['EMERGENCY_CALL', 'SENT'],
        ['EMERGENCY_TEST_CALL', 'SENT'],
      ]),
    )
    const received = done(await tenant.http.get<readonly { service: string; callbackNumber?: string; location?: unknown }[]>('/v2/sandbox/psap-calls'))
    const ours = received.filter((call) => call.callbackNumber === parties.number)
    expect(ours.map(({ service, location }) => [service, location !== undefined])).toEqual([
      ['911', true],
      ['933', true],
    ])
  })
})
