import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { Linphone } from './phones/linphone.ts'
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

async function startPair(transport: 'udp' | 'tcp'): Promise<{ readonly linphone: Linphone; readonly baresip: Baresip }> {
  const linphone = await Linphone.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ, transport })
  const baresip = await Baresip.start(parties.server, parties.callee.login, { toneHz: CALLEE_HZ })
  phones.push(linphone, baresip)
  await Promise.all([linphone.registered(), baresip.registered()])
  return { linphone, baresip }
}

describe.skipIf(isAbsent('linphonec') || isAbsent('baresip'))('linphone and baresip', () => {
  it.each(['udp', 'tcp'] as const)('linphone over %s calls, holds, resumes and hangs up; each hears the other', async (transport) => {
    const { linphone, baresip } = await startPair(transport)
    linphone.command(`call sip:${parties.callee.extension}@dialtone.local`)
    await baresip.saw('CALL_INCOMING')
    await linphone.saw(/ringing/)
    await baresip.accept()
    await Promise.all([linphone.saw(/connected/), baresip.saw('CALL_ESTABLISHED')])
    await pause(1500)
    const held = linphone.output.length
    linphone.command('pause')
    await linphone.saw(/is now paused/, { from: held })
    const resumed = linphone.output.length
    linphone.command('resume')
    await linphone.saw(/Media streams established/, { from: resumed })
    await pause(1500)
    linphone.command('terminate')
    await baresip.saw('CALL_CLOSED')
    expect(await linphone.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    expect(await baresip.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
  })

  it('baresip calls linphone, is put on hold and taken back by it, and hangs up', async () => {
    const { linphone, baresip } = await startPair('udp')
    await baresip.dial(`sip:${parties.caller.extension}@dialtone.local`)
    await linphone.saw(/Receiving new incoming call/)
    linphone.command('answer')
    await baresip.saw('CALL_ESTABLISHED')
    await pause(1500)
    const held = linphone.output.length
    linphone.command('pause')
    await linphone.saw(/is now paused/, { from: held })
    const resumed = linphone.output.length
    linphone.command('resume')
    await linphone.saw(/Media streams established/, { from: resumed })
    await baresip.hangUp()
    await linphone.saw(/ended/, { from: resumed })
    expect(await baresip.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
    expect(await linphone.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
  })
})
