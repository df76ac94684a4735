import { beforeAll, describe, expect, it } from 'vitest'
import { type Account, done, type Identified, Tenant, uniqueMac } from './tenant.ts'

interface Line extends Identified {
  readonly macAddress: string
  readonly lineNumber: number
  readonly userId: string
}

let tenant: Tenant
let account: Account

beforeAll(async () => {
  tenant = await Tenant.logIn()
  account = await tenant.createAccount()
})

describe('what belongs to what', () => {
  it('S0-07: a partition has many accounts, an account many users', async () => {
    const other = await tenant.createAccount()
    const accounts = done(await tenant.http.get<readonly Identified[]>(`${tenant.path}/account`)).map((each) => each.id)
    expect(accounts).toEqual(expect.arrayContaining([account.id, other.id]))
    const [first, second] = [await other.createUser('4000'), await other.createUser('4001')]
    expect(done(await other.http.get<readonly Identified[]>(`${other.path}/user`)).map((user) => user.id)).toEqual(
      expect.arrayContaining([first.userId, second.userId]),
    )
  })

  it('S0-04 S0-05 S0-08: an account has many devices, a device many lines, a user many numbers', async () => {
    const user = await account.createUser('4002')
    const [oneDevice, otherDevice] = [uniqueMac(), uniqueMac()]
    for (const [macAddress, lineNumber] of [
      [oneDevice, 1],
      [oneDevice, 2],
      [otherDevice, 1],
    ] as const)
      await account.createLine(user.userId, { macAddress, lineNumber })
    const lines = done(await account.http.get<readonly Line[]>(`${account.path}/deviceline`)).filter((line) => line.userId === user.userId)
    expect(lines.map((line) => `${line.macAddress} ${line.lineNumber}`).toSorted()).toEqual([`${oneDevice} 1`, `${oneDevice} 2`, `${otherDevice} 1`].toSorted())
    const numbers = [await account.addNumber(), await account.addNumber()]
    for (const number of numbers) await account.assignNumber(number, user.userId)
    const listed = done(await account.http.get<readonly { phoneNumber: string; referenceId: string }[]>(`${account.path}/telephonenumber`))
    expect(
      listed
        .filter((each) => each.referenceId === user.userId)
        .map((each) => each.phoneNumber)
        .toSorted(),
    ).toEqual(numbers.toSorted())
  })

  it('S0-06: a number of a user carries its emergency address', async () => {
    const user = await account.createUser('4003')
    const number = await account.addNumber()
    await account.assignNumber(number, user.userId)
    const read = done(await account.http.get<Record<string, unknown>>(`${account.path}/telephonenumber/${number}`))
    expect(read).toMatchObject({ referenceType: 'END_USER', referenceId: user.userId })
    expect(JSON.stringify(read['e911Address'])).toContain('Lindon')
  })

  it('S4-36: the numbers of an account are listed under both spellings of the path', async () => {
    const number = await account.addNumber()
    for (const spelling of ['telephonenumber', 'telephonenumer']) {
      const listed = done(await account.http.get<readonly Record<string, unknown>[]>(`${account.path}/${spelling}`))
      expect(listed.find((each) => each['phoneNumber'] === number)).toMatchObject({
        id: number,
        functionType: 'ELS',
        accountId: account.id,
        partitionId: tenant.partitionId,
        customerServiceRecord: expect.any(Object),
        carrierStatus: 'ACTIVE',
        directoryListing: expect.any(Object),
        tollFree: false,
      })
    }
  })

  it('S0-95: what is created can be read, found and changed at once, and what is wrong is refused at once', async () => {
    const created = await tenant.createAccount({ accountName: `Immediate ${account.id}` })
    const found = done(await tenant.http.get<readonly Identified[]>(`${tenant.path}/account/search?q=${encodeURIComponent(`Immediate ${account.id}`)}`))
    expect(found.map((each) => each.id)).toEqual([created.id])
    expect(done(await tenant.http.patch(created.path, { customField: 'now' }))).toMatchObject({ customField: 'now' })
    expect(done(await tenant.http.get(created.path))).toMatchObject({ customField: 'now' })
    expect((await tenant.http.patch(created.path, { timeZone: 'Mars' })).status).toBe(400)
  })

  it('GET /v2/ref/timezones lists the fifteen time zones', async () => {
    const text = (await tenant.http.get('/v2/ref/timezones')).text
    for (const zone of ['US/Samoa', 'US/Mountain', 'America/St_Thomas', 'Canada/Newfoundland']) expect(text).toContain(zone)
  })

  it('S0-03: a partition holds management users with every permission, and accounts with number and settings', async () => {
    const operator = done(await tenant.http.get<{ userType: string; permissions: Record<string, string> }>('/v2/authorize/userinfo'))
    expect(operator.userType).toBe('ManagementUser')
    expect(new Set(Object.values(operator.permissions))).toEqual(new Set(['DELETE']))
    expect(done(await tenant.http.get(account.path))).toMatchObject({
      accountNumber: expect.any(String),
      timeZone: expect.any(String),
      billingCycleDay: expect.any(Number),
    })
  })
})
