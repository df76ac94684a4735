import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { CALLER_HZ, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { Platform } from './platform.ts'
import { done, Tenant } from './tenant.ts'

/** TEST-NET-3 (RFC 5737): like the outer address of a NAT that takes nothing from inside back in. */
const OUTSIDE = '203.0.113.77'

let platform: Platform
let parties: TwoParties
let phone: ScriptedPhone

beforeAll(async () => {
  platform = await Platform.start({ environment: { DIALTONE_PUBLIC_ADDRESS: OUTSIDE } })
  parties = await makeTwoParties(await Tenant.logIn(platform.address))
  phone = await ScriptedPhone.open(parties.server, parties.caller.login)
  await phone.register()
})
afterAll(async () => {
  phone?.close()
  await platform?.discard()
})

describe('a server whose public address the machine itself cannot reach', () => {
  it('carries calls to the sandbox PSTN, whose BYE finds back', async () => {
    const call = await phone.call('12125550107', { toneHz: CALLER_HZ })
    expect(await call.finalStatus()).toBe(200)
    await call.ended()
  })

  it('carries calls from the sandbox PSTN: its ACK arrives, and BYE of the phone ends them', async () => {
    const number = await parties.account.addNumber()
    await parties.account.assignNumber(number, parties.caller.userId)
    done(await parties.tenant.http.post('/v2/sandbox/inbound-call', { from: '12125550142', to: number, seconds: 2 }))
    const ringing = await phone.nextCall()
    await ringing.answer(CALLER_HZ)
    // The caller hangs up after its two seconds; a call whose 2xx nobody acknowledged would not.
    await ringing.ended()
  })
})

describe('a server that stops', () => {
  it('does not wait for the browsers and phones that hold connections', async () => {
    const holders = [await ScriptedPhone.open(parties.server, parties.caller.login, { transport: 'ws' })]
    holders.push(await ScriptedPhone.open(parties.server, parties.callee.login, { transport: 'tls' }))
    for (const holder of holders) await holder.register()
    const startedMs = performance.now()
    await platform.stop()
    // Draining calls would take five seconds, and a stop that hangs is killed after twenty.
    expect(performance.now() - startedMs).toBeLessThan(5000)
    await eventually('the connections to be closed', 1000, () => (holders.every(({ socket }) => socket.closed) ? true : undefined))
  })
})
