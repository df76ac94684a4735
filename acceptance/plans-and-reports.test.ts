import { beforeAll, describe, expect, it } from 'vitest'
import type { ErrorBody } from './http-client.ts'
import { done, type Identified, Tenant, unique } from './tenant.ts'

interface Plan extends Identified {
  readonly referenceId: string
  readonly planMinutes: number
  readonly secondsRemaining: number
  readonly startDate: string
}

let tenant: Tenant

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

const newProduct = async (terms: Readonly<Record<string, unknown>> = {}) =>
  done(await tenant.http.post<Identified>(`${tenant.path}/callingplanproduct`, { name: unique('Plan '), planMinutes: 100, ...terms })).id

describe('calling plans in use', () => {
  it('S1-31 S1-56: a user swaps his plan now, or at midnight UTC on the billing day; two share one pool', async () => {
    const account = await tenant.createAccount({ billingCycleDay: 31 })
    const [one, two] = [await account.createUser('4000'), await account.createUser('4001')]
    const productId = await newProduct()
    const change = (userId: string, body: Readonly<Record<string, unknown>>) =>
      account.http.put<Plan>(`${account.path}/callingplan`, { referenceType: 'END_USER', referenceId: userId, ...body })
    expect(done(await change(one.userId, { callingPlanProductId: productId, minutesUsed: 10 }))).toMatchObject({ planMinutes: 100, secondsRemaining: 5_400 })
    const pending = done(await change(one.userId, { callingPlanProductId: productId, pending: true }))
    expect(pending.startDate).toMatch(/-(28|29|30|31)T00:00:00\.000Z$/)
    const shared = done(await change(two.userId, { callingPlanType: 'SHARED_CALLING_PLAN', callingPlanReferenceId: one.userId }))
    expect(shared).toMatchObject({ referenceId: one.userId, secondsRemaining: 5_400 })
  })

  it('S4-40: a plan that prevents forwarding lets its user forward nothing', async () => {
    const account = await tenant.createAccount()
    const user = await account.createUser('4000')
    const path = `${account.path}/user/${user.userId}`
    done(await account.http.patch(path, { newCppId: await newProduct({ preventForwarding: true }) }))
    const refused = await account.http.patch<ErrorBody>(path, { callHandlingSettings: { forwardAlwaysToNumber: '18015551212' } })
    expect([refused.status, refused.body.messages]).toEqual([400, ['ForwardingPrevented']])
  })
})

describe('accounts', () => {
  it('S1-13 S1-23 S1-25: an account has products that fit its type, and never none', async () => {
    const business = await tenant.createAccount({ products: ['BCC', 'VIRTUAL_FAX'] })
    expect(done(await business.http.get<Record<string, unknown>>(business.path))['products']).toEqual(['BCC', 'VIRTUAL_FAX'])
    expect((await business.http.patch<ErrorBody>(business.path, { products: [] })).body.messages).toEqual(['ProductsRequired'])
    expect((await business.http.patch<ErrorBody>(business.path, { products: ['HOME_PHONE'] })).body.messages).toEqual(['InvalidProducts'])
  })
})
