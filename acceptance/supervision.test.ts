import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectRecords } from './call-records.ts'
import { eventually, pause } from './eventually.ts'
import type { Baresip } from './phones/baresip.ts'
import type { IncomingPhoneCall, OutgoingPhoneCall } from './phones/phone-call.ts'
import { PhoneRack } from './phones/phone-rack.ts'
import { isAbsent } from './phones/program-present.ts'
import { type Account, done, type SipLogin, Tenant } from './tenant.ts'

const TONES_HZ = [440, 620, 1000] as const
const [CUSTOMER_HZ, AGENT_HZ, SUPERVISOR_HZ] = TONES_HZ
/** Tells those who talk. */
const NOTICE_HZ = 1400

let tenant: Tenant
const phones = new PhoneRack(() => tenant.platform)

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(() => phones.takeDown())

interface Talk {
  readonly account: Account
  readonly customer: OutgoingPhoneCall
  readonly agent: IncomingPhoneCall
  readonly supervisor: Baresip
  readonly callId: string
}

/** Somebody talks to an agent; a supervisor at 4002 has a phone that answers by itself. */
async function talk(setting?: Readonly<Record<string, unknown>>): Promise<Talk> {
  const account = await tenant.createAccount()
  const logins: SipLogin[] = []
  for (const extension of ['4000', '4001', '4002']) logins.push(await account.createLine((await account.createUser(extension)).userId))
  if (setting !== undefined) done(await account.http.put(`${account.path}/call-supervision`, setting))
  const [customerLogin, agentLogin, supervisorLogin] = logins
  if (customerLogin === undefined || agentLogin === undefined || supervisorLogin === undefined) throw new Error('no phones')
  const [customerPhone, agentPhone] = [await phones.scripted(customerLogin), await phones.scripted(agentLogin)]
  const supervisor = await phones.baresip(supervisorLogin, SUPERVISOR_HZ, { answer: 'auto' })
  const customer = await customerPhone.call('4001', { toneHz: CUSTOMER_HZ })
  const agent = await agentPhone.nextCall()
  await agent.answer(AGENT_HZ)
  expect(await customer.finalStatus()).toBe(200)
  const live = done(await account.http.get<{ results: readonly { id: string }[] }>(`${account.path}/calls`))
  return { account, customer, agent, supervisor, callId: live.results[0]?.id ?? '' }
}

function supervise({ account, callId }: Pick<Talk, 'account' | 'callId'>, body: Readonly<Record<string, unknown>> = {}) {
  return account.http.post<{ id: string; errorCode?: string }>(`${account.path}/calls/${callId}/supervise`, { supervisor: '4002', ...body })
}

async function hears(call: Pick<IncomingPhoneCall, 'media'>, tonesHz: readonly number[]): Promise<void> {
  const heard = (): readonly number[] => call.media?.tonesHeard(TONES_HZ) ?? []
  await eventually(
    () => `to hear ${tonesHz.join(' and ')} Hz, not ${heard().join(' and ')}`,
    10_000,
    () => (JSON.stringify(heard()) === JSON.stringify(tonesHz) ? true : undefined),
  )
}

