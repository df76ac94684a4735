import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import type { ErrorBody } from './http-client.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { Platform } from './platform.ts'
import { done, type InventoryNumber, Tenant } from './tenant.ts'

const MINUTE = 60
const HOUR = 3600
const FULL_PLAN_SECONDS = 1_200_000

let platform: Platform
let tenant: Tenant

// A platform of its own: the clock moves for everybody, and the rate limit is on.
beforeAll(async () => {
  platform = await Platform.start({ environment: { DIALTONE_RATE_LIMIT: '100' } })
  tenant = await Tenant.logIn(platform.address)
})

afterAll(async () => {
  await platform.discard()
})

const advance = async (seconds: number, by = tenant): Promise<void> => void done(await by.http.post('/v2/sandbox/clock/advance', { seconds }))

describe('a token', () => {
  it('S0-17 S1-04 S4-02: lives eight hours from its last use, however old it is', async () => {
    const clock = await Tenant.logIn(platform.address)
    const used = await Tenant.logIn(platform.address)
    const idle = await Tenant.logIn(platform.address)
    await advance(8 * HOUR - MINUTE, clock)
    expect((await used.http.get(`${used.path}/account`)).status).toBe(200)
    await advance(2 * MINUTE, await Tenant.logIn(platform.address))
    expect((await used.http.get(`${used.path}/account`)).status).toBe(200)
    const expired = await idle.http.get<ErrorBody>(`${idle.path}/account`)
    expect([expired.status, expired.body.messages]).toEqual([401, ['ExpiredAuthToken']])
    tenant = await Tenant.logIn(platform.address)
  })
})

describe('a client that refreshes', () => {
  it('S0-20: after 55 minutes gets a new token while the old one still works', async () => {
    const { username, password } = platform.address
    const before = await Tenant.logIn(platform.address)
    await advance(55 * MINUTE)
    const again = await before.http.post<{ authToken: string; expiresIn: number }>('/v2/authorize', { username, password })
    expect([again.status, again.body.expiresIn]).toEqual([200, 8 * HOUR])
    for (const token of [before.http.token ?? '', again.body.authToken])
      expect((await before.http.withToken(token).get(`${before.path}/account`)).status).toBe(200)
    tenant = before
  })
})

describe('a reservation', () => {
  it('S1-72: ends by itself after 30 minutes', async () => {
    const [mine, theirs] = [await tenant.createAccount(), await tenant.createAccount()]
    const found = done(await tenant.http.get<readonly InventoryNumber[]>(`${tenant.path}/telephonenumber/search?type=LAT_LONG&lat=40.33&long=-111.72`))
    const number = found[0]?.phoneNumber ?? ''
    const reserve = async (account: typeof mine) => (await tenant.http.put(`${account.path}/telephonenumber/${number}/reserve`)).status
    expect(await reserve(mine)).toBe(204)
    await advance(29 * MINUTE)
    expect(await reserve(theirs)).toBe(400)
    await advance(2 * MINUTE)
    expect(await reserve(theirs)).toBe(204)
  })
})

describe('plan minutes', () => {
  it('S1-31: are used by calls and come back at midnight UTC on the billing day, which is 1 to 31', async () => {
    for (const billingCycleDay of [0, 32]) await expect(tenant.createAccount({ billingCycleDay })).rejects.toThrow(/InvalidBillingCycleDay/)
    const account = await tenant.createAccount({ billingCycleDay: 31 })
    const user = await account.createUser('4000')
    const phone = await ScriptedPhone.open(platform.address, await account.createLine(user.userId))
    const call = await phone.call('12125550199')
    await call.finalStatus()
    await pause(2000)
    await call.hangUp()
    phone.close()
    const secondsRemaining = async (): Promise<number> =>
      done(await tenant.http.get<{ callingPlans: readonly { secondsRemaining: number }[] }>(`${account.path}/user/${user.userId}`)).callingPlans[0]
        ?.secondsRemaining ?? 0
    await eventually('used seconds', 5000, async () => ((await secondsRemaining()) < FULL_PLAN_SECONDS ? true : undefined))
    // The next 31st, or the last day of a shorter month (C-13), is at most 31 days away.
    await advance(32 * 24 * HOUR)
    tenant = await Tenant.logIn(platform.address)
    await eventually('a full plan', 5000, async () => ((await secondsRemaining()) === FULL_PLAN_SECONDS ? true : undefined))
  })
})

describe('the rate limit', () => {
  it('S0-91: 100 requests a second for each token, then 429 with Retry-After', async () => {
    const flooded = await Tenant.logIn(platform.address)
    const flood = () => Promise.all(Array.from({ length: 400 }, () => flooded.http.get('/v2/authorize/userinfo')))
    const refusedOf = (given: Awaited<ReturnType<typeof flood>>) => given.filter((answer) => answer.status === 429)
    const acceptedOf = (given: Awaited<ReturnType<typeof flood>>) => given.filter((answer) => answer.status === 200)
    let answers = await flood()
    // Of the first alone: what comes after it finds less than a second's worth.
    expect(acceptedOf(answers).length).toBeGreaterThanOrEqual(100)
    // A slow machine needs some to get faster than the limit.
    for (let times = 1; times < 6 && refusedOf(answers).length <= 50; times++) answers = await flood()
    const refused = refusedOf(answers)
    expect(refused.length).toBeGreaterThan(50)
    expect(acceptedOf(answers).length + refused.length).toBe(400)
    expect(refused[0]?.headers.get('retry-after')).toMatch(/^\d+$/)
    // Another token is not held up.
    const other = await Tenant.logIn(platform.address)
    expect((await other.http.get('/v2/authorize/userinfo')).status).toBe(200)
  })
})
