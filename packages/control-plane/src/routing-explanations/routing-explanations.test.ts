import { explainCall } from '@dialtone/softswitch'
import { addNumberTo, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NO_SWITCH } from '../no-switch.ts'

const TO_NOBODY = '18015550142'

let platform: TestControlPlane
let explain: string
let ann: { userId: string; lineId: string; accountId: string }
let bob: { userId: string; lineId: string }
let number: string

beforeAll(async () => {
  platform = await startTestControlPlane({
    calls: { ...NO_SWITCH, explain: async (question) => explainCall({ directory: platform.plane.view, bindingsOf: () => [], occupancy: {} }, question) },
  })
  explain = `/v2/partition/${platform.partitionId}/routing/explain`
  const accountId = await newAccount('explained')
  ann = { accountId, ...(await newUser(accountId, '4000')) }
  bob = await newUser(accountId, '4001')
  number = await newNumber(accountId, ann.userId)
})
afterAll(() => platform.stop())

async function newAccount(accountNumber: string, partitionId = platform.partitionId, token?: string): Promise<string> {
  const body = { accountNumber, accountName: accountNumber, extensionLength: 4 }
  return String((await platform.call('POST', `/v2/partition/${partitionId}/account`, body, token)).body['id'])
}

let macs = 0
async function newUser(accountId: string, extension: string): Promise<{ userId: string; lineId: string }> {
  const base = `/v2/partition/${platform.partitionId}/account/${accountId}`
  const userId = String((await platform.call('POST', `${base}/user`, { firstName: 'User', lastName: extension, extension })).body['id'])
  const macAddress = `02000000${(++macs).toString(16).padStart(4, '0')}`
  const line = await platform.call('POST', `${base}/deviceline`, { userId, deviceName: 'Line', deviceTypeId: 'SPA112', lineNumber: 1, macAddress })
  expect(line.status, JSON.stringify(line.body)).toBe(201)
  return { userId, lineId: String(line.body['id']) }
}

async function newNumber(accountId: string, userId: string): Promise<string> {
  const phoneNumber = await addNumberTo(platform, accountId, 101)
  const path = `/v2/partition/${platform.partitionId}/account/${accountId}/telephonenumber/${phoneNumber}`
  const address = { streetNumber: '333', streetName: '520 W', preDirectional: 'S', city: 'Lindon', state: 'UT', postalCode: '84042', country: 'USA' }
  const changed = await platform.call('PATCH', path, { referenceType: 'END_USER', referenceId: userId, assignAsCallerId: true, e911Address: { address } })
  expect(changed.status, JSON.stringify(changed.body)).toBe(200)
  return phoneNumber
}

interface Explained {
  readonly decisions: readonly { accountId: string; version?: number; steps: readonly { rule: string; object?: unknown }[]; result: Record<string, unknown> }[]
}

async function ask(from: string, to: string, more: Readonly<Record<string, unknown>> = {}) {
  const { status, body } = await platform.call('POST', explain, { from, to, ...more })
  return { status, body, explained: body as unknown as Explained }
}

