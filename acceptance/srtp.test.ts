import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { isAbsent } from './phones/program-present.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, TONES_HZ, type TwoParties } from './phones/two-parties.ts'

let parties: TwoParties

beforeAll(async () => {
  parties = await makeTwoParties()
})

/** The keys in the session descriptions of one kind in a log. */
const keysIn = (log: string): string[] => [...log.matchAll(/inline:([A-Za-z0-9+/=]+)/g)].map(([, key]) => key ?? '')

describe.skipIf(isAbsent('baresip'))('SRTP of baresip ends at the server (RFC 4568, RFC 3711)', () => {
  const phones: Baresip[] = []

  afterEach(async () => {
    await Promise.all(phones.splice(0).map((phone) => phone.stop()))
  })

  it.each([
    ['demanded', undefined],
    [undefined, 'offered'],
    ['demanded', 'demanded'],
    ['offered', undefined],
    ['offered', 'offered'],
  ] as const)('caller %s, callee %s: sound goes both ways', async (callerSrtp, calleeSrtp) => {
    const start = (who: 'caller' | 'callee', toneHz: number, srtp: 'offered' | 'demanded' | undefined) =>
      Baresip.start(parties.server, parties[who].login, { toneHz, answer: 'auto', ...(srtp === undefined ? {} : { srtp }) })
    const caller = await start('caller', CALLER_HZ, callerSrtp)
    const callee = await start('callee', CALLEE_HZ, calleeSrtp)
    phones.push(caller, callee)
    await Promise.all([caller.registered(), callee.registered()])
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    await Promise.all([caller.saw('CALL_ESTABLISHED'), callee.saw('CALL_ESTABLISHED')])
    await pause(2500)
    await caller.hangUp()
    await Promise.all([caller.saw('CALL_CLOSED'), callee.saw('CALL_CLOSED')])
    expect(await caller.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    expect(await callee.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
    const [known, others] = [new Set(keysIn(caller.log)), keysIn(callee.log)]
    expect(others.filter((key) => known.has(key))).toEqual([])
    expect(known.size > 0).toBe(callerSrtp !== undefined)
  })

  it('a phone that demands SRTP calls the PSTN, which has none', async () => {
    const caller = await Baresip.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ, srtp: 'demanded' })
    phones.push(caller)
    await caller.registered()
    await caller.dial('sip:12125550199@dialtone.local')
    await caller.saw('CALL_ESTABLISHED')
    await pause(2000)
    await caller.hangUp()
    await caller.saw('CALL_CLOSED')
    expect(await caller.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
  })
})
