import { beforeAll, describe, expect, it } from 'vitest'
import type { ErrorBody } from './http-client.ts'
import { done, Tenant, unique } from './tenant.ts'

interface AccountBody {
  readonly id: string
  readonly accountNumber: string
  readonly extensionLength: number
  readonly [field: string]: unknown
}

const TIME_ZONES = [
  ...['US/Samoa', 'US/Hawaii', 'US/Alaska', 'US/Pacific', 'US/Arizona', 'US/Mountain', 'US/Central', 'US/Eastern', 'America/St_Thomas'],
  ...['Canada/Pacific', 'Canada/Mountain', 'Canada/Central', 'Canada/Eastern', 'Canada/Atlantic', 'Canada/Newfoundland'],
]
const DIALING_BEHAVIORS = ['SEVEN_DIGIT', 'TEN_DIGIT', 'OPEN_DIAL_PLAN', 'DIAL_NINE_SEVEN_DIGIT', 'DIAL_NINE_TEN_DIGIT', 'OPEN_DIAL_PLAN_TEN_DIGIT']
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

let tenant: Tenant

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

/** The request of the guide, with a number of our own. */
function exampleRequest(): Record<string, unknown> {
  return {
    billingCycleDay: '1',
    accountNumber: unique('SP-'),
    accountName: 'Customer Name',
    timeZone: 'US/Mountain',
    extensionLength: 4,
    accountType: 'ADVANCED',
    dialingBehaviorType: 'OPEN_DIAL_PLAN_TEN_DIGIT',
    platformType: 'CPE2',
  }
}

const create = (changes: Readonly<Record<string, unknown>> = {}) => tenant.http.post<AccountBody>(`${tenant.path}/account`, { ...exampleRequest(), ...changes })
const refused = async (changes: Readonly<Record<string, unknown>>): Promise<readonly [number, string]> => {
  const answer = await tenant.http.post<ErrorBody>(`${tenant.path}/account`, { ...exampleRequest(), ...changes })
  return [answer.status, answer.body.messages?.[0] ?? '']
}

describe('POST account', () => {
  it('S1-27 S1-39 S1-40 S1-41: the example request gives the example answer, field by field', async () => {
    const request = exampleRequest()
    const answer = await tenant.http.post<AccountBody>(`${tenant.path}/account`, request)
    expect(answer.status).toBe(200)
    const { id, routePlanId, holdMusicMediaId, ...rest } = answer.body
    expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(routePlanId).toMatch(UUID)
    expect(holdMusicMediaId).toMatch(UUID)
    expect(rest).toMatchObject({
      partitionId: tenant.partitionId,
      accountNumber: request['accountNumber'],
      accountName: 'Customer Name',
      billingCycleDay: 1,
      status: 'ACTIVE',
      timeZone: 'US/Mountain',
      accountType: 'ADVANCED',
      platformType: 'CPE2',
      extensionLength: 4,
      dialingBehaviorType: 'OPEN_DIAL_PLAN_TEN_DIGIT',
      holdTimeoutSeconds: 143,
      allowDangerousExtensions: false,
      sendWelcomeEmail: true,
      regulatoryType: 'RESIDENTIAL',
      endUserCount: 0,
      callingPlans: [],
    })
  })

  it('S1-26: the id opens every later call', async () => {
    const created = done(await create())
    expect(done(await tenant.http.get<AccountBody>(`${tenant.path}/account/${created.id}`))).toEqual(created)
    for (const part of ['user', 'telephonenumber', 'deviceline'])
      expect((await tenant.http.get(`${tenant.path}/account/${created.id}/${part}`)).status).toBe(200)
  })

  it('S1-28: accountNumber is unique in the partition and has at most 25 characters', async () => {
    const accountNumber = unique('N').padEnd(25, 'x')
    expect((await create({ accountNumber })).status).toBe(200)
    expect(await refused({ accountNumber })).toEqual([400, 'DuplicateAccountNumber'])
    expect(await refused({ accountNumber: unique('N').padEnd(26, 'x') })).toEqual([400, 'InvalidAccountNumber'])
    expect(await refused({ accountNumber: undefined })).toEqual([400, 'AccountNumberRequired'])
  })

  it('S1-29: accountName is any readable name, and required', async () => {
    expect(done(await create({ accountName: 'Zoë & Søn, Ltd. 電話' }))['accountName']).toBe('Zoë & Søn, Ltd. 電話')
    expect(await refused({ accountName: undefined })).toEqual([400, 'AccountNameRequired'])
    expect(await refused({ accountName: '' })).toEqual([400, expect.stringMatching(/AccountName/)])
  })

  it('S1-30: extensionLength is 3 to 6 and never changes', async () => {
    for (const extensionLength of [3, 4, 5, 6]) expect(done(await create({ extensionLength })).extensionLength).toBe(extensionLength)
    for (const extensionLength of [2, 7, 'four']) expect(await refused({ extensionLength })).toEqual([400, 'InvalidExtensionLength'])
    const created = done(await create())
    const path = `${tenant.path}/account/${created.id}`
    await tenant.http.patch(path, { extensionLength: 5 })
    await tenant.http.put(path, { ...created, extensionLength: 5 })
    expect(done(await tenant.http.get<AccountBody>(path)).extensionLength).toBe(4)
  })

  it('billingCycleDay is 1 to 31, as number or text', async () => {
    for (const billingCycleDay of [1, 28, 31, '15']) expect(done(await create({ billingCycleDay }))['billingCycleDay']).toBe(Number(billingCycleDay))
    for (const billingCycleDay of [0, 32, 1.5, 'first']) expect(await refused({ billingCycleDay })).toEqual([400, 'InvalidBillingCycleDay'])
  })

  it('S1-32 S1-33: accountType is ADVANCED or SIMPLE; platformType CPE2 is the default', async () => {
    for (const accountType of ['ADVANCED', 'SIMPLE']) expect(done(await create({ accountType }))['accountType']).toBe(accountType)
    expect(await refused({ accountType: 'HUGE' })).toEqual([400, 'InvalidAccountType'])
    expect(done(await create({ platformType: undefined }))['platformType']).toBe('CPE2')
  })

  it('S1-34: all six dialing behaviours, and no other', async () => {
    for (const dialingBehaviorType of DIALING_BEHAVIORS) expect(done(await create({ dialingBehaviorType }))['dialingBehaviorType']).toBe(dialingBehaviorType)
    expect(await refused({ dialingBehaviorType: 'ROTARY' })).toEqual([400, 'InvalidDialingBehaviorType'])
  })

  it('S1-36: all fifteen time zones, and no other', async () => {
    for (const timeZone of TIME_ZONES) expect(done(await create({ timeZone }))['timeZone']).toBe(timeZone)
    expect(await refused({ timeZone: 'Mars/Olympus' })).toEqual([400, 'InvalidTimeZone'])
  })

  it('S1-37 S1-38: regulatoryType defaults from the partition and accepts three values; customField is free text', async () => {
    for (const regulatoryType of ['RESIDENTIAL', 'COMMERCIAL', 'GOVERNMENT'])
      expect(done(await create({ regulatoryType }))['regulatoryType']).toBe(regulatoryType)
    expect(await refused({ regulatoryType: 'ROYAL' })).toEqual([400, 'InvalidRegulatoryType'])
    expect(done(await create({ customField: 'anything: ünïcode' }))['customField']).toBe('anything: ünïcode')
  })

  it('S0-24: name, accountNumber, timeZone and address are enough', async () => {
    const body = {
      name: 'Short form',
      accountNumber: unique('W-'),
      timeZone: 'US/Eastern',
      address: { street: '1 Main St', city: 'Binghamton', state: 'NY', zipCode: '13901' },
    }
    const answer = await tenant.http.post<AccountBody>(`${tenant.path}/account`, body)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      accountName: 'Short form',
      name: 'Short form',
      accountType: 'ADVANCED',
      platformType: 'CPE2',
      extensionLength: 4,
      billingCycleDay: 1,
    })
    expect(answer.body['accountId']).toBe(answer.body.id)
  })
})

