import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { Linphone } from './phones/linphone.ts'
import { isAbsent } from './phones/program-present.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import type { Person, SipLogin } from './tenant.ts'

const TARGET_HZ = 1400
const TONES_HZ = [CALLER_HZ, CALLEE_HZ, TARGET_HZ] as const

let parties: TwoParties
let target: Person & { readonly login: SipLogin }
const phones: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  parties = await makeTwoParties()
  const user = await parties.account.createUser('4002')
  target = { ...user, login: await parties.account.createLine(user.userId) }
})

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

async function baresip(login: SipLogin, toneHz: number): Promise<Baresip> {
  const phone = await Baresip.start(parties.server, login, { toneHz })
  phones.push(phone)
  await phone.registered()
  return phone
}

/** Waits for so many more records and no further one. */
async function newRecords(before: number, count: number) {
  await eventually(`${count} records`, 8000, async () => ((await parties.account.callRecords()).length >= before + count ? true : undefined))
  await pause(1000)
  const all = await parties.account.callRecords()
  expect(all).toHaveLength(before + count)
  return all.slice(before)
}

describe.skipIf(isAbsent('baresip'))('blind transfer by baresip (RFC 3515, RFC 5589 6)', () => {
  it.each(['callee', 'caller'] as const)('the %s transfers: the others talk, and there is one record of each part', async (transferor) => {
    const before = (await parties.account.callRecords()).length
    const [caller, callee] = [await baresip(parties.caller.login, CALLER_HZ), await baresip(parties.callee.login, CALLEE_HZ)]
    const third = await baresip(target.login, TARGET_HZ)
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    await callee.saw('CALL_INCOMING')
    await callee.accept()
    await Promise.all([caller.saw('CALL_ESTABLISHED'), callee.saw('CALL_ESTABLISHED')])
    const [leaver, stayer, stayerHz] = transferor === 'callee' ? [callee, caller, CALLER_HZ] : [caller, callee, CALLEE_HZ]
    await leaver.command('transfer', `sip:${target.extension}@dialtone.local`)
    await third.saw('CALL_INCOMING')
    await third.accept()
    await third.saw('CALL_ESTABLISHED')
    await leaver.saw('CALL_CLOSED')
    await pause(2000)
    await third.hangUp()
    await stayer.saw('CALL_CLOSED')
    expect(await third.toneHeard(TONES_HZ)).toBe(stayerHz)
    const records = await newRecords(before, 2)
    for (const record of records) expect(record.callFlagType).toBe('ANSWERED')
    expect(records.map((record) => record.dialedNumber).toSorted()).toEqual(['4001', '4002'])
  })
})

describe.skipIf(isAbsent('baresip') || isAbsent('linphonec'))('transfer by linphone', () => {
  it('to a target that refuses: the call comes back, both still hear each other (RFC 5589 6.1)', async () => {
    const before = (await parties.account.callRecords()).length
    const transferor = await Linphone.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ })
    phones.push(transferor)
    await transferor.registered()
    const [callee, third] = [await baresip(parties.callee.login, CALLEE_HZ), await baresip(target.login, TARGET_HZ)]
    transferor.command(`call sip:${parties.callee.extension}@dialtone.local`)
    await callee.saw('CALL_INCOMING')
    await callee.accept()
    await transferor.saw(/Media streams established/)
    transferor.command(`transfer 1 sip:${target.extension}@dialtone.local`)
    await third.saw('CALL_INCOMING')
    await third.hangUp()
    await third.saw('CALL_CLOSED')
    // linphone stays in the call.
    await pause(2000)
    expect(callee.events.some((event) => event.type === 'CALL_CLOSED')).toBe(false)
    transferor.command('terminate')
    await callee.saw('CALL_CLOSED')
    expect(callee.lastToneHeard(TONES_HZ)).toBe(CALLER_HZ)
    const records = await newRecords(before, 2)
    expect(records.map((record) => record.callFlagType).toSorted()).toEqual(['ANSWERED', 'BUSY'])
  })

  it('attended, joins the two calls (RFC 3891, RFC 5589 7): the others hear each other, linphone is out of both', async () => {
    const before = (await parties.account.callRecords()).length
    const transferor = await Linphone.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ })
    phones.push(transferor)
    await transferor.registered()
    // Not baresip: its version 1.0 plays nothing more once a call that was held goes on from another port.
    const first = await Linphone.start(parties.server, parties.callee.login, { toneHz: CALLEE_HZ })
    phones.push(first)
    await first.registered()
    const second = await baresip(target.login, TARGET_HZ)
    transferor.command(`call sip:${parties.callee.extension}@dialtone.local`)
    await first.saw(/Receiving new incoming call/)
    first.command('answer')
    await transferor.saw(/connected/)
    transferor.command('pause')
    await transferor.saw(/is now paused/)
    const from = transferor.output.length
    transferor.command(`call sip:${target.extension}@dialtone.local`)
    await second.saw('CALL_INCOMING')
    await second.accept()
    await transferor.saw(/connected/, { from })
    transferor.command('transfer 1 --to-call 2')
    await transferor.saw(/Call 1 .* ended/, { from })
    await pause(2500)
    expect(second.events.some((event) => event.type === 'CALL_CLOSED')).toBe(false)
    first.command('terminate')
    await second.saw('CALL_CLOSED')
    expect(second.lastToneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    expect(first.lastToneHeard(TONES_HZ)).toBe(TARGET_HZ)
    const records = await newRecords(before, 2)
    for (const record of records) expect(record.callFlagType).toBe('ANSWERED')
  })
})
