import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import type { CallRecord } from '@dialtone/softswitch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeCallRecords } from '../call-records/index.ts'

const DAY_MS = 86_400_000
let platform: TestControlPlane
let partition: string
let sequence = 0

interface Plan {
  readonly id: string
  readonly referenceId: string
  readonly callingPlanProductId: string
  readonly startDate: string
  readonly endDate?: string
  readonly secondsRemaining: number
}

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
})
afterAll(() => platform.stop())

/** Long jumps outlive a token. */
async function advance(durationMs: number): Promise<string> {
  platform.time.advance(durationMs)
  return String((await platform.logIn('operator@example.com', 'Correct-horse-1')).body['authToken'])
}

async function newProduct(overrides: Record<string, unknown> = {}, token?: string): Promise<string> {
  sequence++
  const product = await platform.call('POST', `${partition}/callingplanproduct`, { name: `Product ${sequence}`, planMinutes: 100, ...overrides }, token)
  expect(product.status, JSON.stringify(product.body)).toBe(200)
  return String(product.body['id'])
}

async function newAccount(users: number, overrides: Record<string, unknown> = {}, token?: string) {
  sequence++
  const created = await platform.call('POST', `${partition}/account`, { accountNumber: `PC-${sequence}`, accountName: 'Plans', ...overrides }, token)
  const path = `${partition}/account/${String(created.body['id'])}`
  const userIds: string[] = []
  for (let extension = 4000; extension < 4000 + users; extension++) {
    const user = await platform.call('POST', `${path}/user`, { firstName: 'Ann', lastName: 'Plan', extension: String(extension) }, token)
    expect(user.status, JSON.stringify(user.body)).toBe(200)
    userIds.push(String(user.body['id']))
  }
  return { id: String(created.body['id']), path, userIds }
}

async function plansOf(path: string, userId: string, token?: string): Promise<readonly Plan[]> {
  return (await platform.call('GET', `${path}/callingplan?referenceType=END_USER&referenceId=${userId}`, undefined, token)).list as unknown as Plan[]
}

const change = (path: string, userId: string | undefined, body: Record<string, unknown>, token?: string) =>
  platform.call('PUT', `${path}/callingplan`, { referenceType: 'END_USER', referenceId: userId, ...body }, token)

function call(account: { id: string; userIds: readonly string[] }, seconds: number, overrides: Partial<CallRecord> = {}): CallRecord {
  const startedAtMs = overrides.startedAtMs ?? platform.time.nowMs()
  return {
    id: crypto.randomUUID(),
    sessionId: crypto.randomUUID(),
    partitionId: platform.partitionId,
    accountId: account.id,
    legType: 'Origination',
    direction: 'OUTBOUND',
    startedAtMs,
    ringingAtMs: startedAtMs,
    answeredAtMs: startedAtMs,
    endedAtMs: startedAtMs + seconds * 1000,
    dialedNumber: '13125550123',
    callingNumber: '18015550100',
    callingName: 'Ann',
    calledNumber: '13125550123',
    callingUserId: account.userIds[0],
    origCategory: 'OnNet',
    termCategory: 'OffNet',
    disposition: 'ANSWERED',
    hangupBy: 'caller',
    sipStatusCode: 200,
    sipCallIds: ['a'],
    ...overrides,
  }
}

