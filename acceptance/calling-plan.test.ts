import { beforeAll, describe, expect, it } from 'vitest'
import type { ErrorBody } from './http-client.ts'
import { done, type Identified, Tenant, unique } from './tenant.ts'

interface Product extends Identified {
  readonly name: string
  readonly [field: string]: unknown
}

let tenant: Tenant

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

describe('calling plan products', () => {
  it('S4-38 S4-39: are a bare array, each with the fields of the example', async () => {
    const answer = await tenant.http.get<readonly Product[]>(`${tenant.path}/callingplanproduct`)
    expect(answer.status).toBe(200)
    expect(answer.body.length).toBeGreaterThan(0)
    for (const product of answer.body)
      expect(product).toMatchObject({
        id: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
        name: expect.any(String),
        planMinutes: expect.any(Number),
        unlimitedDisplay: expect.any(Boolean),
        allowOverage: expect.any(Boolean),
        preventForwarding: expect.any(Boolean),
        defaultPlan: expect.any(Boolean),
        callRateFor411: expect.any(Number),
        allow411: expect.any(Boolean),
        rateTypeFor411: expect.stringMatching(/^PER_(CALL|MINUTE)$/),
        callRateForOperator: expect.any(Number),
        allowOperator: expect.any(Boolean),
        rateTypeForOperator: expect.stringMatching(/^PER_(CALL|MINUTE)$/),
        partitionId: tenant.partitionId,
        allowUnlimitedLocal: expect.any(Boolean),
        rateIntraPartitionAsFree: expect.any(Boolean),
      })
  })

  it('the first start made exactly one default plan', async () => {
    const products = done(await tenant.http.get<readonly Product[]>(`${tenant.path}/callingplanproduct`))
    expect(products.filter((product) => product['defaultPlan'] === true)).toHaveLength(1)
  })

  it('are created, read and changed', async () => {
    const name = unique('Plan ')
    const created = done(
      await tenant.http.post<Product>(`${tenant.path}/callingplanproduct`, { name, planMinutes: 10_000, allowOverage: true, callRateFor411: 1.5 }),
    )
    expect(created).toMatchObject({ name, planMinutes: 10_000, allowOverage: true, callRateFor411: 1.5, defaultPlan: false })
    const path = `${tenant.path}/callingplanproduct/${created.id}`
    expect(done(await tenant.http.get(path))).toEqual(created)
    expect(done(await tenant.http.patch(path, { planMinutes: 500 }))).toEqual({ ...created, planMinutes: 500 })
    const twice = await tenant.http.post<ErrorBody>(`${tenant.path}/callingplanproduct`, { name, planMinutes: 1 })
    expect(twice.status).toBe(400)
    expect((await tenant.http.post(`${tenant.path}/callingplanproduct`, { name: unique('Plan '), planMinutes: -1 })).status).toBe(400)
  })
})

describe('the plans of an account', () => {
  it('S1-56: a new user has the default plan, with its minutes in seconds', async () => {
    const account = await tenant.createAccount()
    const user = await account.createUser('4000')
    const products = done(await tenant.http.get<readonly Product[]>(`${tenant.path}/callingplanproduct`))
    const defaultPlan = products.find((product) => product['defaultPlan'] === true)
    const plans = done(
      await account.http.get<readonly Record<string, unknown>[]>(`${account.path}/callingplan?referenceType=END_USER&referenceId=${user.userId}`),
    )
    expect(plans).toHaveLength(1)
    expect(plans[0]).toMatchObject({
      referenceType: 'END_USER',
      referenceId: user.userId,
      callingPlanProductId: defaultPlan?.id,
      planMinutes: defaultPlan?.['planMinutes'],
      secondsRemaining: Number(defaultPlan?.['planMinutes']) * 60,
    })
  })
})