describe('reading and changing accounts', () => {
  it('S0-16: the list is a bare array, and an object with accounts when asked for a page (C-11)', async () => {
    const created = done(await create())
    const bare = done(await tenant.http.get<readonly AccountBody[]>(`${tenant.path}/account`))
    expect(bare.map((account) => account.id)).toContain(created.id)
    const page = done(await tenant.http.get<{ accounts: readonly AccountBody[]; totalRecords: number }>(`${tenant.path}/account?limit=1&offset=0`))
    expect(page.accounts).toHaveLength(1)
    expect(page.totalRecords).toBeGreaterThan(1)
  })

  it('PATCH changes only what it names; PUT replaces the whole', async () => {
    const created = done(await create({ customField: 'kept' }))
    const path = `${tenant.path}/account/${created.id}`
    const patched = done(await tenant.http.patch<AccountBody>(path, { accountName: 'Renamed' }))
    expect(patched).toEqual({ ...created, accountName: 'Renamed', ...(created['name'] === undefined ? {} : { name: 'Renamed' }) })
    const replaced = done(await tenant.http.put<AccountBody>(path, { ...patched, timeZone: 'US/Pacific' }))
    expect(replaced).toMatchObject({ accountName: 'Renamed', timeZone: 'US/Pacific' })
    expect(done(await tenant.http.get<AccountBody>(path))).toEqual(replaced)
  })

  it('search finds an account by its number and by its name', async () => {
    const accountName = unique('Findable ')
    const created = done(await create({ accountName }))
    for (const q of [created.accountNumber, accountName]) {
      const found = done(await tenant.http.get<readonly AccountBody[]>(`${tenant.path}/account/search?q=${encodeURIComponent(q)}`))
      expect(found.map((account) => account.id)).toEqual([created.id])
    }
  })

  it('a deleted account is gone and its number is free again', async () => {
    const created = done(await create())
    const path = `${tenant.path}/account/${created.id}`
    expect((await tenant.http.delete(path)).status).toBe(200)
    const answer = await tenant.http.get<ErrorBody>(path)
    expect([answer.status, answer.body.messages, answer.body.data?.type]).toEqual([404, ['EntityNotFound'], 'Account'])
    expect((await create({ accountNumber: created.accountNumber })).status).toBe(200)
  })
})
