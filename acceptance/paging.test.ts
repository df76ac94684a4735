import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectRecords } from './call-records.ts'
import { eventually, pause } from './eventually.ts'
import type { IncomingPhoneCall } from './phones/phone-call.ts'
import { PhoneRack } from './phones/phone-rack.ts'
import { isAbsent } from './phones/program-present.ts'
import type { ScriptedPhone } from './phones/scripted-phone.ts'
import { valueOf } from './phones/sip-text.ts'
import { type Account, done, type Identified, type SipLogin, Tenant } from './tenant.ts'

/** The one who speaks, and the phones. */
const TONES_HZ = [440, 620, 1000, 1700] as const
const [PAGER_HZ, HALL_HZ, DESK_HZ, THIRD_HZ] = TONES_HZ
/** Tells all that the page is live. */
const LIVE_HZ = 1400

type PageType = 'STANDARD' | 'PRIORITY' | 'EMERGENCY'

let tenant: Tenant
const phones = new PhoneRack(() => tenant.platform)

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(() => phones.takeDown())

interface House {
  readonly account: Account
  readonly logins: readonly SipLogin[]
}

/** An account with a pager at 4000 and so many phones, all of which the extensions page: STANDARD 4900, PRIORITY 4901, EMERGENCY 4902. */
async function makeHouse(many: number): Promise<House> {
  const account = await tenant.createAccount()
  const logins: SipLogin[] = []
  for (let index = 0; index <= many; index++) logins.push(await account.createLine((await account.createUser(String(4000 + index))).userId))
  const memberIds = logins.slice(1).map(({ lineId }) => lineId)
  const group = done(await account.http.post<Identified>(`${account.path}/group`, { name: 'Phones', type: 'DEVICE', subType: 'PAGING_DEVICE', memberIds }))
  const types: readonly PageType[] = ['STANDARD', 'PRIORITY', 'EMERGENCY']
  for (const [index, type] of types.entries())
    done(await account.http.post(`${account.path}/grouppaging`, { name: type, type, extension: String(4900 + index), groupIds: [group.id] }))
  return { account, logins }
}

async function phoneOf(login: SipLogin | undefined): Promise<ScriptedPhone> {
  if (login === undefined) throw new Error('no login')
  return phones.scripted(login)
}

/** The page that comes to a phone, answered as a phone does by itself. */
async function takePage(phone: ScriptedPhone, toneHz: number): Promise<IncomingPhoneCall> {
  const page = await phone.nextCall()
  await page.answer(toneHz)
  return page
}

async function hears(call: Pick<IncomingPhoneCall, 'media'>, tonesHz: readonly number[]): Promise<void> {
  const heard = (): readonly number[] => call.media?.tonesHeard(TONES_HZ) ?? []
  await eventually(
    () => `to hear ${tonesHz.join(' and ')} Hz, not ${heard().join(' and ')}`,
    10_000,
    () => (JSON.stringify(heard()) === JSON.stringify(tonesHz) ? true : undefined),
  )
}

async function comesNoCall(phone: ScriptedPhone): Promise<void> {
  expect(await phone.nextCall(2_000).catch(() => 'none')).toBe('none')
}