describe('POST routing/explain', () => {
  it.each(['lineId', 'userId'] as const)('knows a caller by its %s', async (member) => {
    const { status, body, explained } = await ask(ann[member], '4001')
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({ direction: 'originating', accountId: ann.accountId, lineId: ann.lineId, endpoints: [] })
    expect(body['then']).toEqual([])
    expect(explained.decisions[0]).toMatchObject({ accountId: ann.accountId, version: expect.any(Number), result: { kind: 'ring', lineIds: [bob.lineId] } })
    // Nobody is registered: the switch would go on to the handling of the user.
    expect(explained.decisions.at(-1)?.result).toMatchObject({ kind: 'reject', code: 'Unregistered', statusCode: 480 })
    expect(explained.decisions[0]?.steps.find(({ rule }) => rule === 'line')?.object).toEqual({ type: 'LINE', id: ann.lineId })
  })

  it('by its SIP user name and its extension, which another account may have too', async () => {
    expect((await ask(ann.lineId, '4001')).body['lineId']).toBe(ann.lineId)
    expect((await ask('4000', '4001')).body['lineId']).toBe(ann.lineId)
    const other = await newAccount('also 4000')
    await newUser(other, '4000')
    expect((await ask('4000', '4001')).body['errorCode']).toBe('AmbiguousCaller')
    expect((await ask('4000', '4001', { accountId: ann.accountId })).body['lineId']).toBe(ann.lineId)
  })

  it('a call from outside to a number rings its user; from the number itself it is the user who calls', async () => {
    const inbound = await ask('2125550199', number, { fromName: 'New York' })
    expect(inbound.body).toMatchObject({ direction: 'terminating', accountId: ann.accountId })
    expect(inbound.explained.decisions[0]?.result).toMatchObject({ kind: 'ring', lineIds: [ann.lineId], caller: { number: '12125550199', name: 'New York' } })
    expect((await ask('anonymous', number)).explained.decisions[0]?.result).toMatchObject({ caller: { anonymous: true } })
    expect((await ask(number, '4001')).body).toMatchObject({ direction: 'originating', lineId: ann.lineId })
    expect((await ask('2125550199', TO_NOBODY)).explained.decisions).toMatchObject([{ steps: [{ rule: 'edge' }], result: { statusCode: 404 } }])
  })

  it('911 with its location and callback number, and what a minute of a call costs (S0-78)', async () => {
    expect((await ask(ann.lineId, '911')).body).toMatchObject({
      emergency: { service: '911', callbackNumber: number, locationMissing: false, location: { city: expect.stringMatching(/lindon/i) } },
      price: { cost: 0 },
    })
    expect((await ask(bob.lineId, '4000')).body['price']).toMatchObject({ answeredSeconds: 60, cost: 0, rateType: 'IntraPartitionFree' })
    expect((await ask(ann.lineId, '4444')).body['price']).toBeUndefined()
  })

  it('tried only, or asked once for a key, the price is told as well', async () => {
    const asked = { from: bob.lineId, to: '4000' }
    expect((await platform.call('POST', `${explain}?dryRun=true`, asked)).body['would']).toMatchObject({ status: 200, body: { price: { cost: 0 } } })
    const headers = { 'x-auth-token': platform.token, 'idempotency-key': 'asked-once' }
    const answer = await platform.plane.http.inject({ method: 'POST', url: explain, headers, payload: asked })
    expect(answer.json()).toMatchObject({ price: { cost: 0 } })
  })

  it('who pays, what he pays, and that he does not (S4-40): the plan of who calls, and of who sends the call on', async () => {
    const accountId = await newAccount('pays')
    const [carl, dora] = [await newUser(accountId, '4000'), await newUser(accountId, '4001')]
    const path = `/v2/partition/${platform.partitionId}`
    const carrier = { name: 'Carrier', address: '192.0.2.10', port: 5060, keepAliveSeconds: 0 }
    expect((await platform.call('POST', `${path}/account/${accountId}/carrier-trunk`, carrier)).status).toBe(200)
    const product = async (name: string, terms: Readonly<Record<string, unknown>>, { userId }: { userId: string }) => {
      const { body } = await platform.call('POST', `${path}/callingplanproduct`, { name, ...terms })
      expect((await platform.call('PUT', `${path}/account/${accountId}/user/${userId}/callingplanproduct/${String(body['id'])}`)).status).toBe(200)
    }
    await product('Nothing left', { planMinutes: 0, allowOverage: false }, carl)
    await product('By the minute', { planMinutes: 0, allowOverage: true, overageRatePerMinute: '0.07' }, dora)
    const call = { accountId, calledNumber: '12125550199', category: 'OffNet' }
    const own = await ask(carl.lineId, '2125550199')
    expect(own.body).toMatchObject({
      decisions: [{ result: { kind: 'carrier' }, payers: [{ ...call, userId: carl.userId, allowed: false, code: 'PlanMinutesExhausted', statusCode: 402 }] }],
      endpoints: [],
    })
    expect([own.body['then'], own.body['price']]).toEqual([[], undefined])
    const callHandlingSettings = { callHandlingOptionType: 'ForwardAlways', forwardAlwaysToNumber: '12125550199' }
    await platform.call('PATCH', `${path}/account/${accountId}/user/${dora.userId}`, { callHandlingSettings })
    expect((await ask(carl.lineId, '4001')).body).toMatchObject({
      decisions: [{ payers: [{ ...call, userId: dora.userId, allowed: true, sentOn: 'forwarded' }] }],
      price: { cost: 0.07, ratePerMinute: 0.07, callingPlanProductName: 'By the minute', paidBy: { accountId, userId: dora.userId } },
    })
    // Carl may have had minutes left then, and Dora none: who would have paid is told, not whether he would have been let.
    for (const [{ lineId }, { userId }] of [[carl, carl] as const, [dora, dora] as const]) {
      const past = (await ask(lineId, '2125550199', { asOf: new Date(platform.time.nowMs()).toISOString() })).body as unknown as {
        readonly decisions: readonly { readonly payers: readonly object[] }[]
      }
      expect(past.decisions[0]?.payers).toEqual([{ ...call, userId, lineId }])
    }
  })

  it('by the rules of a time of the past (asOf), also where the call came to another account', async () => {
    const asOf = new Date(platform.time.nowMs()).toISOString()
    platform.time.advance(60_000)
    const numberPath = `/v2/partition/${platform.partitionId}/account/${ann.accountId}/telephonenumber/${number}`
    expect((await platform.call('PATCH', numberPath, { referenceType: 'END_USER', referenceId: bob.userId })).status).toBe(200)
    const changed = new Date(platform.time.nowMs()).toISOString()
    platform.time.advance(1_000)
    const caller = await newUser(await newAccount('asks about the past'), '4900')
    const now = await ask(caller.lineId, number)
    expect(now.explained.decisions.at(1)?.result).toMatchObject({ kind: 'ring', lineIds: [bob.lineId] })
    const then = await ask('2125550199', number, { asOf })
    expect(then.explained.decisions[0]?.result).toMatchObject({ kind: 'ring', lineIds: [ann.lineId] })
    expect(then.body).toMatchObject({ at: asOf, states: [{ accountId: ann.accountId, until: changed }] })
    const since = await ask('2125550199', number, { asOf: changed })
    expect(since.explained.decisions[0]?.result).toMatchObject({ kind: 'ring', lineIds: [bob.lineId] })
    expect(since.body['states']).toEqual([])
    expect((await platform.call('PATCH', numberPath, { referenceType: 'END_USER', referenceId: ann.userId })).status).toBe(200)
  })

  it('says of a time whose state gave way too soon to be kept that it goes by what came next', async () => {
    const accountId = await newAccount('changes its mind')
    const own = await newUser(accountId, '4100')
    const disturb = (doNotDisturbEnabled: boolean) =>
      platform.call('PATCH', `/v2/partition/${platform.partitionId}/account/${accountId}/user/${own.userId}`, {
        callHandlingSettings: { doNotDisturbEnabled },
      })
    platform.time.advance(60_000)
    await disturb(true)
    const asOf = new Date(platform.time.nowMs()).toISOString()
    platform.time.advance(1_000)
    await disturb(false)
    const from = new Date(platform.time.nowMs()).toISOString()
    expect((await ask(own.lineId, '4100', { asOf })).body['states']).toEqual([{ accountId, from, cameNext: true }])
    platform.time.advance(60_000)
    await disturb(true)
    const until = new Date(platform.time.nowMs()).toISOString()
    expect((await ask(own.lineId, '4100', { asOf })).body['states']).toEqual([{ accountId, from, until, cameNext: true }])
  })

  it('says what it cannot do: a state that is not kept, a time that is none, a caller who is nobody', async () => {
    expect(await ask(ann.lineId, '4001', { asOf: '2020-01-01T00:00:00Z' })).toMatchObject({ status: 400, body: { errorCode: 'AsOfNotKept' } })
    expect(await ask(ann.lineId, '4001', { asOf: '2999-01-01T00:00:00Z' })).toMatchObject({ status: 400, body: { errorCode: 'InvalidAsOf' } })
    for (const at of ['tomorrow', '12/25/2026', '2026-02-30T00:00:00Z', '2026-12-25T09:00:00', '+275760-09-13T00:00:00Z']) {
      expect(await ask(ann.lineId, '4001', { at }), at).toMatchObject({ status: 400, body: { errorCode: 'InvalidAt' } })
      expect(await ask(ann.lineId, '4001', { asOf: at }), at).toMatchObject({ status: 400, body: { errorCode: 'InvalidAsOf' } })
    }
    expect((await ask(ann.lineId, '4001', { at: '2027-01-01T12:00:00Z' })).body['at']).toBe('2027-01-01T12:00:00.000Z')
    expect((await ask('nobody', '4001')).body['errorCode']).toBe('UnknownCaller')
  })

  it('a line and a number of another partition are as unknown as any other (S1-11)', async () => {
    const manager = { username: 'explain@example.com', password: 'Another-horse-2', firstName: 'Sub', lastName: 'Operator' }
    const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'explain', manager })
    const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
    const theirs = `/v2/partition/${String(child.body['id'])}/routing/explain`
    expect((await platform.call('POST', theirs, { from: ann.lineId, to: '4001' }, token)).body['errorCode']).toBe('UnknownCaller')
    expect((await platform.call('POST', theirs, { from: '4000', to: '4001', accountId: ann.accountId }, token)).body['errorCode']).toBe('UnknownCaller')
    const foreign = await platform.call('POST', theirs, { from: '2125550199', to: number }, token)
    expect(foreign.body).toMatchObject({ decisions: [{ accountId: '', result: { statusCode: 404 } }] })
  })
})
