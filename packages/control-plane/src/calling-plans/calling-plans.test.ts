import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let products: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  products = `/v2/partition/${platform.partitionId}/callingplanproduct`
})
afterAll(() => platform.stop())

async function create(overrides: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  sequence++
  const { status, body } = await platform.call('POST', products, { name: `Plan ${sequence}`, planMinutes: 500, ...overrides })
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

const defaults = async () => (await platform.call('GET', products)).list.filter((product) => product['defaultPlan'] === true).map((product) => product['id'])

describe('the price list of a partition', () => {
  it('S4-40: a new plan answers with what was sent and the terms that were left out', async () => {
    const product = await create({ name: 'Metered', callRateFor411: '0.75', allowOverage: false })
    expect(product).toMatchObject({
      partitionId: platform.partitionId,
      name: 'Metered',
      planMinutes: 500,
      defaultPlan: false,
      archived: false,
      callRateFor411: 0.75,
      allowOverage: false,
    })
    expect(product).toMatchObject({ rateTypeFor411: 'PER_CALL', callRateForOperator: 2, overageRatePerMinute: 0.03, rateIntraPartitionAsFree: true })
    expect((await platform.call('GET', `${products}/${String(product['id'])}`)).body).toEqual(product)
    expect((await platform.call('GET', products)).list).toContainEqual(product)
  })

  it('a new default plan takes the place of the old one: there is always one', async () => {
    expect(await defaults()).toHaveLength(1)
    const created = await create({ defaultPlan: true })
    expect(await defaults()).toEqual([created['id']])
    const other = await create()
    expect((await platform.call('PATCH', `${products}/${String(other['id'])}`, { defaultPlan: true })).status).toBe(200)
    expect(await defaults()).toEqual([other['id']])
  })

  it('S1-56: a user created after the change gets the new default plan', async () => {
    const product = await create({ planMinutes: 77, defaultPlan: true })
    const accounts = `/v2/partition/${platform.partitionId}/account`
    const account = await platform.call('POST', accounts, { accountNumber: 'CP-1', accountName: 'Plans' })
    const base = `${accounts}/${String(account.body['id'])}`
    const user = await platform.call('POST', `${base}/user`, { firstName: 'Ann', lastName: 'Plan', extension: '4000' })
    const plan = { callingPlanProductId: product['id'], referenceType: 'END_USER', referenceId: user.body['id'], planMinutes: 77, secondsRemaining: 4_620 }
    expect((await platform.call('GET', `${base}/callingplan`)).list).toMatchObject([plan])
    expect((await platform.call('GET', `${base}/callingplan?referenceId=nobody`)).list).toEqual([])
  })

  it('a patch changes what it names and nothing else', async () => {
    const product = await create({ callRateFor411: '0.75' })
    const answer = await platform.call('PATCH', `${products}/${String(product['id'])}`, { planMinutes: 900 })
    expect(answer.body).toEqual({ ...product, planMinutes: 900 })
  })

  it('a taken name is refused, in any case, for a new plan and for a change; nothing changes', async () => {
    const [one, two] = [await create({ name: 'Gold' }), await create({ name: 'Silver' })]
    expect((await platform.call('POST', products, { name: 'GOLD', planMinutes: 1 })).body).toMatchObject({
      status: 400,
      errorCode: 'DuplicateName',
      details: [{ field: 'name' }],
    })
    expect((await platform.call('PATCH', `${products}/${String(two['id'])}`, { name: 'gold' })).body['errorCode']).toBe('DuplicateName')
    expect((await platform.call('GET', `${products}/${String(two['id'])}`)).body).toEqual(two)
    expect((await platform.call('GET', `${products}/${String(one['id'])}`)).body).toEqual(one)
  })

  it('a refused default plan leaves the old one in place', async () => {
    const before = await defaults()
    await create({ name: 'Taken' })
    expect((await platform.call('POST', products, { name: 'Taken', planMinutes: 1, defaultPlan: true })).status).toBe(400)
    expect(await defaults()).toEqual(before)
  })

  it.each([
    ['no name', { planMinutes: 1 }, 'NameRequired'],
    ['no minutes', { name: 'x' }, 'PlanMinutesRequired'],
    ['minutes below zero', { name: 'x', planMinutes: -1 }, 'InvalidPlanMinutes'],
    ['an amount that is none', { name: 'x', planMinutes: 1, callRateFor411: 'free' }, 'InvalidCallRateFor411'],
    ['an amount below zero', { name: 'x', planMinutes: 1, overageRatePerMinute: '-0.01' }, 'InvalidOverageRatePerMinute'],
    ['an unknown kind of rate', { name: 'x', planMinutes: 1, rateTypeFor411: 'PER_DAY' }, 'InvalidRateTypeFor411'],
  ])('refuses %s', async (_case, request, code) => {
    expect((await platform.call('POST', products, request)).body).toMatchObject({ status: 400, errorCode: code })
  })

  it('a plan of another partition is not found', async () => {
    const product = await create()
    const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'Brand' })
    platform.time.advance(3_000)
    const foreign = `/v2/partition/${String(child.body['id'])}/callingplanproduct/${String(product['id'])}`
    expect((await platform.call('GET', foreign)).status).toBe(404)
    expect((await platform.call('PATCH', foreign, { planMinutes: 1 })).status).toBe(404)
  })
})
