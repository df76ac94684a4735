import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import type { ErrorBody } from './http-client.ts'
import { Baresip } from './phones/baresip.ts'
import { hear } from './phones/hear.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf, valueOf } from './phones/sip-text.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { done } from './tenant.ts'

/** An area code no number of the sandbox inventory has. */
const FAR_AWAY = '1212'

let parties: TwoParties
let number: string

beforeAll(async () => {
  parties = await makeTwoParties()
  number = await parties.account.addNumber()
  await parties.account.assignNumber(number, parties.caller.userId)
})

const callIn = (body: unknown) => parties.tenant.http.post<{ callId: string }>('/v2/sandbox/inbound-call', body)

describe.skipIf(isAbsent('baresip'))('a user with baresip', () => {
  const phones: Baresip[] = []

  afterEach(async () => {
    await Promise.all(phones.splice(0).map((phone) => phone.stop()))
  })

  async function registeredPhone(transport: 'udp' | 'tcp' = 'udp'): Promise<Baresip> {
    const started = await Baresip.start(parties.server, parties.caller.login, { transport, toneHz: CALLER_HZ })
    phones.push(started)
    await started.registered()
    return started
  }

  it.each(['2125550199', '12125550199', '+12125550199'])('S0-31 S1-21 S1-35: calls the PSTN by dialing %s, hears the echo and hangs up', async (dialed) => {
    const caller = await registeredPhone()
    await caller.dial(`sip:${dialed}@dialtone.local`)
    await caller.saw('CALL_ESTABLISHED')
    await pause(2000)
    await caller.hangUp()
    await caller.saw('CALL_CLOSED')
    expect(await caller.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
  })

  it.each([
    ['5550100', 486],
    ['5550102', 404],
    ['5550103', 603],
    ['5550104', 503],
  ])('sees the far end of a number ending in %s fail with %i', async (ending, status) => {
    const caller = await registeredPhone()
    await caller.dial(`sip:${FAR_AWAY}${ending}@dialtone.local`)
    const closed = await caller.saw('CALL_CLOSED')
    expect(closed.param).toMatch(new RegExp(`^${status}\\b`))
  })

  it('rings for ever at 5550101 until it gives up, which ends with 487', async () => {
    const caller = await registeredPhone()
    await caller.dial(`sip:${FAR_AWAY}5550101@dialtone.local`)
    await caller.saw('CALL_RINGING')
    await pause(1000)
    await caller.hangUp()
    await eventually('487 in the trace', 5000, () => (caller.log.includes('SIP/2.0 487') ? true : undefined))
  })

  it('hears 440 Hz at 5550105', async () => {
    const caller = await registeredPhone('tcp')
    await caller.dial(`sip:${FAR_AWAY}5550105@dialtone.local`)
    await caller.saw('CALL_ESTABLISHED')
    await pause(2000)
    await caller.hangUp()
    expect(await caller.toneHeard(TONES_HZ)).toBe(PSTN_HZ)
  })

  it('is hung up on after two seconds by 5550107', async () => {
    const caller = await registeredPhone()
    await caller.dial(`sip:${FAR_AWAY}5550107@dialtone.local`)
    const established = await caller.saw('CALL_ESTABLISHED')
    const closed = await caller.saw('CALL_CLOSED')
    expect(closed.atMs - established.atMs).toBeGreaterThan(1500)
    expect(closed.atMs - established.atMs).toBeLessThan(3000)
  })

  it('S0-47 S1-15 S1-87: is called from the PSTN by the number, sound goes to the PSTN and back, and hangs up', async () => {
    const callee = await registeredPhone()
    const { callId } = done(await callIn({ from: '12125550142', to: number, seconds: 20 }))
    expect(callId).not.toBe('')
    await callee.saw('CALL_INCOMING')
    expect(callee.log).toMatch(/From:[^\r\n]*2125550142/i)
    await callee.accept()
    await callee.saw('CALL_ESTABLISHED')
    await pause(2000)
    await callee.hangUp()
    await callee.saw('CALL_CLOSED')
    expect(await callee.toneHeard(TONES_HZ)).toBeDefined()
  })

  it('S0-47: is hung up on when the calling PSTN has talked long enough', async () => {
    const callee = await registeredPhone('tcp')
    done(await callIn({ from: '12125550143', to: number, seconds: 2 }))
    await callee.saw('CALL_INCOMING')
    await callee.accept()
    const established = await callee.saw('CALL_ESTABLISHED')
    const closed = await callee.saw('CALL_CLOSED')
    expect(closed.atMs - established.atMs).toBeGreaterThan(1000)
    expect(closed.atMs - established.atMs).toBeLessThan(4000)
  })
})

describe('a user with a scripted phone', () => {
  const phones: ScriptedPhone[] = []

  // A phone that is merely switched off keeps its binding, and calls would wait for it.
  afterEach(async () => {
    for (const phone of phones.splice(0)) {
      await phone.unregister()
      phone.close()
    }
  })

  async function registeredPhone(): Promise<ScriptedPhone> {
    const opened = await ScriptedPhone.open(parties.server, parties.caller.login)
    phones.push(opened)
    expect(statusOf(await opened.register())).toBe(200)
    return opened
  }

  it('hears early media of 5550106 before it answers', async () => {
    const caller = await registeredPhone()
    const call = await caller.call(`${FAR_AWAY}5550106`, { toneHz: CALLER_HZ })
    expect(await call.finalStatus()).toBe(200)
    expect(call.statuses).toContain(183)
    expect(call.statuses.indexOf(183)).toBeLessThan(call.statuses.indexOf(200))
    expect(await call.hangUp()).toBe(200)
  })

  it.each([
    ['5550100', 486],
    ['5550102', 404],
    ['5550103', 603],
    ['5550104', 503],
  ])('sees each failure once (%s: %i), without a second ring', async (ending, status) => {
    const caller = await registeredPhone()
    const call = await caller.call(`${FAR_AWAY}${ending}`)
    expect(await call.finalStatus()).toBe(status)
    await pause(300)
    expect(call.statuses.filter((seen) => seen >= 300)).toEqual([status])
  })

  it('S1-87 S1-90: reaches a number of another account, and shows the number assigned as caller id there', async () => {
    const caller = await registeredPhone()
    const others = await makeTwoParties(parties.tenant)
    const second = await others.account.addNumber()
    await others.account.assignNumber(second, others.callee.userId)
    const callee = await ScriptedPhone.open(others.server, others.callee.login)
    phones.push(callee)
    await callee.register()
    const call = await caller.call(second, { toneHz: CALLER_HZ })
    const ringing = await callee.nextCall()
    expect(ringing.from).toContain(number.slice(1))
    await ringing.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    await hear([call.media, CALLEE_HZ], [ringing.media, CALLER_HZ])
    await call.hangUp()
    await ringing.ended()
  })

  it('rejects a call from the PSTN with 486 and the PSTN gives up', async () => {
    const callee = await registeredPhone()
    done(await callIn({ from: '12125550144', to: number, seconds: 10 }))
    const ringing = await callee.nextCall()
    expect(valueOf(ringing.invite, 'from')).toContain('2125550144')
    ringing.reject(486)
    const records = await eventually('the record', 5000, async () => {
      const found = (await parties.account.callRecords()).filter((record) => record.origNumber.endsWith('2125550144'))
      return found.length > 0 ? found : undefined
    })
    expect(records.map((record) => [record.callFlagType, record.disconnectType, record.actualCallLengthSeconds])).toEqual([['BUSY', 'Busy', 0]])
  })

  it('refuses a sandbox call to what is no number of ours, and one that is no number at all', async () => {
    for (const body of [{ from: '12125550145', to: '12125559999' }, { from: '12125550145', to: 'x' }, { from: '12125550145' }, {}]) {
      const answer = await parties.tenant.http.post<ErrorBody>('/v2/sandbox/inbound-call', body)
      expect([400, 404]).toContain(answer.status)
    }
  })
})
