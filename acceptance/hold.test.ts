import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { hearAtLast } from './phones/hear.ts'
import { isAbsent } from './phones/program-present.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, type TwoParties } from './phones/two-parties.ts'

let parties: TwoParties
const phones: Baresip[] = []

beforeAll(async () => {
  parties = await makeTwoParties()
})

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

describe.skipIf(isAbsent('baresip'))('hold and resume by baresip (RFC 3264 8.4)', () => {
  it.each(['caller', 'callee'] as const)('the %s holds: the other is told, and both hear each other again afterwards', async (holder) => {
    const caller = await Baresip.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ })
    const callee = await Baresip.start(parties.server, parties.callee.login, { toneHz: CALLEE_HZ })
    phones.push(caller, callee)
    await Promise.all([caller.registered(), callee.registered()])
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    await callee.saw('CALL_INCOMING')
    await callee.accept()
    await Promise.all([caller.saw('CALL_ESTABLISHED'), callee.saw('CALL_ESTABLISHED')])
    await pause(1000)
    const [holding, held] = holder === 'caller' ? [caller, callee] : [callee, caller]
    const before = held.events.length
    await holding.command('hold')
    expect(await descriptionOf(held, before)).toMatch(/^a=(sendonly|inactive)/m)
    const holdStarted = held.events.length
    await pause(1000)
    await holding.command('resume')
    expect(await descriptionOf(held, holdStarted)).not.toMatch(/^a=(sendonly|inactive|recvonly)/m)
    await hearAtLast([caller, CALLEE_HZ], [callee, CALLER_HZ])
    await holding.hangUp()
    await held.saw('CALL_CLOSED')
  })
})

/** The next session description a phone is offered. */
async function descriptionOf(phone: Baresip, from: number): Promise<string> {
  await phone.saw('CALL_REMOTE_SDP', { from })
  const offers = phone.log.split(/^INVITE sip:/m)
  return offers.at(-1)?.split(/^SIP\/2\.0 /m)[0] ?? ''
}
