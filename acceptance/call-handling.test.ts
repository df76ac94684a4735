import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { recordOf } from './call-records.ts'
import { pause } from './eventually.ts'
import { hear } from './phones/hear.ts'
import { PhoneRack } from './phones/phone-rack.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, type TwoParties } from './phones/two-parties.ts'
import { done, type Person, type SipLogin } from './tenant.ts'

/** Answers, and is heard at 440 Hz. */
const SINGING = '12125550105'
/** Rings for ever. */
const RINGING = '12125550101'
const BUSY = '12125550100'

let parties: TwoParties
let third: Person & { readonly login: SipLogin }
const rack = new PhoneRack(() => parties.server)
const phoneOf = (login: SipLogin) => rack.scripted(login)

beforeAll(async () => {
  parties = await makeTwoParties()
  const person = await parties.account.createUser('4002')
  third = { ...person, login: await parties.account.createLine(person.userId) }
})

afterEach(() => rack.signOff())

const ring20 = { type: 'Busy', timeout: 20 }
const plainPhone = { busyCallHandling: { type: 'Busy' }, noAnswerCallHandling: ring20, unregisteredCallHandling: { type: 'Busy' } }

/** The callee's settings, all of them. */
async function calleeHandles(settings: Readonly<Record<string, unknown>>): Promise<void> {
  const callHandlingSettings = {
    callHandlingOptionType: 'RingPhone',
    doNotDisturbEnabled: false,
    callWaitingEnabled: true,
    ringPhoneCallHandling: plainPhone,
    ...settings,
  }
  done(await parties.account.http.patch(`${parties.account.path}/user/${parties.callee.userId}`, { callHandlingSettings }))
}

const dialCallee = async () => {
  const caller = await phoneOf(parties.caller.login)
  return caller.call(parties.callee.extension, { toneHz: CALLER_HZ })
}

describe('simultaneous ring', () => {
  // A merge patch keeps what it does not name.
  const noNumbers = { forwardToNumberList: null, forwardToTimedNumberList: null }
  const together = (more: Readonly<Record<string, unknown>>) =>
    calleeHandles({ callHandlingOptionType: 'SimultaneousRing', simultaneousRingCallHandling: { ...noNumbers, noAnswerCallHandling: ring20, ...more } })

  it('S1-16 S1-58: the own phone, a colleague and the world ring; the own phone answers first and the others stop', async () => {
    await together({ forwardToNumberList: [third.extension, RINGING] })
    const [own, colleague] = [await phoneOf(parties.callee.login), await phoneOf(third.login)]
    const call = await dialCallee()
    const [atOwn, atColleague] = await Promise.all([own.nextCall(), colleague.nextCall()])
    atOwn.ring()
    atColleague.ring()
    await atOwn.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    await atColleague.cancelled()
    await hear([call.media, CALLEE_HZ], [atOwn.media, CALLER_HZ])
    await call.hangUp()
    await atOwn.ended()
    const record = await recordOf(parties.account, call.callId)
    expect(record).toMatchObject({ callFlagType: 'ANSWERED', termCallCategory: 'OnNet', termNumber: parties.callee.extension })
  })

  it('S1-58: a number that is called a second later answers; the phone stops ringing, and the record says who answered', async () => {
    await together({ forwardToTimedNumberList: [{ toNumber: SINGING, ringDelay: 1, ringDuration: 15 }] })
    const own = await phoneOf(parties.callee.login)
    const call = await dialCallee()
    const ringing = await own.nextCall()
    ringing.ring()
    expect(call.statuses).not.toContain(200)
    await ringing.cancelled()
    expect(await call.finalStatus()).toBe(200)
    await hear([call.media, PSTN_HZ])
    await call.hangUp()
    const record = await recordOf(parties.account, call.callId, 'Forward')
    expect(record).toMatchObject({ termCallCategory: 'OffNet', callFlagType: 'ANSWERED' })
    expect(record.termNumber).toContain(SINGING.slice(1))
    expect(await recordOf(parties.account, call.callId)).toMatchObject({ callFlagType: 'FORWARDED', termNumber: parties.callee.extension })
  })

  it('S1-58: a busy number ends the ringing when it is not to continue on busy, and does not otherwise', async () => {
    await together({ forwardToNumberList: [BUSY], continueOnBusy: false })
    const own = await phoneOf(parties.callee.login)
    const ended = await dialCallee()
    expect(await ended.finalStatus()).toBe(486)
    await (await own.nextCall()).cancelled()
    await together({ forwardToNumberList: [BUSY], continueOnBusy: true })
    const call = await dialCallee()
    const ringing = await own.nextCall()
    ringing.ring()
    await pause(1500)
    await ringing.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    await call.hangUp()
  })
})

