import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { expectRecords } from './call-records.ts'
import { hearAtLast } from './phones/hear.ts'
import { PhoneRack } from './phones/phone-rack.ts'
import { isAbsent } from './phones/program-present.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import type { Person, SipLogin } from './tenant.ts'
import { done } from './tenant.ts'

const QUEUE = '4100'
const SHORT_QUEUE = '4101'

let parties: TwoParties
let second: Person & { readonly login: SipLogin }
const phones = new PhoneRack(() => parties.server)

beforeAll(async () => {
  parties = await makeTwoParties()
  const person = await parties.account.createUser('4002')
  second = { ...person, login: await parties.account.createLine(person.userId) }
  const { http, path } = parties.account
  const agents = [{ userId: parties.callee.userId }]
  done(await http.post(`${path}/call-queue`, { name: 'Support', extension: QUEUE, agents, positionAnnouncements: true, announcementInterval: 30 }))
  const overflow = { referenceType: 'END_USER', referenceId: second.userId }
  done(await http.post(`${path}/call-queue`, { name: 'Nobody', extension: SHORT_QUEUE, agents: [], maxWaitTime: 10, overflow }))
})

afterEach(() => phones.takeDown())

describe.skipIf(isAbsent('baresip'))('a call queue (S0-49, S0-50)', () => {
  it('gives the agent to who came first, and to the next when he is free again; both are heard and hear', async () => {
    const agent = await phones.baresip(parties.callee.login, CALLEE_HZ)
    const first = await phones.baresip(parties.caller.login, CALLER_HZ)
    const next = await phones.baresip(second.login, PSTN_HZ)
    await first.dial(`sip:${QUEUE}@dialtone.local`)
    await agent.saw('CALL_INCOMING', { timeoutMs: 15_000 })
    await agent.accept()
    await agent.saw('CALL_ESTABLISHED')
    await next.dial(`sip:${QUEUE}@dialtone.local`)
    await next.saw('CALL_ESTABLISHED')
    await hearAtLast([agent, CALLER_HZ])
    expect(agent.events.filter(({ type }) => type === 'CALL_INCOMING').length).toBe(1)
    const firstCallOver = agent.events.length
    await first.hangUp()
    await agent.saw('CALL_CLOSED')
    await agent.saw('CALL_INCOMING', { from: firstCallOver, timeoutMs: 15_000 })
    await agent.accept()
    await hearAtLast([agent, PSTN_HZ], [next, CALLEE_HZ])
    await next.hangUp()
    await expectRecords(parties.account, ['ANSWERED', 'ANSWERED'])
  })

  it('sends who waited too long to the overflow', async () => {
    const caller = await phones.baresip(parties.caller.login, CALLER_HZ)
    const overflow = await phones.baresip(second.login, CALLEE_HZ)
    await caller.dial(`sip:${SHORT_QUEUE}@dialtone.local`)
    await caller.saw('CALL_ESTABLISHED')
    await overflow.saw('CALL_INCOMING', { timeoutMs: 25_000 })
    await overflow.accept()
    await hearAtLast([overflow, CALLER_HZ])
    await caller.hangUp()
  })
})

describe('a call queue, and a phone that refuses every re-INVITE', () => {
  it('lets its caller talk to the agent all the same: both stay with the platform, and hear each other', async () => {
    const [agent, caller] = [await phones.scripted(parties.callee.login), await phones.scripted(parties.caller.login)]
    const call = await caller.call(QUEUE, { toneHz: CALLER_HZ })
    call.refusesOffers = true
    const offered = await agent.nextCall(15_000)
    await offered.answer(CALLEE_HZ)
    await eventually('the caller at the agent', 8_000, () => (offered.media?.toneHeard(TONES_HZ) === CALLER_HZ ? true : undefined))
    await eventually('the agent at the caller', 8_000, () => (call.media.toneHeard(TONES_HZ) === CALLEE_HZ ? true : undefined))
    expect([call.endedBy, await call.hangUp()]).toEqual([undefined, 200])
    await offered.ended()
  })
})