describe('a paging extension (S0-49)', () => {
  it.skipIf(isAbsent('baresip'))('lets every phone hear who speaks, and nobody else: phones answer by themselves, and are hung up with the pager', async () => {
    const { account, logins } = await makeHouse(3)
    const [pager, hall, late] = [await phoneOf(logins[0]), await phoneOf(logins[1]), await phoneOf(logins[3])]
    const desk = await phones.baresip(logins[2] ?? { sipUsername: '', sipPassword: '' }, DESK_HZ, { answer: 'auto' })
    const call = await pager.call('4900', { toneHz: PAGER_HZ })
    const page = await takePage(hall, HALL_HZ)
    expect(valueOf(page.invite, 'call-info')).toContain(';answer-after=0')
    expect(valueOf(page.invite, 'alert-info')).toContain('info=alert-autoanswer')
    expect(valueOf(page.invite, 'answer-mode')).toBe('Auto')
    const unanswered = await late.nextCall()
    unanswered.ring()
    expect(await call.finalStatus()).toBe(200)
    await hears(page, [PAGER_HZ])
    await eventually('both to have heard that the page is live', 3_000, () => (call.media.heardOnce(LIVE_HZ) && page.media?.heardOnce(LIVE_HZ)) || undefined)
    // One way: who speaks hears nobody, and the phones do not hear each other.
    await hears(call, [])
    await unanswered.cancelled(8_000)
    await pause(1_000)
    expect(page.media?.tonesHeard(TONES_HZ)).toEqual([PAGER_HZ])
    expect(await call.hangUp()).toBe(200)
    await page.ended()
    await desk.saw('CALL_CLOSED')
    expect(desk.lastTonesHeard(TONES_HZ)).toEqual([PAGER_HZ])
    const [record] = await expectRecords(account, ['ANSWERED'])
    expect(record).toMatchObject({ dialedNumber: '4900', origNumber: '4000', termCallCategory: 'OnNet', cost: 0 })
  })

  it('STANDARD passes over a phone in a call, EMERGENCY breaks in beside it', async () => {
    const { account, logins } = await makeHouse(3)
    const [pager, hall, desk, third] = [await phoneOf(logins[0]), await phoneOf(logins[1]), await phoneOf(logins[2]), await phoneOf(logins[3])]
    const talk = await third.call('4002', { toneHz: THIRD_HZ })
    const talkAtDesk = await desk.nextCall()
    await talkAtDesk.answer(DESK_HZ)
    expect(await talk.finalStatus()).toBe(200)
    const standard = await pager.call('4900', { toneHz: PAGER_HZ })
    const page = await takePage(hall, HALL_HZ)
    await hears(page, [PAGER_HZ])
    await comesNoCall(desk)
    expect(await standard.hangUp()).toBe(200)
    await page.ended()
    const emergency = await pager.call('4902', { toneHz: PAGER_HZ })
    const pages = [await takePage(hall, HALL_HZ), await takePage(desk, DESK_HZ), await takePage(third, THIRD_HZ)]
    for (const each of pages) await hears(each, [PAGER_HZ])
    expect(valueOf(pages[1]?.invite ?? page.invite, 'priv-answer-mode')).toBe('Auto')
    expect(valueOf(pages[1]?.invite ?? page.invite, 'priority')).toBe('emergency')
    // The call itself goes on beside it.
    await hears(talkAtDesk, [THIRD_HZ])
    expect(await emergency.hangUp()).toBe(200)
    for (const each of pages) await each.ended()
    expect(await talk.hangUp()).toBe(200)
    await expectRecords(account, ['ANSWERED', 'ANSWERED', 'ANSWERED'])
  })

  it('a phone hears one page at a time: PRIORITY takes it from STANDARD, a second STANDARD is busy', async () => {
    const { account, logins } = await makeHouse(2)
    const [pager, hall, desk] = [await phoneOf(logins[0]), await phoneOf(logins[1]), await phoneOf(logins[2])]
    await desk.unregister()
    const standard = await pager.call('4900', { toneHz: PAGER_HZ })
    const first = await takePage(hall, HALL_HZ)
    await hears(first, [PAGER_HZ])
    await desk.register()
    const again = await desk.call('4900')
    expect(await again.finalStatus()).toBe(486)
    const priority = await desk.call('4901', { toneHz: DESK_HZ })
    await first.ended()
    const second = await takePage(hall, HALL_HZ)
    await hears(second, [DESK_HZ])
    // Nobody is left whom the first one could speak to.
    await standard.ended()
    expect(await priority.hangUp()).toBe(200)
    await second.ended()
    await expectRecords(account, ['ANSWERED', 'ANSWERED', 'BUSY'])
  })

  it('without a phone that answers the pager is told, and the trace tells of each phone', async () => {
    const { account, logins } = await makeHouse(1)
    const [pager, hall] = [await phoneOf(logins[0]), await phoneOf(logins[1])]
    const call = await pager.call('4900')
    const ringing = await hall.nextCall()
    ringing.ring()
    expect(await call.finalStatus()).toBe(200)
    await ringing.cancelled(8_000)
    await call.ended(15_000)
    const [record] = await expectRecords(account, ['ANSWERED'])
    const trace = done(
      await account.http.get<{ events: readonly { type: string; detail: Readonly<Record<string, unknown>> }[] }>(
        `${account.path}/calls/${record?.sessionId ?? ''}/trace`,
      ),
    )
    const paged = trace.events.filter(({ type }) => type === 'paged').map(({ detail }) => detail)
    expect(paged).toMatchObject([{ lineId: logins[1]?.lineId, outcome: 'not answered' }])
  })
})