describe('changing a plan', () => {
  it('now: the old plan ends, the new one has its minutes less those used; the call plane charges it and the history names both', async () => {
    const account = await newAccount(1)
    const [userId = ''] = account.userIds
    const product = await newProduct()
    const [old] = await plansOf(account.path, userId)
    const changed = await change(account.path, userId, { callingPlanProductId: product, callingPlanType: 'NEW_CALLING_PLAN', minutesUsed: 40 })
    expect([changed.status, changed.body]).toMatchObject([
      200,
      { referenceId: userId, callingPlanProductId: product, planMinutes: 100, secondsRemaining: 3_600 },
    ])
    expect(await plansOf(account.path, userId)).toEqual([changed.body])
    await storeCallRecords(platform.plane.context, [call(account, 60)])
    expect(await plansOf(account.path, userId)).toMatchObject([{ id: changed.body['id'], secondsRemaining: 3_540 }])
    const { sql } = platform.plane.context.database
    const history = await sql.selectFrom('account_history').selectAll().where('account_id', '=', account.id).where('type', '=', 'CALLING_PLAN').execute()
    expect(history).toMatchObject([
      { action: 'UPDATE', old_value: [{ callingPlanId: old?.id }], new_value: [{ callingPlanProductId: product }], reference_id: userId },
    ])
  })

  it('pending: nothing changes before midnight UTC on the billing day, then it does without any job; cancelled, it never does', async () => {
    const account = await newAccount(1, { billingCycleDay: 15 })
    const [userId = ''] = account.userIds
    const product = await newProduct()
    const [old] = await plansOf(account.path, userId)
    const changed = await change(account.path, userId, { callingPlanProductId: product, pending: true })
    expect(changed.body).toMatchObject({ startDate: '2026-12-15T00:00:00.000Z', secondsRemaining: 6_000 })
    expect(await plansOf(account.path, userId)).toMatchObject([{ id: old?.id, endDate: '2026-12-15T00:00:00.000Z' }, { id: changed.body['id'] }])
    const cancelled = await platform.call('DELETE', `${account.path}/user/${userId}/cancelpendingcallingplan`)
    expect([cancelled.status, cancelled.list]).toEqual([200, [old]])
    expect((await platform.call('DELETE', `${account.path}/user/${userId}/cancelpendingcallingplan`)).body['errorCode']).toBe('NoPendingCallingPlan')
    const again = await change(account.path, userId, { callingPlanProductId: product, pending: true })
    const token = await advance(Date.UTC(2026, 11, 14, 23, 59, 59) - platform.time.nowMs())
    expect((await plansOf(account.path, userId, token)).map((plan) => plan.id)).toEqual([old?.id, again.body['id']])
    platform.time.advance(1000)
    expect(await plansOf(account.path, userId, token)).toMatchObject([{ id: again.body['id'], secondsRemaining: 6_000 }])
    await storeCallRecords(platform.plane.context, [call(account, 60)])
    expect(await plansOf(account.path, userId, token)).toMatchObject([{ secondsRemaining: 5_940 }])
  })

  it('shared: several draw from one pool at the same time and never spend a second twice; unshared, one has its own again', async () => {
    const token = await advance(0)
    const account = await newAccount(3, {}, token)
    const [owner = '', second = '', third = ''] = account.userIds
    const product = await newProduct({ planMinutes: 10, allowOverage: true }, token)
    const pool = await change(account.path, owner, { callingPlanProductId: product }, token)
    for (const userId of [second, third]) {
      const shared = await change(account.path, userId, { callingPlanReferenceId: owner, callingPlanType: 'SHARED_CALLING_PLAN' }, token)
      expect([shared.status, shared.body], JSON.stringify(shared.body)).toMatchObject([200, { id: pool.body['id'], referenceId: owner }])
    }
    const users = [owner, second, third]
    const calls = Array.from({ length: 12 }, (_, n) => call(account, 60, { callingUserId: users[n % 3] }))
    await Promise.all(calls.map((record) => storeCallRecords(platform.plane.context, [record])))
    expect(await plansOf(account.path, third, token)).toMatchObject([{ id: pool.body['id'], secondsRemaining: 0 }])
    const { sql } = platform.plane.context.database
    const rated = await sql.selectFrom('call_record').select('rating').where('account_id', '=', account.id).execute()
    expect(rated.reduce((sum, row) => sum + Number(row.rating['secondsConsumed']), 0)).toBe(600)
    expect((await platform.call('DELETE', `${account.path}/user/${owner}`, undefined, token)).body['errorCode']).toBe('EndUserInUse')
    const unshared = await change(account.path, third, { callingPlanType: 'UNSHARED_CALLING_PLAN' }, token)
    expect(unshared.body).toMatchObject({ referenceId: third, callingPlanProductId: product, secondsRemaining: 600 })
    expect((await change(account.path, third, { callingPlanType: 'UNSHARED_CALLING_PLAN' }, token)).body['errorCode']).toBe('CallingPlanNotShared')
  })

  it('of two changes at once both are taken one after the other: one plan is in force', async () => {
    const token = await advance(0)
    const account = await newAccount(1, {}, token)
    const [userId = ''] = account.userIds
    const products = [await newProduct({}, token), await newProduct({}, token)]
    await Promise.all(products.map((callingPlanProductId) => change(account.path, userId, { callingPlanProductId }, token)))
    expect(await plansOf(account.path, userId, token)).toHaveLength(1)
  })

  it('the plan of the account itself pays for who has none; the older calls change it too', async () => {
    const token = await advance(0)
    const account = await newAccount(1, {}, token)
    const [userId = ''] = account.userIds
    const product = await newProduct({}, token)
    const removed = await platform.call('DELETE', `${account.path}/callingplan`, { referenceType: 'END_USER', referenceId: userId }, token)
    expect([removed.status, await plansOf(account.path, userId, token)]).toEqual([200, []])
    const added = await platform.call('PUT', `${account.path}/callingplanproduct/${product}`, undefined, token)
    expect(added.list).toMatchObject([{ referenceType: 'ACCOUNT', referenceId: account.id }])
    await storeCallRecords(platform.plane.context, [call(account, 60)])
    expect((await platform.call('GET', account.path, undefined, token)).body['callingPlans']).toMatchObject([{ secondsRemaining: 5_940 }])
    const swapped = await platform.call(
      'POST',
      `${account.path}/callingplanswap`,
      { swapCallingPlanProductId: await newProduct({ planMinutes: 7 }, token), newMinutesUsed: 3 },
      token,
    )
    expect(swapped.list).toMatchObject([{ planMinutes: 7, secondsRemaining: 240 }])
  })
})

