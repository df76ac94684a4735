import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectRecords } from './call-records.ts'
import { eventually, pause } from './eventually.ts'
import type { OutgoingPhoneCall } from './phones/phone-call.ts'
import { PhoneRack } from './phones/phone-rack.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { type CallRecord, done, type Identified } from './tenant.ts'

const QUEUE = '4100'
const OTHER_QUEUE = '4101'
const BOXED = '4005'
const SPOT = '701'
/** Answers, and is heard at 440 Hz. */
const PSTN = '12125550105'
const WAITS_MS = 4_000

let parties: TwoParties
const phones = new PhoneRack(() => parties.server)

/** Of each test: its records are its own. */
async function furnish(): Promise<void> {
  parties = await makeTwoParties()
  const { http, path } = parties.account
  // An agent without a phone: who calls the queue waits.
  const nobody = await parties.account.createUser('4009')
  await parties.account.createLine(nobody.userId)
  await parties.account.createUser(BOXED, {}, 'kept')
  done(await http.post(`${path}/call-queue`, { name: 'Support', extension: QUEUE, agents: [{ userId: nobody.userId }] }))
  done(await http.post(`${path}/call-queue`, { name: 'Sales', extension: OTHER_QUEUE, agents: [{ userId: parties.callee.userId }] }))
  done(await http.post(`${path}/callpark`, { name: 'Lobby', spotNumber: SPOT }))
}

beforeAll(furnish)
afterEach(async () => {
  await phones.takeDown()
  await furnish()
})

async function sendOn(to: string, transferee?: string) {
  const { http, path } = parties.account
  const { results } = done(await http.get<{ results: readonly Identified[] }>(`${path}/calls`))
  const body = { to, ...(transferee === undefined ? {} : { transferee }) }
  return http.post<{ id: string; errorCode: string; data?: unknown }>(`${path}/calls/${results[0]?.id ?? ''}/transfer`, body)
}

async function waiting(): Promise<OutgoingPhoneCall> {
  const caller = await phones.scripted(parties.caller.login)
  const call = await caller.call(QUEUE, { toneHz: CALLER_HZ })
  expect(await call.finalStatus()).toBe(200)
  await pause(WAITS_MS)
  return call
}

const hears = (what: string, media: { toneHeard(candidates: readonly number[]): number | undefined } | undefined, toneHz: number) =>
  eventually(what, 8_000, () => (media?.toneHeard(TONES_HZ) === toneHz ? true : undefined))

const secondsOf = ({ actualCallLengthSeconds }: CallRecord): number => actualCallLengthSeconds

describe('a caller who waits in a queue is sent on by the interface (POST …/calls/{id}/transfer)', () => {
  it('to an extension: he waits until it answers; both are heard, in one record', async () => {
    const agent = await phones.scripted(parties.callee.login)
    const call = await waiting()
    const sent = await sendOn(parties.callee.extension)
    expect(sent.status, sent.text).toBe(202)
    const ringing = await agent.nextCall()
    await pause(1_000)
    expect(call.endedBy).toBeUndefined()
    await ringing.answer(CALLEE_HZ)
    await hears('the caller at the target', ringing.media, CALLER_HZ)
    await hears('the target at the caller', call.media, CALLEE_HZ)
    expect(await call.hangUp()).toBe(200)
    await ringing.ended()
    await expectRecords(parties.account, ['ANSWERED'])
  })

  it('to a number outside, which is paid from its answer on; the leg is a record of its own', async () => {
    const call = await waiting()
    expect((await sendOn(PSTN)).status).toBe(202)
    await hears('the number at the caller', call.media, PSTN_HZ)
    await call.hangUp()
    const records = await expectRecords(parties.account, ['ANSWERED', 'FORWARDED'])
    const [own, forward] = [records.find(({ legType }) => legType !== 'Forward'), records.find(({ legType }) => legType === 'Forward')]
    expect(forward).toMatchObject({ dialedNumber: PSTN, rateType: expect.stringMatching(/./) })
    if (own === undefined || forward === undefined) throw new Error('not two legs')
    expect(secondsOf(own) - secondsOf(forward)).toBeGreaterThanOrEqual(WAITS_MS / 1000 - 1)
  })

  it('to the voicemail of an extension, and to another queue, where he gets the agent', async () => {
    const call = await waiting()
    const sent = await sendOn(`*55${BOXED}`)
    expect(sent.status, sent.text).toBe(202)
    const { http, path } = parties.account
    interface Traced {
      readonly decisions: readonly { readonly result: { readonly kind: string; readonly service?: { readonly kind: string } } }[]
    }
    const kinds = async (): Promise<readonly (string | undefined)[]> =>
      done(await http.get<Traced>(`${path}/calls/${sent.body.id}/trace`)).decisions.map(({ result }) => result.service?.kind)
    expect((await kinds()).at(-1)).toBe('voicemail-deposit')
    const agent = await phones.scripted(parties.callee.login)
    expect((await sendOn(OTHER_QUEUE)).status).toBe(202)
    const ringing = await agent.nextCall(10_000)
    await ringing.answer(CALLEE_HZ)
    await hears('the caller at the agent', ringing.media, CALLER_HZ)
    await call.hangUp()
    await expectRecords(parties.account, ['ANSWERED'])
  })

  it('not to nobody: he keeps his place, and the reason is told; who is busy leaves him there too', async () => {
    const agent = await phones.scripted(parties.callee.login)
    const call = await waiting()
    expect((await sendOn('4999')).body).toMatchObject({ errorCode: 'CallRefused', data: { code: 'UnknownNumber' } })
    expect((await sendOn('911')).body.errorCode).toBe('EmergencyDialed')
    expect((await sendOn(parties.callee.extension)).status).toBe(202)
    const busy = await agent.nextCall()
    busy.reject(486)
    await pause(1_500)
    expect(call.endedBy).toBeUndefined()
    expect((await sendOn(parties.callee.extension)).status).toBe(202)
    const ringing = await agent.nextCall()
    await ringing.answer(CALLEE_HZ)
    await hears('the caller at the target', ringing.media, CALLER_HZ)
    await call.hangUp()
    await expectRecords(parties.account, ['ANSWERED'])
  })
})

describe('a caller who is parked', () => {
  it('is sent on from there: the target and he hear each other', async () => {
    const third = await parties.account.createUser('4002')
    const target = await phones.scripted(await parties.account.createLine(third.userId))
    const [caller, callee] = [await phones.scripted(parties.caller.login), await phones.scripted(parties.callee.login)]
    const call = await caller.call(parties.callee.extension, { toneHz: CALLER_HZ })
    const answered = await callee.nextCall()
    await answered.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    expect((await sendOn(SPOT)).status).toBe(202)
    await answered.ended()
    const sent = await eventually('he waits', 5_000, async () => {
      const tried = await sendOn('4002')
      return tried.status === 202 ? tried : undefined
    })
    expect(sent.body.id).toMatch(/./)
    const ringing = await target.nextCall()
    await ringing.answer(PSTN_HZ)
    await hears('the caller at the target', ringing.media, CALLER_HZ)
    await hears('the target at the caller', call.media, PSTN_HZ)
    await call.hangUp()
    await ringing.ended()
    await expectRecords(parties.account, ['ANSWERED', 'ANSWERED'])
  })
})
