import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pause } from './eventually.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf, valueOf } from './phones/sip-text.ts'
import { makeScriptedPhones, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done } from './tenant.ts'

let parties: TwoParties
let caller: ScriptedPhone
let callee: ScriptedPhone

beforeAll(async () => {
  parties = await makeTwoParties()
  ;[caller, callee] = await makeScriptedPhones(parties)
})

afterAll(() => {
  caller.close()
  callee.close()
})

beforeEach(async () => {
  await callee.register()
})

describe('a call that is not answered', () => {
  it('ends with 486 for the caller when the phone is busy', async () => {
    const call = await caller.call(parties.callee.extension)
    ;(await callee.nextCall()).reject(486)
    expect(await call.finalStatus()).toBe(486)
    // No second ring after a busy.
    await pause(500)
    expect(call.statuses.filter((status) => status >= 300)).toEqual([486])
  })

  it('ends with 603 when the phone declines', async () => {
    const call = await caller.call(parties.callee.extension)
    const ringing = await callee.nextCall()
    ringing.ring()
    ringing.reject(603)
    expect(await call.finalStatus()).toBe(603)
  })

  it('S1-14: ends with 480 after the ring timeout the user set, and the phone stops ringing', async () => {
    const handling = { callHandlingSettings: { ringPhoneCallHandling: { noAnswerCallHandling: { type: 'Voicemail', timeout: 5 } } } }
    done(await parties.account.http.patch(`${parties.account.path}/user/${parties.callee.userId}`, handling))
    const startedMs = performance.now()
    const call = await caller.call(parties.callee.extension)
    const ringing = await callee.nextCall()
    ringing.ring()
    await call.saw(180)
    expect(await call.finalStatus(10_000)).toBe(480)
    expect(performance.now() - startedMs).toBeGreaterThan(4500)
    expect(performance.now() - startedMs).toBeLessThan(7000)
    await ringing.cancelled()
  })

  it('ends with 487 when the caller gives up, and the phone is cancelled', async () => {
    const call = await caller.call(parties.callee.extension)
    const ringing = await callee.nextCall()
    ringing.ring()
    await call.saw(180)
    call.cancel()
    expect(await call.finalStatus()).toBe(487)
    await ringing.cancelled()
  })

  it('ends with 480 when no phone is registered', async () => {
    await callee.unregister()
    const call = await caller.call(parties.callee.extension)
    expect(await call.finalStatus()).toBe(480)
  })

  it.each(['4999', '9', 'nobody', '%00'])('ends with 404 (or 484) for %s, which is nobody', async (target) => {
    const call = await caller.call(target)
    expect([404, 484]).toContain(await call.finalStatus())
  })

  it('S1-35: a seven-digit number is not dialable with OPEN_DIAL_PLAN_TEN_DIGIT', async () => {
    const call = await caller.call('5551212')
    expect([404, 484]).toContain(await call.finalStatus())
  })
})

describe('a call that is answered', () => {
  it('ends for both when the caller hangs up', async () => {
    const call = await caller.call(parties.callee.extension)
    const ringing = await callee.nextCall()
    await ringing.answer()
    expect(await call.finalStatus()).toBe(200)
    expect(await call.hangUp()).toBe(200)
    await ringing.ended()
  })

  it('ends for both when the callee hangs up', async () => {
    const call = await caller.call(parties.callee.extension)
    const ringing = await callee.nextCall()
    await ringing.answer()
    await call.finalStatus()
    expect(await ringing.hangUp()).toBe(200)
    await call.ended()
    call.close()
  })

  it('shows the caller by extension and name', async () => {
    const call = await caller.call(parties.callee.extension)
    const ringing = await callee.nextCall()
    expect(ringing.from).toContain(`sip:${parties.caller.extension}@`)
    expect(ringing.from).toContain('User 4000')
    ringing.reject(486)
    await call.finalStatus()
  })

  it('does not let an end talk in a call that is over', async () => {
    const call = await caller.call(parties.callee.extension)
    const ringing = await callee.nextCall()
    await ringing.answer()
    await call.finalStatus()
    await call.hangUp()
    const late = await caller.inDialog(
      'BYE',
      `sip:x@${parties.server.sipHost}:${parties.server.sipPort}`,
      { callId: call.callId, from: caller.fromHeader(`c${call.callId}`), to: valueOf(call.final ?? ringing.invite, 'to') },
      99,
    )
    expect(statusOf(late)).toBe(481)
  })
})

describe('who may call', () => {
  it('an INVITE without or with wrong credentials is challenged and goes nowhere', async () => {
    const stranger = { ...parties.caller.login, sipPassword: 'wrong' }
    const phone = await ScriptedPhone.open(parties.server, stranger)
    const call = await phone.call(parties.callee.extension)
    expect([401, 403, 407]).toContain(await call.finalStatus())
    await expect(callee.nextCall(500)).rejects.toThrow(/a call at/)
    phone.close()
  })

  it('a phone of one account does not reach the extensions of another', async () => {
    const other = await makeTwoParties(parties.tenant)
    const [stranger, neighbour] = await makeScriptedPhones(other)
    const call = await stranger.call(parties.callee.extension)
    const ringing = await neighbour.nextCall()
    ringing.reject(486)
    expect(await call.finalStatus()).toBe(486)
    await expect(callee.nextCall(300)).rejects.toThrow(/a call at/)
    stranger.close()
    neighbour.close()
  })
})
