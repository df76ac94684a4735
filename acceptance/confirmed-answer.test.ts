import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { recordOf } from './call-records.ts'
import { eventually } from './eventually.ts'
import { hear } from './phones/hear.ts'
import { PhoneRack } from './phones/phone-rack.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done, type Person, type SipLogin } from './tenant.ts'

/** Outside: answers, presses nothing and hangs up after 2 s. */
const HANGING_UP = '12125550107'

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

/** The callee's settings. */
async function calleeHandles(settings: Readonly<Record<string, unknown>>): Promise<void> {
  const callHandlingSettings = { doNotDisturbEnabled: false, callWaitingEnabled: true, ...settings }
  done(await parties.account.http.patch(`${parties.account.path}/user/${parties.callee.userId}`, { callHandlingSettings }))
}

interface Trace {
  readonly events: readonly { readonly type: string; readonly detail: Readonly<Record<string, unknown>> }[]
}

/** What was said to those who answered, from the call's trace. */
async function confirmationsOf(sessionId: string): Promise<readonly unknown[]> {
  const trace = done(await parties.account.http.get<Trace>(`${parties.account.path}/calls/${sessionId}/trace`))
  return trace.events.filter(({ type }) => type === 'confirmation').map(({ detail }) => detail['code'])
}

describe('who answers a number of find-me/follow-me or of a simultaneous ring has to say that it is him', () => {
  it('S1-58: who hangs up instead of pressing 1 was not found: the search goes on, the caller hears ringing all the while, and nothing is charged', async () => {
    const findMeEndpoints = [
      { toNumber: HANGING_UP, timeout: 10, confirmAnswer: true },
      { ringUserDevice: true, timeout: 15 },
    ]
    await calleeHandles({ callHandlingOptionType: 'FindMeFollowMe', findMeFollowMeCallHandling: { findMeEndpoints, timeoutType: 'Busy' } })
    const [own, caller] = [await phoneOf(parties.callee.login), await phoneOf(parties.caller.login)]
    const call = await caller.call(parties.callee.extension, { toneHz: CALLER_HZ })
    await call.saw(180)
    const ringing = await own.nextCall()
    expect(call.statuses).not.toContain(200)
    await ringing.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    await hear([call.media, CALLEE_HZ], [ringing.media, CALLER_HZ])
    await call.hangUp()
    const forward = await recordOf(parties.account, call.callId, 'Forward')
    expect(forward).toMatchObject({ actualCallLengthSeconds: 0, cost: 0 })
    expect(forward.callFlagType).not.toBe('ANSWERED')
    const record = await recordOf(parties.account, call.callId)
    expect(record).toMatchObject({ callFlagType: 'ANSWERED', termNumber: parties.callee.extension })
    expect(await confirmationsOf(record.sessionId)).toEqual(['Asked', 'NotConfirmed'])
  })

  it('S1-58: 1 connects, and the phone that rang meanwhile stops', async () => {
    const simultaneousRingCallHandling = {
      forwardToNumberList: [third.extension],
      forwardToTimedNumberList: null,
      noAnswerCallHandling: { type: 'Busy', timeout: 20 },
      confirmAnswer: true,
    }
    await calleeHandles({ callHandlingOptionType: 'SimultaneousRing', simultaneousRingCallHandling })
    const [own, colleague, caller] = [await phoneOf(parties.callee.login), await phoneOf(third.login), await phoneOf(parties.caller.login)]
    const call = await caller.call(parties.callee.extension, { toneHz: CALLER_HZ })
    const [atOwn, atColleague] = await Promise.all([own.nextCall(), colleague.nextCall()])
    atOwn.ring()
    await atColleague.answer(CALLEE_HZ)
    // A second of the question.
    await eventually('words at the phone that answered', 5_000, () => ((atColleague.media?.packetsHeard ?? 0) > 50 ? true : undefined))
    expect([call.final, atOwn.cancelledBy]).toEqual([undefined, undefined])
    // Not waited for: it sings again as soon as it is connected.
    void atColleague.media?.press(atColleague.invite.body, '1')
    expect(await call.finalStatus()).toBe(200)
    await atOwn.cancelled()
    atColleague.media?.forget()
    await hear([call.media, CALLEE_HZ], [atColleague.media, CALLER_HZ])
    await call.hangUp()
    await atColleague.ended()
    const record = await recordOf(parties.account, call.callId)
    expect(record).toMatchObject({ callFlagType: 'ANSWERED' })
    expect(await confirmationsOf(record.sessionId)).toEqual(['Asked', 'Accepted'])
  })
})