describe('what is refused', () => {
  it('plans, users and accounts of others, archived plans, more minutes used than there are', async () => {
    const token = await advance(0)
    const [mine, other] = [await newAccount(2, {}, token), await newAccount(1, {}, token)]
    const [userId = ''] = mine.userIds
    const product = await newProduct({}, token)
    const child = await platform.call('POST', `${partition}/partition`, { name: 'Elsewhere' }, token)
    platform.time.advance(3_000)
    const foreign = (await platform.call('GET', `/v2/partition/${String(child.body['id'])}/callingplanproduct`, undefined, token)).list[0]
    const refused: readonly (readonly [string | undefined, Record<string, unknown>, string])[] = [
      [userId, { callingPlanProductId: foreign?.['id'] }, 'EntityNotFound'],
      [other.userIds[0], { callingPlanProductId: product }, 'EntityNotFound'],
      [userId, { callingPlanType: 'SHARED_CALLING_PLAN', callingPlanReferenceId: other.userIds[0] }, 'EntityNotFound'],
      [userId, { callingPlanType: 'SHARED_CALLING_PLAN', callingPlanReferenceId: userId }, 'InvalidCallingPlanReferenceId'],
      [userId, { callingPlanType: 'SHARED_CALLING_PLAN' }, 'CallingPlanReferenceIdRequired'],
      [userId, {}, 'CallingPlanProductIdRequired'],
      [userId, { callingPlanProductId: product, minutesUsed: 101 }, 'InvalidMinutesUsed'],
      [userId, { callingPlanProductId: product, referenceType: 'ACCOUNT' }, 'EntityNotFound'],
      [userId, { callingPlanProductId: product, referenceType: 'NOBODY' }, 'InvalidReferenceType'],
    ]
    const before = await plansOf(mine.path, userId, token)
    for (const [who, body, code] of refused) expect((await change(mine.path, who, body, token)).body['errorCode'], JSON.stringify(body)).toBe(code)
    expect((await platform.call('DELETE', `${partition}/callingplanproduct/${product}/archive-callingplan`, undefined, token)).status).toBe(200)
    expect((await change(mine.path, userId, { callingPlanProductId: product }, token)).body['errorCode']).toBe('CallingPlanProductArchived')
    expect(await plansOf(mine.path, userId, token)).toEqual(before)
  })

  it('the default plan cannot be archived; an archived one is listed only on request and its name is free again', async () => {
    const token = await advance(0)
    const products = `${partition}/callingplanproduct`
    const all = (await platform.call('GET', products, undefined, token)).list
    const standard = all.find((product) => product['defaultPlan'] === true)
    expect((await platform.call('DELETE', `${products}/${String(standard?.['id'])}/archive-callingplan`, undefined, token)).body['errorCode']).toBe(
      'CallingPlanProductInUse',
    )
    const id = await newProduct({ name: 'Leaving' }, token)
    await platform.call('DELETE', `${products}/${id}/archive-callingplan`, undefined, token)
    const ids = async (query: string) => (await platform.call('GET', `${products}${query}`, undefined, token)).list.map((product) => product['id'])
    expect(await ids('')).not.toContain(id)
    expect(await ids('?includeArchived=true')).toContain(id)
    await newProduct({ name: 'Leaving' }, token)
  })
})

