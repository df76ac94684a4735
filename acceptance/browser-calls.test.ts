import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectOneRecord, expectRecords } from './call-records.ts'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { BrowserPhone } from './phones/browser-phone.ts'
import { isAbsent } from './phones/program-present.ts'
import { allSucceed, sippAnswers } from './phones/sipp-phone.ts'
import { callee as called, receive } from './phones/sipp-scenario.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import type { Person, SipLogin } from './tenant.ts'

const TARGET_HZ = 1400
const TONES_HZ = [CALLER_HZ, CALLEE_HZ, TARGET_HZ] as const

let parties: TwoParties
const phones: { stop(): Promise<void> }[] = []

beforeEach(async () => {
  parties = await makeTwoParties()
})

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

async function browserPhone({ login }: { readonly login: SipLogin }, toneHz: number, refreshes = false): Promise<BrowserPhone> {
  const webSocketUrl = `${parties.tenant.platform.httpUrl.replace(/^http/, 'ws')}/sip`
  const phone = await BrowserPhone.start(login, { webSocketUrl, toneHz, refreshes })
  phones.push(phone)
  await phone.saw('registered')
  return phone
}

async function makeTarget(): Promise<Person & { readonly login: SipLogin }> {
  const user = await parties.account.createUser('4002')
  return { ...user, login: await parties.account.createLine(user.userId) }
}

/** An answered call between two browsers. */
async function talk(caller: BrowserPhone, callee: BrowserPhone): Promise<void> {
  await caller.do('call', `sip:${parties.callee.extension}@dialtone.local`)
  await callee.saw('incoming')
  await callee.do('answer')
  await Promise.all([caller.saw('confirmed'), callee.saw('confirmed')])
}

