import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { freePorts } from './phones/free-ports.ts'
import { hear } from './phones/hear.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { runSipp, sippLogin } from './phones/sipp.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, TONES_HZ, type TwoParties } from './phones/two-parties.ts'

let parties: TwoParties

beforeAll(async () => {
  parties = await makeTwoParties()
})

describe.skipIf(isAbsent('baresip'))('two baresips in one account', () => {
  const phones: Baresip[] = []

  afterEach(async () => {
    await Promise.all(phones.splice(0).map((phone) => phone.stop()))
  })

  it.each([
    ['udp', 'udp', 'caller'],
    ['udp', 'udp', 'callee'],
    ['tcp', 'udp', 'caller'],
    ['udp', 'tcp', 'callee'],
    ['tcp', 'tcp', 'caller'],
  ] as const)('call by extension (%s to %s), sound goes both ways, the %s hangs up', async (callerTransport, calleeTransport, hangsUp) => {
    const caller = await Baresip.start(parties.server, parties.caller.login, { transport: callerTransport, toneHz: CALLER_HZ })
    const callee = await Baresip.start(parties.server, parties.callee.login, { transport: calleeTransport, toneHz: CALLEE_HZ })
    phones.push(caller, callee)
    await Promise.all([caller.registered(), callee.registered()])
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    await callee.saw('CALL_INCOMING')
    await caller.saw('CALL_RINGING')
    await callee.accept()
    await Promise.all([caller.saw('CALL_ESTABLISHED'), callee.saw('CALL_ESTABLISHED')])
    await pause(2500)
    const [first, second] = hangsUp === 'caller' ? [caller, callee] : [callee, caller]
    await first.hangUp()
    await second.saw('CALL_CLOSED')
    expect(await caller.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    expect(await callee.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
  })
})

describe.skipIf(isAbsent('sipp'))('two sipps in one account', () => {
  it.each([
    ['call-then-hang-up', 'answer-until-hung-up', 'udp'],
    ['call-until-hung-up', 'answer-then-hang-up', 'udp'],
    ['call-then-hang-up', 'answer-until-hung-up', 'tcp'],
  ] as const)('%s meets %s over %s', async (callerScenario, calleeScenario, transport) => {
    const port = await freePorts(60)
    const { login } = parties.callee
    // A semicolon would end the field; over TCP the contact is reached by the connection it registered with.
    const contact = `${parties.server.sipHost}:${port}`
    await runSipp(parties.server, {
      scenario: 'register',
      port: port + 1,
      transport,
      fields: [login.sipUsername, 'dialtone.local', contact, '120', sippLogin(login)],
    }).success()
    const callee = runSipp(parties.server, { scenario: calleeScenario, port, mediaPort: port + 20, transport })
    const caller = runSipp(parties.server, {
      scenario: callerScenario,
      port: port + 2,
      mediaPort: port + 40,
      transport,
      fields: [parties.caller.login.sipUsername, 'dialtone.local', parties.callee.extension, sippLogin(parties.caller.login)],
    })
    await Promise.all([caller.success(), callee.success()])
    await runSipp(parties.server, {
      scenario: 'register',
      port: port + 3,
      transport,
      fields: [login.sipUsername, 'dialtone.local', contact, '0', sippLogin(login)],
    }).success()
  })
})

describe('a user with two phones', () => {
  const phones: ScriptedPhone[] = []

  afterAll(() => {
    for (const phone of phones) phone.close()
  })

  it('S1-16: both ring; the one that is not picked up is told that the call was completed elsewhere', async () => {
    const second = await parties.account.createLine(parties.callee.userId)
    const caller = await ScriptedPhone.open(parties.server, parties.caller.login)
    const desk = await ScriptedPhone.open(parties.server, parties.callee.login)
    const kitchen = await ScriptedPhone.open(parties.server, second, { transport: 'tcp' })
    phones.push(caller, desk, kitchen)
    for (const phone of phones) await phone.register()
    const call = await caller.call(parties.callee.extension, { toneHz: CALLER_HZ })
    const [atDesk, inKitchen] = await Promise.all([desk.nextCall(), kitchen.nextCall()])
    atDesk.ring()
    inKitchen.ring()
    await call.saw(180)
    await inKitchen.answer(CALLEE_HZ)
    expect(await call.finalStatus()).toBe(200)
    const cancel = await atDesk.cancelled()
    expect(cancel.headers.find(([name]) => name.toLowerCase() === 'reason')?.[1]).toMatch(/SIP\s*;\s*cause=200/)
    await hear([call.media, CALLEE_HZ], [inKitchen.media, CALLER_HZ])
    expect(await call.hangUp()).toBe(200)
    await inKitchen.ended()
  })
})