describe('S1-31: the minutes of a billing cycle', () => {
  it('are full again at midnight UTC on the 31st or the last day, also after months of downtime; late calls count for the cycle they were in', async () => {
    let token = await advance(Date.UTC(2027, 0, 30, 12) - platform.time.nowMs())
    const account = await newAccount(1, { billingCycleDay: 31 }, token)
    const [userId = ''] = account.userIds
    await change(account.path, userId, { callingPlanProductId: await newProduct({}, token) }, token)
    const january = platform.time.nowMs()
    await storeCallRecords(platform.plane.context, [call(account, 600)])
    const [plan] = await plansOf(account.path, userId, token)
    expect(plan?.secondsRemaining).toBe(5_400)
    token = await advance(Date.UTC(2027, 1, 28) - platform.time.nowMs())
    expect(await plansOf(account.path, userId, token)).toMatchObject([{ secondsRemaining: 6_000 }])
    token = await advance(100 * DAY_MS)
    await storeCallRecords(platform.plane.context, [
      call(account, 60),
      call(account, 120, { startedAtMs: january + 1000 }),
      call(account, 6, { startedAtMs: Date.UTC(2027, 2, 5) }),
    ])
    expect(await plansOf(account.path, userId, token)).toMatchObject([{ secondsRemaining: 5_940 }])
    const cycles = await platform.call('GET', `${account.path}/callingplan/${String(plan?.id)}/cycles`, undefined, token)
    expect(cycles.list).toEqual([
      { startDate: '2027-02-28T00:00:00.000Z', endDate: '2027-03-31T00:00:00.000Z', planMinutes: 100, secondsRemaining: 5_994, secondsUsed: 6 },
      { startDate: '2026-12-31T00:00:00.000Z', endDate: '2027-01-31T00:00:00.000Z', planMinutes: 100, secondsRemaining: 5_280, secondsUsed: 720 },
    ])
    expect((await platform.call('GET', `${account.path}/callingplan/nobody/cycles`, undefined, token)).status).toBe(404)
  })

  it('a new billing day moves the next reset', async () => {
    const token = await advance(Date.UTC(2028, 0, 10) - platform.time.nowMs())
    const account = await newAccount(1, { billingCycleDay: 1 }, token)
    await platform.call('PATCH', account.path, { billingCycleDay: 20 }, token)
    const { sql } = platform.plane.context.database
    const plan = await sql.selectFrom('calling_plan').select('resets_at').where('account_id', '=', account.id).executeTakeFirstOrThrow()
    expect(plan.resets_at.toISOString()).toBe('2028-01-20T00:00:00.000Z')
  })
})