describe.skipIf(isAbsent('chromium'))('Chromium with JsSIP in a call', () => {
  it('transfers the call to another browser: the two hear each other, one record of each part (RFC 3515, RFC 5589 6)', async () => {
    const target = await makeTarget()
    const [caller, callee, third] = await Promise.all([
      browserPhone(parties.caller, CALLER_HZ),
      browserPhone(parties.callee, CALLEE_HZ),
      browserPhone(target, TARGET_HZ),
    ])
    await talk(caller, callee)
    await caller.do('refer', `sip:${target.extension}@dialtone.local`)
    await third.saw('incoming')
    await third.do('answer')
    await caller.saw('refer accepted')
    await Promise.all([caller.saw('ended'), third.saw('confirmed')])
    expect(await eventually('the callee to hear the target', 10_000, () => callee.toneHeard([TARGET_HZ], 500))).toBe(TARGET_HZ)
    expect(await third.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    await third.do('hangUp')
    await callee.saw('ended')
    await expectRecords(parties.account, ['ANSWERED', 'ANSWERED'])
  })

  it.skipIf(isAbsent('sipp'))('transfers it to a phone that is busy: NOTIFY says so, both still hear each other (RFC 5589 6.1)', async () => {
    const target = await makeTarget()
    const busy = await sippAnswers(parties.server, target, [called.isCalled(), called.answers(486), receive('ACK')])
    const [caller, callee] = await Promise.all([browserPhone(parties.caller, CALLER_HZ), browserPhone(parties.callee, CALLEE_HZ)])
    await talk(caller, callee)
    await callee.do('refer', `sip:${target.extension}@dialtone.local`)
    expect((await callee.saw('refer failed')).param).toBe('486')
    await allSucceed([busy])
    expect(await caller.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    expect(await callee.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
    await callee.do('hangUp')
    await caller.saw('ended')
    await expectRecords(parties.account, ['ANSWERED', 'BUSY'])
  })

  it('refreshes its session with UPDATE, and the call goes on (RFC 4028 7.4)', async () => {
    const [caller, callee] = await Promise.all([browserPhone(parties.caller, CALLER_HZ, true), browserPhone(parties.callee, CALLEE_HZ)])
    await talk(caller, callee)
    const refreshed = await eventually('two refreshes', 12_000, async () => {
      const answers = (await caller.trace()).filter((text) => text.startsWith('SIP/2.0 ') && /^CSeq: *\d+ UPDATE/im.test(text))
      return answers.length > 1 ? answers : undefined
    })
    for (const answer of refreshed) expect(answer).toMatch(/^SIP\/2\.0 200 [^]*^Session-Expires: *90;refresher=uac/m)
    expect(await callee.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
    await callee.do('hangUp')
    await caller.saw('ended')
    await expectOneRecord(parties.account, 'ANSWERED')
  })

  it('rings in both of two tabs of one line: one answers and is heard, the other one is told where the call went (RFC 3261 16.7, RFC 3326 2)', async () => {
    const [caller, ...tabs] = await Promise.all([
      browserPhone(parties.caller, CALLER_HZ),
      browserPhone(parties.callee, TARGET_HZ),
      browserPhone(parties.callee, CALLEE_HZ),
    ])
    await caller.do('call', `sip:${parties.callee.extension}@dialtone.local`)
    await Promise.all(tabs.map((tab) => tab.saw('incoming')))
    const [loser, winner] = tabs
    await winner.do('answer')
    await Promise.all([caller.saw('confirmed'), winner.saw('confirmed'), loser.saw('failed')])
    expect((await loser.trace()).find((text) => text.startsWith('CANCEL '))).toMatch(/^Reason: *SIP *; *cause=200 *; *text="Call completed elsewhere"/m)
    expect(await caller.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    expect(await winner.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
    await caller.do('hangUp')
    await winner.saw('ended')
    await expectOneRecord(parties.account, 'ANSWERED')
  })

  it('that is loaded again is called on its new WebSocket alone (RFC 5626 4.2, RFC 7118 5)', async () => {
    const [caller, callee] = await Promise.all([browserPhone(parties.caller, CALLER_HZ), browserPhone(parties.callee, CALLEE_HZ)])
    await callee.reload()
    await callee.saw('registered')
    const contacts = (await callee.trace()).findLast((text) => text.startsWith('SIP/2.0 200') && /^CSeq: *\d+ REGISTER/im.test(text))?.match(/sip:[^>,]*/g)
    expect(contacts?.filter((uri) => uri.includes('.invalid'))).toHaveLength(1)
    await talk(caller, callee)
    expect((await callee.events()).filter((event) => event.type === 'incoming')).toHaveLength(1)
    await caller.do('hangUp')
    await callee.saw('ended')
    await expectOneRecord(parties.account, 'ANSWERED')
  })
})

describe.skipIf(isAbsent('chromium') || isAbsent('baresip'))('Chromium and baresip with DTLS-SRTP and ICE (RFC 5763, RFC 8445)', () => {
  it.each(['browser', 'baresip'] as const)('the %s calls: both hear each other', async (first) => {
    const browser = await browserPhone(parties.caller, CALLER_HZ)
    const phone = await Baresip.start(parties.server, parties.callee.login, { toneHz: CALLEE_HZ, srtp: 'dtls', answer: 'auto' })
    phones.push(phone)
    await phone.registered()
    if (first === 'browser') await browser.do('call', `sip:${parties.callee.extension}@dialtone.local`)
    else {
      await phone.dial(`sip:${parties.caller.extension}@dialtone.local`)
      await browser.saw('incoming')
      await browser.do('answer')
    }
    await Promise.all([browser.saw('confirmed'), phone.saw('CALL_ESTABLISHED')])
    expect(await browser.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    // The phone's ear is its recording, which has to hold some sound before the call ends.
    await pause(1500)
    await browser.do('hangUp')
    await phone.saw('CALL_CLOSED')
    expect(await phone.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
    await expectOneRecord(parties.account, 'ANSWERED')
  })
})
