import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { hear, hearAtLast } from './phones/hear.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done, type Identified } from './tenant.ts'

interface Status {
  readonly callsWaiting: number
  readonly callbacksWaiting: number
}

/** Whose queue it is, and who calls it: two accounts. */
let owner: TwoParties
let customer: TwoParties
let queueNumber: string
let customerNumber: string
let queue: string
const phones: { stop(): Promise<unknown> }[] = []

beforeAll(async () => {
  owner = await makeTwoParties()
  customer = await makeTwoParties(owner.tenant)
  const { account, callee } = owner
  queueNumber = await account.addNumber()
  customerNumber = await customer.account.addNumber()
  await customer.account.assignNumber(customerNumber, customer.caller.userId)
  const made = done(
    await account.http.post<Identified>(`${account.path}/call-queue`, { name: 'Support', agents: [{ userId: callee.userId }], callbackEnabled: true }),
  )
  queue = `${account.path}/call-queue/${made.id}`
  done(await account.http.patch(`${account.path}/telephonenumber/${queueNumber}`, { referenceType: 'CALL_QUEUE', referenceId: made.id }))
})

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

async function start(parties: TwoParties, who: 'caller' | 'callee', toneHz: number): Promise<Baresip> {
  const phone = await Baresip.start(parties.server, parties[who].login, { toneHz })
  phones.push(phone)
  await phone.registered()
  return phone
}

const status = async () => done(await owner.account.http.get<Status>(`${queue}/status`))
const duty = async (state: string) => done(await owner.account.http.put(`${queue}/agent/${owner.callee.userId}`, { state }))

/** The agent pauses; the customer calls, presses 1 and is hung up. */
async function customerAsks(phone: Baresip): Promise<void> {
  await duty('PAUSED')
  const from = phone.events.length
  await phone.dial(`sip:${queueNumber}@dialtone.local`)
  await phone.saw('CALL_ESTABLISHED', { from })
  await pause(1_500)
  await phone.command('sndcode', '1')
  await phone.saw('CALL_CLOSED', { from, timeoutMs: 20_000 })
  expect(await status()).toMatchObject({ callsWaiting: 0, callbacksWaiting: 1 })
}

describe.skipIf(isAbsent('baresip'))('a caller who keeps the place in a queue and is called back (S0-50)', () => {
  it('S0-50: the agent is rung, then the caller, who sees the number of the queue; both hear each other, and the agent pays', { timeout: 90_000 }, async () => {
    const atCustomer = await start(customer, 'caller', CALLER_HZ)
    const agent = await start(owner, 'callee', CALLEE_HZ)
    await customerAsks(atCustomer)
    const from = atCustomer.events.length
    await duty('AVAILABLE')
    const ringing = await agent.saw('CALL_INCOMING', { timeoutMs: 15_000 })
    expect(ringing.param).toContain(customerNumber)
    await agent.accept()
    const calledBack = await atCustomer.saw('CALL_INCOMING', { from, timeoutMs: 15_000 })
    expect(calledBack.param).toContain(queueNumber)
    await atCustomer.accept()
    await atCustomer.saw('CALL_ESTABLISHED', { from })
    await hearAtLast([agent, CALLER_HZ], [atCustomer, CALLEE_HZ])
    expect((await status()).callbacksWaiting).toBe(0)
    await atCustomer.hangUp()
    await agent.saw('CALL_CLOSED')
    const record = await eventually('the record of the call back', 10_000, async () =>
      (await owner.account.callRecords()).find(({ callType, referenceId }) => callType === 'OUTBOUND' && referenceId === owner.callee.userId),
    )
    expect(record).toMatchObject({ callFlagType: 'ANSWERED', origNumber: queueNumber })
  })

  it('S0-50: who calls again, and everybody when the last agent logs out, is not called back', { timeout: 90_000 }, async () => {
    const atCustomer = await start(customer, 'caller', CALLER_HZ)
    await customerAsks(atCustomer)
    const from = atCustomer.events.length
    await atCustomer.dial(`sip:${queueNumber}@dialtone.local`)
    await atCustomer.saw('CALL_ESTABLISHED', { from })
    await eventually('the place to be taken again', 5_000, async () => {
      const { callsWaiting, callbacksWaiting } = await status()
      return callsWaiting === 1 && callbacksWaiting === 0 ? true : undefined
    })
    await atCustomer.hangUp()
    await atCustomer.saw('CALL_CLOSED', { from })
    await customerAsks(atCustomer)
    await duty('LOGGED_OUT')
    await eventually('the place to be given up', 5_000, async () => ((await status()).callbacksWaiting === 0 ? true : undefined))
  })
})

describe('a caller who is engaged when he is called back', () => {
  it('S0-50: holds up nobody: whoever waits behind is given to the agent, long before he is called again', { timeout: 60_000 }, async () => {
    const scripted = async ({ server }: TwoParties, { login }: TwoParties['caller']): Promise<ScriptedPhone> => {
      const phone = await ScriptedPhone.open(server, login)
      phones.push({ stop: () => Promise.resolve(phone.close()) })
      expect(statusOf(await phone.register())).toBe(200)
      return phone
    }
    const [agent, engaged, next] = [await scripted(owner, owner.callee), await scripted(customer, customer.caller), await scripted(owner, owner.caller)]
    await duty('PAUSED')
    const first = await engaged.call(queueNumber)
    expect(await first.finalStatus()).toBe(200)
    await pause(1_500)
    await first.media.press(first.final?.body ?? '', '1')
    await first.ended(20_000)
    expect(await status()).toMatchObject({ callsWaiting: 0, callbacksWaiting: 1 })
    const behind = await next.call(queueNumber, { toneHz: CALLER_HZ })
    expect(await behind.finalStatus()).toBe(200)
    await duty('AVAILABLE')
    const forCallback = await agent.nextCall(15_000)
    await forCallback.answer()
    ;(await engaged.nextCall()).reject(486)
    await forCallback.ended()
    const forNext = await agent.nextCall(10_000)
    await forNext.answer(CALLEE_HZ)
    await hear([behind.media, CALLEE_HZ], [forNext.media, CALLER_HZ])
    expect(await status()).toMatchObject({ callbacksWaiting: 1 })
    await behind.hangUp()
    await forNext.ended()
    await duty('LOGGED_OUT')
  })
})