describe('find me, follow me', () => {
  it('S1-58: the own phone rings for its time, then the colleague, who answers and is heard', async () => {
    const findMeEndpoints = [
      { ringUserDevice: true, timeout: 2 },
      { toUserId: third.userId, timeout: 10 },
      { toNumber: RINGING, timeout: 5 },
    ]
    await calleeHandles({ callHandlingOptionType: 'FindMeFollowMe', findMeFollowMeCallHandling: { findMeEndpoints, timeoutType: 'Busy' } })
    const [own, colleague] = [await phoneOf(parties.callee.login), await phoneOf(third.login)]
    const call = await dialCallee()
    const first = await own.nextCall()
    first.ring()
    await first.cancelled()
    const second = await colleague.nextCall()
    await second.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    await hear([call.media, CALLEE_HZ], [second.media, CALLER_HZ])
    await call.hangUp()
    expect(await recordOf(parties.account, call.callId)).toMatchObject({ callFlagType: 'ANSWERED', termNumber: third.extension })
  })

  it('S1-58: nobody is found: busy, as set', async () => {
    const findMeEndpoints = [
      { ringUserDevice: true, timeout: 1 },
      { toNumber: RINGING, timeout: 1 },
    ]
    await calleeHandles({ callHandlingOptionType: 'FindMeFollowMe', findMeFollowMeCallHandling: { findMeEndpoints, timeoutType: 'Busy' } })
    const own = await phoneOf(parties.callee.login)
    const call = await dialCallee()
    await (await own.nextCall()).cancelled()
    expect(await call.finalStatus()).toBe(486)
  })
})

describe('one setting at a time', () => {
  it('S0-30 S1-58: forward always goes to the colleague, do not disturb is busy', async () => {
    await calleeHandles({ callHandlingOptionType: 'ForwardAlways', forwardAlwaysToNumber: third.extension, doNotDisturbEnabled: true })
    const [own, colleague] = [await phoneOf(parties.callee.login), await phoneOf(third.login)]
    const call = await dialCallee()
    const ringing = await colleague.nextCall()
    await ringing.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    await call.hangUp()
    await calleeHandles({ doNotDisturbEnabled: true })
    const refused = await dialCallee()
    expect(await refused.finalStatus()).toBe(486)
    await expect(own.nextCall(500)).rejects.toThrow('a call at')
  })

  it('S1-58: without call waiting a second caller hears busy, with it the phone rings again', async () => {
    await calleeHandles({ callWaitingEnabled: false })
    const [own, second] = [await phoneOf(parties.callee.login), await phoneOf(third.login)]
    const call = await dialCallee()
    const talking = await own.nextCall()
    await talking.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    expect(await (await second.call(parties.callee.extension)).finalStatus()).toBe(486)
    await calleeHandles({ callWaitingEnabled: true })
    const waiting = await second.call(parties.callee.extension)
    ;(await own.nextCall()).reject(486)
    expect(await waiting.finalStatus()).toBe(486)
    await call.hangUp()
    await talking.ended()
    await calleeHandles({ callWaitingEnabled: false })
    const free = await second.call(parties.callee.extension)
    const again = await own.nextCall()
    await again.answer()
    expect(await free.finalStatus()).toBe(200)
    await free.hangUp()
  })
})

describe('schedules', () => {
  const mountainDay = (offset: number): string =>
    new Intl.DateTimeFormat('en-CA', { timeZone: 'US/Mountain' }).format(new Date(Date.now() + offset * 86_400_000))
  const allDay = { startTime: '00:00', endTime: '24:00' }

  it('S0-51 S1-59: a date of today sends calls to the colleague, the hours of another day do not', async () => {
    await calleeHandles({})
    const set = async (schedule: Readonly<Record<string, unknown>>) => {
      const callHandling = {
        callHandlingOptionType: 'ForwardAlways',
        forwardAlwaysToNumber: third.extension,
        doNotDisturbEnabled: false,
        callWaitingEnabled: true,
      }
      const callHandlingSchedules = [{ schedule, callHandling }]
      done(await parties.account.http.patch(`${parties.account.path}/user/${parties.callee.userId}`, { callHandlingSchedules }))
    }
    const [own, colleague] = [await phoneOf(parties.callee.login), await phoneOf(third.login)]
    // Whatever midnight does meanwhile.
    await set({ name: 'Holiday', type: 'CUSTOM', custom: [0, 1].map((offset) => ({ date: mountainDay(offset), ...allDay })) })
    const call = await dialCallee()
    const ringing = await colleague.nextCall()
    await ringing.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    await hear([call.media, CALLEE_HZ])
    await call.hangUp()
    expect(await recordOf(parties.account, call.callId)).toMatchObject({ callFlagType: 'ANSWERED', termNumber: third.extension })
    const inThreeDays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'][(new Date(mountainDay(0)).getUTCDay() + 3) % 7] ?? ''
    await set({ name: 'Weekly', type: 'WEEKLY', weekly: { [inThreeDays]: allDay } })
    const usual = await dialCallee()
    const atOwn = await own.nextCall()
    atOwn.reject(486)
    expect(await usual.finalStatus()).toBe(486)
    done(await parties.account.http.patch(`${parties.account.path}/user/${parties.callee.userId}`, { callHandlingSchedules: [] }))
  })
})
