import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { recordOf } from './call-records.ts'
import { eventually } from './eventually.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf, valueOf } from './phones/sip-text.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done, type Person, type SipLogin } from './tenant.ts'

let parties: TwoParties
let number: string
let third: Person & { readonly login: SipLogin }
let caller: ScriptedPhone
let own: ScriptedPhone
let colleague: ScriptedPhone

beforeAll(async () => {
  parties = await makeTwoParties()
  const person = await parties.account.createUser('4002')
  third = { ...person, login: await parties.account.createLine(person.userId) }
  number = await parties.account.addNumber()
  await parties.account.assignNumber(number, parties.callee.userId)
})

beforeEach(async () => {
  caller = await ScriptedPhone.open(parties.server, parties.caller.login)
  own = await ScriptedPhone.open(parties.server, parties.callee.login)
  colleague = await ScriptedPhone.open(parties.server, third.login)
  for (const phone of [caller, own, colleague]) expect(statusOf(await phone.register())).toBe(200)
})

afterEach(async () => {
  for (const phone of [caller, own, colleague]) {
    await phone.unregister()
    phone.close()
  }
})

const everybody = { anonymousCallScreen: 'Allow', tollFreeCallScreen: 'Allow', defaultCallScreen: 'Allow', customCallScreenList: [], forwardTn: null }

async function calleeScreens(settings: Readonly<Record<string, unknown>>): Promise<void> {
  const callScreeningSettings = { ...everybody, ...settings }
  done(await parties.account.http.patch(`${parties.account.path}/user/${parties.callee.userId}`, { callScreeningSettings }))
}

const callIn = async (from: string) => done(await parties.tenant.http.post('/v2/sandbox/inbound-call', { from, to: number, seconds: 10 }))

describe('call screening', () => {
  it('S0-30 S1-59: a caller of the list is refused as busy, another one rings; the record says rejected', async () => {
    await calleeScreens({ customCallScreenList: [{ telephoneNumber: '+12125550161', blockType: 'Block' }] })
    await callIn('12125550161')
    const record = await eventually('the record', 8000, async () => (await parties.account.callRecords()).find((one) => one.origNumber.endsWith('2125550161')))
    expect([record.disconnectType, record.actualCallLengthSeconds]).toEqual(['Unauthorized', 0])
    await callIn('12125550162')
    const ringing = await own.nextCall()
    expect(valueOf(ringing.invite, 'from')).toContain('2125550162')
    ringing.reject(486)
  })

  it('S1-59: who hides hears 433 Anonymity Disallowed (RFC 5079), and the phone stays silent', async () => {
    await calleeScreens({ anonymousCallScreen: 'Block' })
    const visible = async (extensionCallerIdVisible: boolean) =>
      done(await parties.account.http.patch(`${parties.account.path}/user/${parties.caller.userId}`, { callerIdConfig: { extensionCallerIdVisible } }))
    await visible(false)
    const call = await caller.call(parties.callee.extension)
    expect(await call.finalStatus()).toBe(433)
    await expect(own.nextCall(500)).rejects.toThrow('a call at')
    expect(await recordOf(parties.account, call.callId)).toMatchObject({ actualCallLengthSeconds: 0, disconnectType: 'Unauthorized' })
    await calleeScreens({ anonymousCallScreen: 'BlockWithPrompt' })
    expect(await (await caller.call(parties.callee.extension)).finalStatus(15_000)).toBe(433)
    await visible(true)
    const shown = await caller.call(parties.callee.extension)
    ;(await own.nextCall()).reject(486)
    expect(await shown.finalStatus()).toBe(486)
  })

  it('S1-59: toll-free callers are sent on, and important ones ring their own way', async () => {
    await calleeScreens({ tollFreeCallScreen: 'Forward', forwardTn: third.extension, defaultCallScreen: 'VipRing', defaultRingType: 'Ring3' })
    await callIn('18005550163')
    const sentOn = await colleague.nextCall()
    expect(valueOf(sentOn.invite, 'diversion')).toContain('unconditional')
    sentOn.reject(486)
    await callIn('12125550164')
    const important = await own.nextCall()
    expect(valueOf(important.invite, 'alert-info')).toBe('<http://127.0.0.1/Bellcore-dr3>;info=Bellcore-dr3')
    important.reject(486)
    await calleeScreens({})
    await callIn('12125550165')
    const plain = await own.nextCall()
    expect(valueOf(plain.invite, 'alert-info')).toBe('')
    plain.reject(486)
  })
})