describe.skipIf(isAbsent('baresip'))('listening to a live call', () => {
  it('begins when those who talk were told by a tone; by keys the supervisor whispers and joins in; it is over with the call', async () => {
    const call = await talk({ enabled: true, notice: 'TONE' })
    const { account, customer, agent, supervisor } = call
    await hears(customer, [AGENT_HZ])
    expect(done(await supervise(call)).id).not.toBe('')
    await supervisor.saw('CALL_ESTABLISHED')
    await eventually('the notice at both', 10_000, () => (customer.media.heardOnce(NOTICE_HZ) && agent.media?.heardOnce(NOTICE_HZ) === true ? true : undefined))
    await hears(customer, [AGENT_HZ])
    await hears(agent, [CUSTOMER_HZ])
    await pause(1_500)
    expect(customer.media.tonesHeard(TONES_HZ)).toEqual([AGENT_HZ])
    await supervisor.command('sndcode', '5')
    await hears(agent, [CUSTOMER_HZ, SUPERVISOR_HZ])
    expect(customer.media.tonesHeard(TONES_HZ)).toEqual([AGENT_HZ])
    await supervisor.command('sndcode', '6')
    await hears(customer, [AGENT_HZ, SUPERVISOR_HZ])
    await supervisor.command('sndcode', '4')
    await hears(customer, [AGENT_HZ])
    await hears(agent, [CUSTOMER_HZ])
    await pause(1_500)
    expect(await customer.hangUp()).toBe(200)
    await agent.ended()
    await supervisor.saw('CALL_CLOSED')
    expect(supervisor.lastTonesHeard(TONES_HZ)).toEqual([CUSTOMER_HZ, AGENT_HZ])
    // The call, and of the supervisor the call to his phone and what it was connected with.
    await expectRecords(account, ['ANSWERED', 'ANSWERED', 'ANSWERED'])
    const audit = done(await tenant.http.get<{ results: readonly unknown[] }>(`${tenant.path}/audit?accountId=${account.id}&referenceId=${call.callId}`))
    expect(audit.results).toMatchObject([{ referenceType: 'CALL', newValue: { mode: 'LISTEN' } }])
  })

  it('with words as notice; when the supervisor leaves, the two talk on as before', async () => {
    const call = await talk({ enabled: true })
    const { customer, agent, supervisor, account } = call
    done(await supervise(call, { mode: 'BARGE' }))
    await supervisor.saw('CALL_ESTABLISHED')
    await hears(customer, [AGENT_HZ, SUPERVISOR_HZ])
    await hears(agent, [CUSTOMER_HZ, SUPERVISOR_HZ])
    await supervisor.hangUp()
    await hears(customer, [AGENT_HZ])
    await hears(agent, [CUSTOMER_HZ])
    expect(await customer.hangUp()).toBe(200)
    await expectRecords(account, ['ANSWERED', 'ANSWERED', 'ANSWERED'])
  })

  it('does not stand in the way of a transfer: who is sent on talks to a colleague, whom nobody listens to', async () => {
    const call = await talk({ enabled: true, notice: 'TONE' })
    const { account, customer, agent, supervisor } = call
    const colleague = await phones.scripted(await account.createLine((await account.createUser('4003')).userId))
    done(await supervise(call, { mode: 'BARGE' }))
    await hears(agent, [CUSTOMER_HZ, SUPERVISOR_HZ])
    const path = `${account.path}/calls/${call.callId}/transfer`
    expect((await account.http.post(path, { to: '4003', transferee: 'CALLEE' })).status).toBe(202)
    const next = await colleague.nextCall()
    await next.answer(CUSTOMER_HZ)
    await supervisor.saw('CALL_CLOSED')
    await customer.ended()
    await hears(next, [AGENT_HZ])
    await hears(agent, [CUSTOMER_HZ])
    await next.hangUp()
    await agent.ended()
  })

  it('is refused unless the account allows it, in ways it does not allow, to who talks in it, and to other accounts', async () => {
    const call = await talk()
    const { account, customer, supervisor } = call
    expect(await supervise(call)).toMatchObject({ status: 400, body: { errorCode: 'SupervisionNotAllowed' } })
    done(await account.http.put(`${account.path}/call-supervision`, { enabled: true, modes: ['LISTEN'] }))
    expect(await supervise(call, { mode: 'BARGE' })).toMatchObject({ status: 400, body: { errorCode: 'SupervisionNotAllowed' } })
    expect(await supervise(call, { supervisor: '4001' })).toMatchObject({ status: 400, body: { errorCode: 'OwnCall' } })
    expect((await supervise({ ...call, callId: 'nothing' })).status).toBe(404)
    const stranger = await tenant.createAccount()
    const theirs = await stranger.createLine((await stranger.createUser('4002')).userId)
    done(await stranger.http.put(`${stranger.path}/call-supervision`, { enabled: true }))
    expect((await supervise({ account: stranger, callId: call.callId })).status).toBe(404)
    expect((await supervise(call, { supervisor: theirs.lineId })).status).toBeGreaterThanOrEqual(400)
    await pause(1_000)
    expect(supervisor.events.filter(({ type }) => type === 'CALL_INCOMING')).toEqual([])
    expect(await customer.hangUp()).toBe(200)
  })
})
