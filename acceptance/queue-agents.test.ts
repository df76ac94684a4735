import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { hearAtLast } from './phones/hear.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, type TwoParties } from './phones/two-parties.ts'
import { done, type Identified, type Person, type SipLogin } from './tenant.ts'

const QUEUE = '4100'

interface Status {
  readonly callsWaiting: number
  readonly longestWaitSeconds: number
  readonly agentsLoggedIn: number
  readonly agents: readonly { readonly userId: string; readonly state: string; readonly since?: string; readonly registered: boolean }[]
}

let parties: TwoParties
let overflow: Person & { readonly login: SipLogin }
let queue: string
const phones: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  parties = await makeTwoParties()
  const { account } = parties
  const person = await account.createUser('4002')
  overflow = { ...person, login: await account.createLine(person.userId) }
  const made = done(
    await account.http.post<Identified>(`${account.path}/call-queue`, {
      name: 'Support',
      extension: QUEUE,
      agents: [{ userId: parties.callee.userId }],
      overflow: { referenceType: 'END_USER', referenceId: overflow.userId },
    }),
  )
  queue = `${account.path}/call-queue/${made.id}`
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

const status = async () => done(await parties.account.http.get<Status>(`${queue}/status`))
const stateOfAgent = async (state: string) =>
  eventually(`the agent to be ${state}`, 5_000, async () => ((await status()).agents[0]?.state === state ? status() : undefined))

/** The agent's phone dials a star code, which is answered, and the words end by themselves. */
async function agentDials(code: string): Promise<void> {
  const phone = await ScriptedPhone.open(parties.server, parties.callee.login)
  phones.push({ stop: async () => phone.close() })
  const call = await phone.call(code, { toneHz: CALLEE_HZ })
  expect(await call.finalStatus()).toBe(200)
  await call.ended()
}

describe.skipIf(isAbsent('baresip'))('agents of a queue (S0-50)', () => {
  it('S0-50: an agent that pauses by phone is not rung; the caller waits and is given to it when it goes on', { timeout: 60_000 }, async () => {
    const agent = await baresip(parties.callee.login, CALLEE_HZ)
    await agentDials('*47')
    expect((await stateOfAgent('PAUSED')).agentsLoggedIn).toBe(1)
    const caller = await baresip(parties.caller.login, CALLER_HZ)
    await caller.dial(`sip:${QUEUE}@dialtone.local`)
    await caller.saw('CALL_ESTABLISHED')
    await pause(3_500)
    const waiting = await status()
    expect([waiting.callsWaiting, waiting.agents[0]?.registered]).toEqual([1, true])
    expect(waiting.longestWaitSeconds).toBeGreaterThanOrEqual(2)
    expect(agent.events.some(({ type }) => type === 'CALL_INCOMING')).toBe(false)
    await agentDials('*48')
    await agent.saw('CALL_INCOMING', { timeoutMs: 15_000 })
    await agent.accept()
    await agent.saw('CALL_ESTABLISHED')
    const busy = await stateOfAgent('BUSY')
    expect(busy).toMatchObject({ callsWaiting: 0, longestWaitSeconds: 0 })
    // Since it talks, not since the caller waits.
    expect(Date.now() - Date.parse(busy.agents[0]?.since ?? '')).toBeLessThan(3_000)
    await hearAtLast([agent, CALLER_HZ], [caller, CALLEE_HZ])
    await caller.hangUp()
    await agent.saw('CALL_CLOSED')
    await stateOfAgent('AVAILABLE')
  })

  it('S0-50: logged out by API the queue sends callers to the overflow at once; logged in by phone the agent has them again', { timeout: 60_000 }, async () => {
    const agent = await baresip(parties.callee.login, CALLEE_HZ)
    const instead = await baresip(overflow.login, PSTN_HZ)
    const caller = await baresip(parties.caller.login, CALLER_HZ)
    done(await parties.account.http.put(`${queue}/agent/${parties.callee.userId}`, { state: 'LOGGED_OUT' }))
    expect((await status()).agentsLoggedIn).toBe(0)
    await caller.dial(`sip:${QUEUE}@dialtone.local`)
    await instead.saw('CALL_INCOMING')
    await instead.accept()
    await hearAtLast([instead, CALLER_HZ])
    await caller.hangUp()
    await instead.saw('CALL_CLOSED')
    expect(agent.events.some(({ type }) => type === 'CALL_INCOMING')).toBe(false)
    await agentDials(`*45${QUEUE}`)
    await stateOfAgent('AVAILABLE')
    await caller.dial(`sip:${QUEUE}@dialtone.local`)
    await agent.saw('CALL_INCOMING', { timeoutMs: 15_000 })
    await caller.hangUp()
  })

  it('S0-50: who waits goes to the overflow when the last agent logs out', { timeout: 60_000 }, async () => {
    const instead = await baresip(overflow.login, PSTN_HZ)
    const caller = await baresip(parties.caller.login, CALLER_HZ)
    await caller.dial(`sip:${QUEUE}@dialtone.local`)
    await caller.saw('CALL_ESTABLISHED')
    await agentDials('*46')
    await instead.saw('CALL_INCOMING', { timeoutMs: 15_000 })
    await instead.accept()
    await hearAtLast([caller, PSTN_HZ])
    await caller.hangUp()
    await instead.saw('CALL_CLOSED')
  })
})
