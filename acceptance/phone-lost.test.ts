import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { isAbsent } from './phones/program-present.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { Platform } from './platform.ts'
import { Tenant } from './tenant.ts'

const RTP_TIMEOUT_SECONDS = 5

let platform: Platform
let parties: TwoParties
const phones: Baresip[] = []

beforeAll(async () => {
  platform = await Platform.start({ environment: { DIALTONE_RTP_TIMEOUT_SECONDS: String(RTP_TIMEOUT_SECONDS) } })
  parties = await makeTwoParties(await Tenant.logIn(platform.address))
})

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

afterAll(async () => {
  await platform.discard()
})

describe.skipIf(isAbsent('baresip'))('a phone that dies in a call (kill -9)', () => {
  it.each(['caller', 'callee'] as const)('the %s: the other phone is hung up within the RTP timeout, and the record is closed once', async (victim) => {
    const before = (await parties.account.callRecords()).length
    const caller = await Baresip.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ })
    const callee = await Baresip.start(parties.server, parties.callee.login, { toneHz: CALLEE_HZ })
    phones.push(caller, callee)
    await Promise.all([caller.registered(), callee.registered()])
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    await callee.saw('CALL_INCOMING')
    await callee.accept()
    await Promise.all([caller.saw('CALL_ESTABLISHED'), callee.saw('CALL_ESTABLISHED')])
    const [dead, alive] = victim === 'caller' ? [caller, callee] : [callee, caller]
    dead.kill9()
    const diedMs = performance.now()
    await alive.saw('CALL_CLOSED', { timeoutMs: (RTP_TIMEOUT_SECONDS + 10) * 1000 })
    expect(performance.now() - diedMs).toBeGreaterThan((RTP_TIMEOUT_SECONDS - 1) * 1000)
    const records = await eventually('the record', 5000, async () => {
      const all = await parties.account.callRecords()
      return all.length > before ? all.slice(before) : undefined
    })
    expect(records).toHaveLength(1)
    expect(records[0]?.callFlagType).toBe('ANSWERED')
    expect(records[0]?.actualCallLengthSeconds).toBeLessThan(RTP_TIMEOUT_SECONDS + 10)
  })
})
