import { OPERATOR, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let accounts: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  accounts = `/v2/partition/${platform.partitionId}/account`
})
afterAll(() => platform.stop())

/** The request of the account guide, S1-39. */
function guideRequest(): Record<string, unknown> {
  sequence++
  return {
    billingCycleDay: '1',
    accountNumber: `SP-${sequence}`,
    accountName: 'Customer Name',
    timeZone: 'US/Mountain',
    extensionLength: 4,
    accountType: 'ADVANCED',
    dialingBehaviorType: 'OPEN_DIAL_PLAN_TEN_DIGIT',
    platformType: 'CPE2',
  }
}

async function create(overrides: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const answer = await platform.call('POST', accounts, { ...guideRequest(), ...overrides })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body
}

describe('creating an account', () => {
  it('S1-39 S1-40 S1-41: answers with the fields and defaults of the guide and echoes the dialing behavior', async () => {
    const request = guideRequest()
    const { status, body } = await platform.call('POST', accounts, request)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      partitionId: platform.partitionId,
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
    expect(body['id']).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(body['routePlanId']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(body['holdMusicMediaId']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('C-14: name and address are accepted, missing fields get the defaults of the partition', async () => {
    const { status, body } = await platform.call('POST', accounts, { accountNumber: 'only-a-name', name: 'Short', address: { city: 'Lindon' } })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      accountName: 'Short',
      accountType: 'ADVANCED',
      extensionLength: 4,
      billingCycleDay: 1,
      address: { city: 'Lindon' },
      accountId: body['id'],
    })
  })

  it('C-17: an IANA time zone that stands for one of the fifteen is normalised, another one is refused', async () => {
    expect(await create({ timeZone: 'America/Denver' })).toMatchObject({ timeZone: 'US/Mountain' })
    const refused = await platform.call('POST', accounts, { ...guideRequest(), timeZone: 'Europe/Berlin' })
    expect(refused.status).toBe(400)
    expect(refused.body['messages']).toEqual(['InvalidTimeZone'])
    for (const timeZone of ['constructor', '__proto__'])
      expect((await platform.call('POST', accounts, { ...guideRequest(), timeZone })).body).toMatchObject({ errorCode: 'InvalidTimeZone' })
  })

  it.each([
    ['accountName is missing', { accountName: undefined }, 'AccountNameRequired', 'accountName'],
    ['S1-28 accountNumber is missing', { accountNumber: undefined }, 'AccountNumberRequired', 'accountNumber'],
    ['S1-28 accountNumber has 26 characters', { accountNumber: 'x'.repeat(26) }, 'InvalidAccountNumber', 'accountNumber'],
    ['S1-30 extensionLength is 2', { extensionLength: 2 }, 'InvalidExtensionLength', 'extensionLength'],
    ['S1-30 extensionLength is 7', { extensionLength: 7 }, 'InvalidExtensionLength', 'extensionLength'],
    ['S1-31 billingCycleDay is 32', { billingCycleDay: 32 }, 'InvalidBillingCycleDay', 'billingCycleDay'],
    ['S1-31 billingCycleDay is no number', { billingCycleDay: 'first' }, 'InvalidBillingCycleDay', 'billingCycleDay'],
    ['S1-32 accountType is unknown', { accountType: 'HUGE' }, 'InvalidAccountType', 'accountType'],
    ['S1-34 dialingBehaviorType is unknown', { dialingBehaviorType: 'ROTARY' }, 'InvalidDialingBehaviorType', 'dialingBehaviorType'],
    ['S1-37 regulatoryType is unknown', { regulatoryType: 'MILITARY' }, 'InvalidRegulatoryType', 'regulatoryType'],
    [
      'DIAL_NINE on a home phone account',
      { accountType: 'SIMPLE', dialingBehaviorType: 'DIAL_NINE_TEN_DIGIT' },
      'InvalidDialingBehaviorType',
      'dialingBehaviorType',
    ],
  ])('refuses a request in which %s, naming field, reason and rule', async (_case, overrides, code, field) => {
    const before = await platform.call('GET', `${accounts}?envelope=true`)
    const { status, body } = await platform.call('POST', accounts, { ...guideRequest(), ...overrides })
    expect(status).toBe(400)
    expect(body).toMatchObject({ status: 400, messages: [code], errorCode: code, details: [{ field, code }] })
    expect(String((body['details'] as { rule: string }[])[0]?.rule)).not.toBe('')
    const after = await platform.call('GET', `${accounts}?envelope=true`)
    expect(after.body['totalRecords']).toBe(before.body['totalRecords'])
  })

  it('S1-28: of many requests for one account number at the same time exactly one wins', async () => {
    const request = { ...guideRequest(), accountNumber: 'contested' }
    const answers = await Promise.all(Array.from({ length: 20 }, () => platform.call('POST', accounts, request)))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
    expect(new Set(answers.filter((answer) => answer.status !== 200).map((answer) => String(answer.body['errorCode'])))).toEqual(
      new Set(['DuplicateAccountNumber']),
    )
  })
})

describe('reading accounts', () => {
  it('finds an account by id and, with accountIdType, by its number', async () => {
    const account = await create()
    expect((await platform.call('GET', `${accounts}/${String(account['id'])}`)).body).toEqual(account)
    const byNumber = await platform.call('GET', `${accounts}/${String(account['accountNumber'])}?accountIdType=AccountNumber`)
    expect(byNumber.body['id']).toBe(account['id'])
  })

  it('C-11: lists a bare array, and an envelope when paged', async () => {
    await create()
    await create()
    expect((await platform.call('GET', accounts)).list.length).toBeGreaterThan(1)
    const page = await platform.call('GET', `${accounts}?limit=1&offset=1`)
    expect(page.body).toMatchObject({ limit: 1, offset: 1 })
    expect(page.body['accounts']).toHaveLength(1)
  })

  it('searches by part of the name and says what matched', async () => {
    const account = await create({ accountName: 'Zebra 50% Crossing' })
    const { list } = await platform.call('GET', `${accounts}/search?q=50%25%20cross`)
    expect(list).toEqual([expect.objectContaining({ id: account['id'], matches: { accountname: 'Zebra 50% Crossing' } })])
  })

  it('answers 404 with type and id for an unknown account', async () => {
    const { status, body } = await platform.call('GET', `${accounts}/nobody`)
    expect(status).toBe(404)
    expect(body).toMatchObject({ messages: ['EntityNotFound'], data: { type: 'Account', id: 'nobody' } })
  })
})

describe('changing an account', () => {
  it('PATCH merges: absent members stay, null removes, the rest is checked as in a create', async () => {
    const account = await create({ customField: 'blue' })
    const item = `${accounts}/${String(account['id'])}`
    expect((await platform.call('PATCH', item, { accountName: 'New name' })).body).toMatchObject({ ...account, accountName: 'New name', name: 'New name' })
    expect((await platform.call('PATCH', item, { customField: null })).body).not.toHaveProperty('customField')
    expect((await platform.call('PATCH', item, { billingCycleDay: 99 })).body['errorCode']).toBe('InvalidBillingCycleDay')
  })

  it('S1-30: extensionLength cannot be changed, the same value is fine', async () => {
    const account = await create()
    const item = `${accounts}/${String(account['id'])}`
    expect((await platform.call('PATCH', item, { extensionLength: 4 })).status).toBe(200)
    expect((await platform.call('PUT', item, { ...guideRequest(), extensionLength: 5 })).body['errorCode']).toBe('InvalidExtensionLength')
  })

  it('writes history and an event with the change, and neither when it is refused', async () => {
    const account = await create()
    const item = `${accounts}/${String(account['id'])}`
    await platform.call('PATCH', item, { status: 'SUSPENDED' })
    await platform.call('PATCH', item, { accountNumber: '' })
    const { sql } = platform.plane.context.database
    const history = await sql.selectFrom('account_history').selectAll().where('account_id', '=', String(account['id'])).orderBy('sequence').execute()
    expect(history.map((row) => [row.type, row.action, row.user_name])).toEqual([
      ['ACCOUNT', 'CREATE', OPERATOR.username],
      ['ACCOUNT_STATUS', 'UPDATE', OPERATOR.username],
    ])
    const events = await sql.selectFrom('event_outbox').select('type').where('account_id', '=', String(account['id'])).orderBy('sequence').execute()
    expect(events.map((event) => event.type)).toEqual(['account.created', 'account.suspended'])
  })

  it('is seen by the call plane before the answer leaves', async () => {
    const account = await create()
    const id = String(account['id'])
    expect(platform.plane.view.snapshotOf(id)?.accountStatus).toBe('ACTIVE')
    await platform.call('PATCH', `${accounts}/${id}`, { status: 'SUSPENDED' })
    expect(platform.plane.view.snapshotOf(id)?.accountStatus).toBe('SUSPENDED')
  })
})

describe('deleting an account', () => {
  it('frees its number and is gone everywhere', async () => {
    const account = await create({ accountNumber: 'reusable' })
    const item = `${accounts}/${String(account['id'])}`
    expect((await platform.call('DELETE', item)).status).toBe(200)
    expect((await platform.call('GET', item)).status).toBe(404)
    expect((await platform.call('DELETE', item)).status).toBe(404)
    expect(platform.plane.view.snapshotOf(String(account['id']))).toBeUndefined()
    await create({ accountNumber: 'reusable' })
  })
})

describe('who may', () => {
  it('401 without a token and with an unknown one, 403 for another partition whether it exists or not', async () => {
    expect((await platform.call('GET', accounts, undefined, '')).body).toMatchObject({ status: 401, message: 'Unauthorized', messages: [''] })
    expect((await platform.call('GET', accounts, undefined, 'unknown')).status).toBe(401)
    expect((await platform.call('GET', '/v2/partition/elsewhere/account')).body).toMatchObject({ status: 403, messages: ['NotPermitted'] })
  })

  it('a sub-partition does not see its parent, the parent sees its sub-partition', async () => {
    const account = await create()
    const manager = { username: 'sub@example.com', password: 'Another-horse-2', firstName: 'Sub', lastName: 'Operator' }
    const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'Brand two', manager })
    expect(child.status, JSON.stringify(child.body)).toBe(200)
    platform.time.advance(3_000)
    const childAccounts = `/v2/partition/${String(child.body['id'])}/account`
    const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
    expect((await platform.call('GET', accounts, undefined, token)).status).toBe(403)
    expect((await platform.call('GET', `${childAccounts}/${String(account['id'])}`, undefined, token)).status).toBe(404)
    expect((await platform.call('GET', childAccounts, undefined, token)).list).toEqual([])
    expect((await platform.call('POST', childAccounts, guideRequest())).status).toBe(200)
  })

  it('malformed JSON is refused with a clear error', async () => {
    const reply = await platform.plane.http.inject({
      method: 'POST',
      url: accounts,
      headers: { 'x-auth-token': platform.token, 'content-type': 'application/json' },
      payload: '{"a":',
    })
    expect(reply.statusCode).toBe(400)
    expect(reply.json()).toMatchObject({ errorCode: 'InvalidJson' })
  })
})
