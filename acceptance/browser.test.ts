import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Baresip } from './phones/baresip.ts'
import { BrowserPhone } from './phones/browser-phone.ts'
import { isAbsent } from './phones/program-present.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, TONES_HZ, type TwoParties } from './phones/two-parties.ts'

let parties: TwoParties
const phones: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  parties = await makeTwoParties()
})

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

async function browserPhone(party: 'caller' | 'callee', toneHz: number): Promise<BrowserPhone> {
  const webSocketUrl = `${parties.tenant.platform.httpUrl.replace(/^http/, 'ws')}/sip`
  const phone = await BrowserPhone.start(parties[party].login, { webSocketUrl, toneHz })
  phones.push(phone)
  await phone.saw('registered')
  return phone
}

describe.skipIf(isAbsent('chromium'))('Chromium with JsSIP over WebSocket (RFC 7118)', () => {
  it('two browsers call each other, hear each other, hold, resume and hang up', async () => {
    const caller = await browserPhone('caller', CALLER_HZ)
    const callee = await browserPhone('callee', CALLEE_HZ)
    await caller.do('call', `sip:${parties.callee.extension}@dialtone.local`)
    await callee.saw('incoming')
    await caller.saw('progress')
    await callee.do('answer')
    await Promise.all([caller.saw('confirmed'), callee.saw('confirmed')])
    expect(await caller.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    expect(await callee.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
    await caller.do('hold')
    await callee.saw('hold')
    await caller.do('unhold')
    await callee.saw('unhold')
    expect(await callee.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
    await callee.do('hangUp')
    await caller.saw('ended')
  })

  it('a browser that goes away is not registered any more', async () => {
    const phone = await browserPhone('callee', CALLEE_HZ)
    phones.splice(phones.indexOf(phone), 1)
    await phone.stop()
    const caller = await Baresip.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ })
    phones.push(caller)
    await caller.registered()
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    expect((await caller.saw('CALL_CLOSED')).param).toContain('480')
  })
})
