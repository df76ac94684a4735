import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectOneRecord, expectRecords } from './call-records.ts'
import { pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { Linphone } from './phones/linphone.ts'
import { isAbsent } from './phones/program-present.ts'
import { allSucceed, sippCalls } from './phones/sipp-phone.ts'
import { caller as calling, describeAudio, receive, wait } from './phones/sipp-scenario.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import type { Person, SipLogin } from './tenant.ts'

type WithLine = Person & { readonly login: SipLogin }

const TARGET_HZ = 1400
const TONES_HZ = [CALLER_HZ, CALLEE_HZ, TARGET_HZ] as const
/** Long enough for a second of sound to be recorded. */
const TALK_MS = 1500

let parties: TwoParties
const phones: { stop(): Promise<void> }[] = []

beforeEach(async () => {
  parties = await makeTwoParties()
})

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

async function linphone({ login }: WithLine, toneHz: number, transport: 'udp' | 'tcp' = 'udp'): Promise<Linphone> {
  const phone = await Linphone.start(parties.server, login, { toneHz, transport })
  phones.push(phone)
  await phone.registered()
  return phone
}

async function baresip({ login }: WithLine, toneHz: number, answer: 'manual' | 'auto' = 'auto'): Promise<Baresip> {
  const phone = await Baresip.start(parties.server, login, { toneHz, answer })
  phones.push(phone)
  await phone.registered()
  return phone
}

async function makeTarget(): Promise<WithLine> {
  const user = await parties.account.createUser('4002')
  return { ...user, login: await parties.account.createLine(user.userId) }
}

describe.skipIf(isAbsent('linphonec') || isAbsent('baresip'))('linphone', () => {
  it('over TCP transfers its call to another phone: the two hear each other, one record of each part (RFC 3515, RFC 5589 6)', async () => {
    const target = await makeTarget()
    const [transferor, callee, third] = await Promise.all([
      linphone(parties.caller, CALLER_HZ, 'tcp'),
      linphone(parties.callee, CALLEE_HZ),
      baresip(target, TARGET_HZ, 'manual'),
    ])
    transferor.command(`call sip:${parties.callee.extension}@dialtone.local`)
    await callee.saw(/Receiving new incoming call/)
    callee.command('answer')
    await transferor.saw(/connected/)
    transferor.command(`transfer 1 sip:${target.extension}@dialtone.local`)
    await third.saw('CALL_INCOMING')
    await third.accept()
    await Promise.all([third.saw('CALL_ESTABLISHED'), transferor.saw(/Call 1 .* ended/)])
    await pause(TALK_MS)
    callee.command('terminate')
    await third.saw('CALL_CLOSED')
    expect(await third.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    expect(callee.lastToneHeard(TONES_HZ)).toBe(TARGET_HZ)
    const records = await expectRecords(parties.account, ['ANSWERED', 'ANSWERED'])
    expect(records.map((record) => record.dialedNumber).toSorted()).toEqual([parties.callee.extension, target.extension])
  })

  it('sends keys in the talk, and baresip gets each once (RFC 4733 2.5)', async () => {
    const digits = ['1', '5', '9', '0', '*', '#']
    const [caller, callee] = await Promise.all([linphone(parties.caller, CALLER_HZ), baresip(parties.callee, CALLEE_HZ)])
    caller.command(`call sip:${parties.callee.extension}@dialtone.local`)
    await caller.saw(/Media streams established/)
    for (const [index, digit] of digits.entries()) {
      caller.command(digit)
      await callee.saw('CALL_DTMF_START', { from: callee.events.findLastIndex((event) => event.type === 'CALL_DTMF_START') + 1 })
      expect(keysOf(callee)).toBe(digits.slice(0, index + 1).join(''))
    }
    caller.command('terminate')
    await callee.saw('CALL_CLOSED')
    expect(keysOf(callee)).toBe(digits.join(''))
    await expectOneRecord(parties.account, 'ANSWERED')
  })

  it('takes a second call while it talks, then goes back to the first one: two calls, two records (RFC 3264 8.4)', async () => {
    const target = await makeTarget()
    // The first partner is not baresip: after a change of SSRC its version 1.0 throws every frame away as too old.
    const [busy, first, second] = await Promise.all([linphone(parties.caller, CALLER_HZ), linphone(parties.callee, CALLEE_HZ), baresip(target, TARGET_HZ)])
    busy.command(`call sip:${parties.callee.extension}@dialtone.local`)
    await first.saw(/Receiving new incoming call/)
    first.command('answer')
    await busy.saw(/Media streams established/)
    await second.dial(`sip:${parties.caller.extension}@dialtone.local`)
    await busy.saw(/Receiving new incoming call/)
    busy.command('answer 2')
    await second.saw('CALL_ESTABLISHED')
    await pause(TALK_MS)
    await second.hangUp()
    await Promise.all([second.saw('CALL_CLOSED'), busy.saw(/Call 2 .* ended/)])
    expect(await second.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
    expect(first.output).not.toMatch(/ended/)
    const from = busy.output.length
    busy.command('resume 1')
    await busy.saw(/Media streams established/, { from })
    await Promise.all([busy.records(2 * TALK_MS), first.records(2 * TALK_MS)])
    busy.command('terminate')
    await first.saw(/ended/)
    // Of a second some is missing when the machine has other things to do: the last clear half of one counts.
    expect(busy.tonesInTurn(TONES_HZ).at(-1)).toBe(CALLEE_HZ)
    expect(first.tonesInTurn(TONES_HZ).at(-1)).toBe(CALLER_HZ)
    await expectRecords(parties.account, ['ANSWERED', 'ANSWERED'])
  })

  it.skipIf(isAbsent('sipp'))('is called without an offer, and is heard by who called (RFC 3261 13.2.1)', async () => {
    const callee = await linphone(parties.callee, CALLEE_HZ)
    const caller = await sippCalls(parties.server, parties.caller, parties.callee.extension, [
      ...calling.begins('INVITE', 407),
      receive(180, { optional: true }),
      calling.hears(200, { check: { body: 'm=audio [1-9]' } }),
      calling.sends('ACK', { sequence: 2, body: describeAudio() }),
      wait(2 * TALK_MS),
      ...calling.hangsUp(3),
    ])
    await callee.saw(/Receiving new incoming call/)
    callee.command('answer')
    await allSucceed([caller])
    // SIPp sends back what it hears.
    expect(await callee.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    await expectOneRecord(parties.account, 'ANSWERED')
  })
})

const keysOf = (phone: Baresip): string =>
  phone.events
    .filter((event) => event.type === 'CALL_DTMF_START')
    .map((event) => event.param)
    .join('')
